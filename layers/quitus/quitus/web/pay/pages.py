"""The pages that tenants see, as HTML: what is due and how to pay it, or the one answer to all that is no live link."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quitus.domain.calendar import paris_day
from quitus.domain.epc_qr import ERROR_LEVEL, epc_payload
from quitus.domain.errors import Invalid
from quitus.domain.money import format_euros
from quitus.domain.payment_link import LEAST_CENTS
from quitus.domain.wording import Language, day, euros, iban_groups, kind, month
from quitus.services.pay_page import PayView
from quitus.web.pay.texts import TEXTS, Texts
from quitus.web.qr_svg import qr_svg

_FOLDER = Path(__file__).parent / "templates"
_LANGUAGES = ((Language.FR, "Français"), (Language.EN, "English"))
_SAMPLES = (5_000, 2_000, 1_000, 500, LEAST_CENTS)


class Notice(StrEnum):
    """What the page says first, beside what is due."""

    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    AMOUNT = "amount"
    CARD_AWAY = "card_away"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a page is shown: in which language, at which address, with what to say, and whether cards are taken."""

    language: Language
    here: str
    """The address of the page, relative to its own."""
    notice: Notice | None = None
    card: bool = False


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"css": _text_of("page.css"), "script": _text_of("page.js")}
    return made


@cache
def _text_of(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def sources() -> Mapping[str, str]:
    """The digests under which a browser lets our style and our script run, by the directive of the policy."""
    return {"style-src": _digest("page.css"), "script-src": _digest("page.js")}


def _digest(name: str) -> str:
    digest = base64.b64encode(hashlib.sha256(_text_of(name).encode()).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def gone_page() -> str:
    """The answer to an unknown, an ended and a revoked link: in both languages, since it knows nobody."""
    return _environment().get_template("gone.html.j2").render(language=Language.FR)


@cache
def away_page() -> str:
    """The answer when a service below does not answer."""
    return _environment().get_template("away.html.j2").render(language=Language.FR)


def pay_page(view: PayView, setting: Setting) -> str:
    """The page of a live link."""
    asked, language = view.asked, setting.language
    texts = TEXTS[language]
    rest = euros(asked.rest_cents, language)
    whole = sum(line.open_cents for line in asked.lines)
    transfer = asked.takes_transfer(card=setting.card and setting.notice is not Notice.CARD_AWAY)
    return _environment().get_template("page.html.j2").render(
        language=language,
        languages=_LANGUAGES,
        t=texts,
        here=setting.here,
        notice=setting.notice,
        card=setting.card,
        landlord=view.landlord,
        lease=view.lease,
        state=asked.state,
        headline=texts.headlines[asked.state].format(rest=rest),
        lines=list(_lines(view, language)),
        total=euros(whole, language),
        rest=rest,
        asked_part=asked.rest_cents != whole,
        payable=asked.rest_cents > 0,
        by_transfer=transfer,
        pays_first=not asked.by_transfer,
        choice=asked.least_cents < asked.rest_cents,
        bounds=_bounds(view, texts, language),
        account=list(_account(view, texts, language)),
        qr=transfer_qr(view, language) if transfer else None,
        contact=list(_contact(view)),
        expires=texts.expires.format(day=day(_last_day(view), language)),
    )  # fmt: skip


def transfer_qr(view: PayView, language: Language) -> str | None:
    """The picture from which a banking app fills in the transfer, as SVG; None where the names cannot stand in one."""
    try:
        return qr_svg(epc_payload(view.transfer()), TEXTS[language].qr_title, ERROR_LEVEL)
    except Invalid:
        return None


def page_qr(url: str, language: Language) -> str:
    """The picture that opens the page, as SVG."""
    return qr_svg(url.encode(), TEXTS[language].page_qr_title)


def _last_day(view: PayView) -> date:
    return paris_day(datetime.fromisoformat(view.link.expires_at))


def _lines(view: PayView, language: Language) -> Iterator[dict[str, str]]:
    """What the link asks for; nothing once it is paid, though more may be open of its dues than it asks for."""
    for due in view.asked.lines if view.asked.rest_cents else ():
        name = view.labels.get(due.due_id) or f"{kind(due.kind, language)} – {month(due.period, language)}"
        by = TEXTS[language].due_by.format(day=day(due.due_date, language))
        yield {"name": name, "day": by, "left": euros(due.open_cents, language)}


def _bounds(view: PayView, texts: Texts, language: Language) -> str:
    least, rest = view.asked.least_cents, view.asked.rest_cents
    sample = next((cents for cents in _SAMPLES if least <= cents <= rest), least)
    shown = format_euros(sample) if language is Language.EN else format_euros(sample).replace(".", ",")
    return texts.bounds.format(least=euros(least, language), rest=euros(rest, language), sample=shown)


def _account(view: PayView, texts: Texts, language: Language) -> Iterator[dict[str, Any]]:
    """What is typed into a bank's form, an amount only if one is left; all but the BIC is worth copying."""
    lease, cents = view.lease, view.asked.rest_cents
    amount = format_euros(cents) if language is Language.EN else format_euros(cents).replace(".", ",")
    items = (
        ("payee", texts.payee, lease.payee_name, lease.payee_name),
        ("iban", texts.iban, lease.virtual_iban, iban_groups(lease.virtual_iban)),
        ("bic", texts.bic, lease.bic, lease.bic),
        ("sum", texts.sum, amount, euros(cents, language)),
        ("reference", texts.reference, lease.payment_reference, iban_groups(lease.payment_reference)),
    )
    for name, title, value, shown in items:
        if name == "sum" and not cents:
            continue
        yield {"id": name, "name": title, "value": value, "shown": shown, "copied": name != "bic"}


def _contact(view: PayView) -> Iterator[dict[str, str]]:
    """Whom to ask; a telephone number and an address of mail are there to be tapped."""
    contact = view.landlord.contact
    if contact is None:
        return
    called = "".join(sign for sign in contact.phone or "" if sign.isdigit() or sign == "+")
    told = (
        (contact.phone, f"tel:{called}"),
        (contact.email, f"mailto:{contact.email}"),
        (contact.hours, ""),
        (contact.address, ""),
    )
    yield from ({"text": text, "link": link} for text, link in told if text)
