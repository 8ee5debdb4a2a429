"""A live link's page as it stands for one request."""

from __future__ import annotations

from dataclasses import replace

from quitus.domain.checkout import Progress
from quitus.domain.wording import Language
from quitus.services.checkouts import CheckoutDesk
from quitus.services.pay_page import PayView
from quitus.web.pay.pages import Notice, Setting, pay_page
from quitus.web.pay.replies import Answer

_NOTICES = {Progress.RUNNING: Notice.IN_PROGRESS, Progress.FAILED: Notice.FAILED}


def shown(desk: CheckoutDesk, view: PayView, language: Language, here: str, *, back: bool) -> Answer:
    """The page, and what is known of a card payment that was begun on it; `back`: the tenant comes from paying it."""
    taken = desk.provider_of(view.landlord) is not None
    progress = desk.progress(view.landlord, view.link, view.asked, back=back) if taken else None
    return page(desk, view, Setting(language, here, _NOTICES[progress] if progress else None), 200)


def page(desk: CheckoutDesk, view: PayView, setting: Setting, status: int) -> Answer:
    """The page, under a status; its form may lead to the provider."""
    provider = desk.provider_for(view.landlord, view.asked)
    leads_to = provider.origin if provider else ""
    headers = {"Content-Language": setting.language.value}
    told = pay_page(view, replace(setting, card=provider is not None))
    return Answer(status, told, headers=headers, leads_to=leads_to)
