"""The parts of letters that are no prose: tables of amounts, bank details, codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from quitus.domain import wording
from quitus.domain.epc_qr import Transfer, epc_payload
from quitus.domain.errors import Invalid
from quitus.domain.lease import DueKind, Lease
from quitus.domain.letter import Code, Row, Sums
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.payers import named
from quitus.domain.term import Asked, Term, TermLine
from quitus.domain.wording import Language
from quitus.services import letter_words as words


def notice_sums(asked: Asked, language: Language) -> Sums:
    """What was called, line by line, and how the total to pay comes of it."""
    term = asked.term
    already, left = term.settled_cents, asked.credit_cents - asked.used_cents
    beside = (
        (words.ALREADY_SETTLED if already > 0 else words.USED_ELSEWHERE, -already),
        (words.IN_PLAN, -asked.in_plan_cents),
        (words.EARLIER, asked.earlier_cents),
        (words.INSTALMENTS, asked.instalments_cents),
        (words.CREDIT, -asked.used_cents),
    )
    rows = (
        *(Row(_label(line, language), (wording.euros(line.called_cents, language),)) for line in term.lines),
        Row(words.TERM_TOTAL[language], (wording.euros(term.called_cents, language),), is_total=True),
        *(Row(label[language], (wording.euros(cents, language),)) for label, cents in beside if cents),
        Row(words.TO_PAY[language], (wording.euros(asked.total_cents, language),), is_total=True),
        *([Row(words.CREDIT_LEFT[language], (wording.euros(left, language),))] if left else ()),
    )
    return Sums((words.LINE[language], words.AMOUNT[language]), rows)


def receipt_sums(rent: Term, language: Language) -> Sums:
    """What was called, settled and is open, rent apart from charges (law 89-462 art. 21)."""

    def row(label: str, *cents: Cents, is_total: bool = False) -> Row:
        return Row(label, tuple(wording.euros(amount, language) for amount in cents), is_total)

    rows = [row(_label(line, language), line.called_cents, line.settled_cents, line.open_cents) for line in rent.lines]
    called, settled = rent.called_cents, rent.settled_cents
    if settled < 0:
        rows.append(row(words.TOO_MUCH_AID[language], -settled, -settled, 0))
        called, settled = called - settled, 0
    rows.append(row(words.TOTAL[language], called, settled, rent.open_cents, is_total=True))
    columns = (words.LINE, words.CALLED, words.SETTLED, words.OPEN)
    return Sums(tuple(column[language] for column in columns), tuple(rows))


class Paid(NamedTuple):
    """What a payment settled of a due; `payer` as the bank names who paid, `party_id` on whose own account it came."""

    due_id: str
    day: date
    means: Means
    cents: Cents
    payer: str | None = None
    party_id: str | None = None


def by_tenant(payments: Iterable[Paid], names: Mapping[str, str]) -> Mapping[str, Sequence[Paid]]:
    """The payments of each tenant, by the tenant's name; nothing unless each came on the account of one of them, or its
    payer has the name of one.
    """
    found = dict[str, list[Paid]]()
    for one in payments:
        who = one.party_id if one.party_id in names else named(one.payer, names)
        if who is None:
            return {}
        found.setdefault(names[who], []).append(one)
    return found


def payments_told(payments: Iterable[Paid], paid_cents: Cents, language: Language) -> tuple[str, ...]:
    """When and how it was paid, each payment once; nothing unless the payments add up to what was paid."""
    sums = dict[tuple[date, Means], Cents]()
    for one in payments:
        sums[one.day, one.means] = sums.get((one.day, one.means), 0) + one.cents
    if not sums or sum(sums.values()) != paid_cents:
        return ()
    told = (
        f"{wording.euros(cents, language)} – {wording.day(day, language)}, {words.MEANS[means][language]}"
        for (day, means), cents in sorted(sums.items())
    )
    between = " ; " if language is Language.FR else "; "
    return (f"{words.PAID[language]} {between.join(told)}.",)


def account_lines(lease: Lease, language: Language, *, domestic: bool) -> tuple[tuple[str, str], ...]:
    """The bank details; `domestic`: also as French banks wrote them before IBANs."""
    number = lease.virtual_iban
    parts = (number[4:9], number[9:14], number[14:25], number[25:])
    lines = (
        (words.IBAN, wording.iban_groups(number)),
        (words.DOMESTIC, " · ".join(parts) if domestic else ""),
        (words.BIC, lease.bic),
        (words.PAYEE, lease.payee_name),
        (words.REFERENCE, lease.payment_reference),
    )
    return tuple((label[language], value) for label, value in lines if value)


def codes(lease: Lease, cents: Cents | None, page_url: str | None, language: Language) -> Iterator[Code]:
    """The page's code first, for telephones read it; then the transfer's, which only some banking apps do."""
    if page_url is not None:
        caption = words.PAGE_CAPTION[language]
        yield Code(page_url.encode(), words.PAGE_CODE[language], caption, words.PAGE_ALT[language])
    transfer = Transfer(lease.payee_name, lease.virtual_iban, cents, lease.bic or None, lease.payment_reference or None)
    try:
        content = epc_payload(transfer)
    except Invalid:  # a payee name that no banking app would take: the account stands beside it in letters
        return
    title = words.EPC_CODE[language] if page_url is None else f"2. {words.EPC_CODE[language]}"
    amount = words.UNLIMITED[language] if cents is None else wording.euros(cents, language)
    yield Code(content, title, words.EPC_CAPTION[language], words.EPC_ALT[language] + amount)


def _label(line: TermLine, language: Language) -> str:
    """The landlord's own label, which is French; an aid is called by its name, so that the rebate (RLS) shows."""
    usual, label = wording.kind(line.kind, language), line.standing.due.label
    if label is None or line.kind.is_aid:
        return usual
    if language is Language.FR:
        return label
    return usual if line.kind in (DueKind.RENT, DueKind.CHARGES) else f"{usual} – {label}"
