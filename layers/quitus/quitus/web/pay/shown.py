"""A live link's page as it stands for one request."""

from __future__ import annotations

from quitus.domain.checkout import Progress
from quitus.domain.wording import Language
from quitus.services.card_providers import CardProvider
from quitus.services.checkouts import CheckoutDesk
from quitus.services.pay_page import PayView
from quitus.web.pay.pages import Notice, Setting, pay_page
from quitus.web.pay.replies import Answer

_NOTICES = {Progress.RUNNING: Notice.IN_PROGRESS, Progress.FAILED: Notice.FAILED}


def shown(desk: CheckoutDesk, view: PayView, language: Language, here: str, *, back: bool) -> Answer:
    """The page, and what is known of a card payment that was begun on it; `back`: the tenant comes from paying it."""
    provider = desk.provider_of(view.landlord)
    progress = desk.progress(view.landlord, view.link, view.asked, back=back) if provider else None
    return page(provider, view, Setting(language, here, _NOTICES[progress] if progress else None, bool(provider)), 200)


def page(provider: CardProvider | None, view: PayView, setting: Setting, status: int) -> Answer:
    """The page, under a status; its form may lead to the provider."""
    leads_to = provider.origin if provider else ""
    headers = {"Content-Language": setting.language.value}
    return Answer(status, pay_page(view, setting), headers=headers, leads_to=leads_to)
