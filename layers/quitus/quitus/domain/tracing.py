"""Which payment does a return take back? By what it names, else by what both say of lease, mandate or payer. Pure.

A tie or a doubt is nobody's: the return waits, visibly, and a person decides. Evidence that is repeated month after
month (a mandate, a virtual IBAN, a payer) counts near the return only: the true payment may not be known yet, and last
month's must not be taken in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from quitus.domain.identity import is_counter
from quitus.domain.incoming import Incoming
from quitus.domain.matching import MatchRule
from quitus.domain.money import Cents
from quitus.domain.movement import Means, Nature
from quitus.domain.payment import Payment, PaymentStatus, Reversal
from quitus.domain.returned import NEWEST, Return

RETOLD = timedelta(days=5)
"""Two channels may date one return so far apart (a bank returns within five business days)."""

_PROMPT = timedelta(days=14)
"""A bank returns within five business days; with holidays and dates of channels, two weeks."""
_REFUND = timedelta(days=70)
"""A debit is refunded without reason for eight weeks; with the bank's days, ten."""
_CHEQUE = timedelta(days=90)
"""How long a cheque may take to come back unpaid."""
_PROMPT_REASONS = frozenset(
    ("AC01", "AC04", "AC06", "AC13", "AG01", "AG02", "AM04", "AM05", "BE05", "MD07", "MS02", "MS03", "RC01", "SL01")
)
"""What a bank finds by itself, within days; `MD01`, `MD06` and what is unknown may come months later."""
_SHORTEST_NUMBER = 5
_NUMBERS = re.compile(r"[0-9]+")


class Trace(StrEnum):
    """What ties a return to its payment, strongest first."""

    REFERENCE = "reference"
    END_TO_END = "end_to_end_id"
    CHEQUE = "cheque_number"
    MANDATE = "mandate_id"
    LEASE = "virtual_iban"
    PAYER = "payer"
    AMOUNT = "amount"

    @property
    def is_named(self) -> bool:
        """Whether it is of this one payment, whenever that was."""
        return self in (Trace.REFERENCE, Trace.END_TO_END, Trace.CHEQUE)

    @property
    def rule(self) -> MatchRule:
        """The rule as the API names it."""
        return _RULES[self]


_RULES = {
    Trace.REFERENCE: MatchRule.REFERENCE,
    Trace.END_TO_END: MatchRule.END_TO_END_ID,
    Trace.CHEQUE: MatchRule.REFERENCE,
    Trace.MANDATE: MatchRule.KNOWN_PAYER,
    Trace.LEASE: MatchRule.VIRTUAL_IBAN,
    Trace.PAYER: MatchRule.KNOWN_PAYER,
    Trace.AMOUNT: MatchRule.NAME_AMOUNT,
}


@dataclass(frozen=True, slots=True)
class Traced:
    """The payment that a return takes back, how much of it, and why."""

    payment: Payment
    cents: Cents
    trace: Trace


@dataclass(frozen=True, slots=True)
class Found:
    """The payment, and what was taken back already: the return may be another channel's word for that."""

    original: Traced | None = None
    reversed: tuple[tuple[Payment, Reversal], ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything was found."""
        return self.original is not None or bool(self.reversed)

    @property
    def told(self) -> list[Reversal]:
        """What returns took back."""
        return [reversal for _, reversal in self.reversed if not reversal.by_hand]

    @property
    def unconfirmed(self) -> list[tuple[Payment, Reversal]]:
        """What was taken back on 511 without a line of the bank's."""
        return [one for one in self.reversed if one[1].in_collection and one[1].confirmed_by is None]


def find(returned: Return, candidates: Iterable[Payment]) -> Found:
    """The payment that a return takes back, among these; nothing where two may be it."""
    tied = [(payment, trace) for payment in candidates if (trace := _trace(returned, payment)) is not None]
    strongest = min((_RANK[trace] for _, trace in tied), default=None)
    best = [(payment, trace) for payment, trace in tied if _RANK[trace] == strongest]
    open_ones = [
        Traced(payment, cents, trace)
        for payment, trace in best
        if (cents := returned.part_of(payment.left_cents, may_be_part=trace in _EXACT)) is not None
    ]
    return Found(_only(returned, open_ones), tuple(_retold(returned, best)))


def _only(returned: Return, open_ones: Sequence[Traced]) -> Traced | None:
    """The one that it can only be; of payments alike, any."""
    named = bool(open_ones) and open_ones[0].trace.is_named
    ones = open_ones if named or not open_ones else _near(returned, open_ones)
    if len({(one.payment.lease_id, _day(one.payment)) for one in ones}) > 1:
        return None
    return min(ones, key=lambda one: one.payment.payment_id, default=None)


def _near(returned: Return, ones: Sequence[Traced]) -> Sequence[Traced]:
    """Those close enough for evidence that comes again each month. A reason that banks find by themselves is prompt: an
    older payment is none of it; after any other, an older one is a doubt.
    """
    prompt = returned.reason in _PROMPT_REASONS
    limit = _PROMPT
    if not prompt and ones[0].trace is Trace.MANDATE:
        limit = _REFUND
    elif ones[0].trace is Trace.AMOUNT:
        limit = _CHEQUE
    near = [one for one in ones if returned.day - _day(one.payment) <= limit]
    return near if prompt or len(near) == len(ones) else ()


def _retold(returned: Return, tied: Iterable[tuple[Payment, Trace]]) -> Iterable[tuple[Payment, Reversal]]:
    """Reversals of the same amount and about the same day: the return may be another channel's word for one of them."""
    for payment, trace in tied:
        for reversal in payment.reversals:
            if reversal.amount_cents in returned.amounts and (
                trace.is_named or abs(returned.day - reversal.booking_date) <= RETOLD
            ):
                yield payment, reversal


def _trace(returned: Return, payment: Payment) -> Trace | None:
    if not _is_receipt(payment) or _day(payment) > returned.day + NEWEST or _denied(returned, payment):
        return None
    return next((trace for trace in Trace if _TIES[trace](returned, payment) and _counts(returned, trace)), None)


def _counts(returned: Return, trace: Trace) -> bool:
    """A return that names its payment is of that one only, known or not."""
    return not returned.named or trace in _EXACT


def _is_receipt(payment: Payment) -> bool:
    """Whether it is, or was until it was taken back, money of a tenant or in suspense."""
    nature = payment.posted.incoming.movement.nature
    settled = payment.status in (PaymentStatus.POSTED, PaymentStatus.SUSPENSE) or bool(payment.reversals)
    is_whole = payment.list_id is None
    return payment.amount_cents > 0 and bool(payment.entries) and settled and nature is Nature.RECEIPT and is_whole


def _denied(returned: Return, payment: Payment) -> bool:
    """Whether what both say cannot be of one payment."""
    theirs = {
        report.movement.bank_reference
        for report in _reports(payment)
        for told in returned.reports
        if told.movement.original_reference and told.source.channel == report.source.channel
    }
    if returned.named and theirs and not returned.named & theirs:
        return True
    return any(_differ(returned, payment, name) for name in ("end_to_end_id", "mandate_id", _LEASE))


def _shares_reference(returned: Return, payment: Payment) -> bool:
    theirs = {ref for report in _reports(payment) for ref in report.report.references}
    own = {ref for report in returned.reports for ref in report.report.references if not is_counter(ref)}
    return bool(theirs & (returned.named | own))


def _is_cheque_named(returned: Return, payment: Payment) -> bool:
    """Whether the bank's words hold the number of the cheque that a person typed in, with or without its zeros."""
    movement = payment.posted.incoming.movement
    number = (movement.remittance or "").strip()
    if movement.means is not Means.CHEQUE or not number.isdigit() or len(number) < _SHORTEST_NUMBER:
        return False
    texts = [text for said in returned.said for text in (said.note, said.remittance, said.bank_reference) if text]
    told = {digits.lstrip("0") for text in texts for digits in _NUMBERS.findall(text)}
    return number.lstrip("0") in told


def _share(returned: Return, payment: Payment, name: str) -> bool:
    return bool(_values(returned.reports, name) & _theirs(payment, name))


def _differ(returned: Return, payment: Payment, name: str) -> bool:
    ours, theirs = _values(returned.reports, name), _theirs(payment, name)
    return bool(ours and theirs and not ours & theirs)


def _theirs(payment: Payment, name: str) -> set[str]:
    """What is known of a payment; a person's decision says its lease too."""
    decided = payment.match.virtual_iban if payment.match and name == _LEASE else None
    return _values(payment.reports, name) | ({decided} if decided else set())


def _values(reports: Iterable[Incoming], name: str) -> set[str]:
    """What reports say, each that says anything of its own money."""
    return {value for report in reports if not report.exchanged and (value := _SAID[name](report)) is not None}


def _reports(payment: Payment) -> list[Incoming]:
    return [report for report in payment.reports if not report.exchanged]


def _day(payment: Payment) -> date:
    return payment.posted.incoming.movement.booking_date


_EXACT = (Trace.REFERENCE, Trace.END_TO_END)
_LEASE = "lease_iban"
_SAID: Mapping[str, Callable[[Incoming], str | None]] = {
    "end_to_end_id": lambda report: report.movement.end_to_end_id,
    "mandate_id": lambda report: report.movement.mandate_id,
    _LEASE: lambda report: report.lease_iban,
    "debtor_iban": lambda report: report.movement.debtor_iban,
    "payer": lambda report: report.report.payer,
    "cheque": lambda report: "cheque" if report.movement.means is Means.CHEQUE else None,
}
_TIES: Mapping[Trace, Callable[[Return, Payment], bool]] = {
    Trace.REFERENCE: _shares_reference,
    Trace.END_TO_END: lambda returned, payment: _share(returned, payment, "end_to_end_id"),
    Trace.CHEQUE: _is_cheque_named,
    Trace.MANDATE: lambda returned, payment: _share(returned, payment, "mandate_id"),
    Trace.LEASE: lambda returned, payment: _share(returned, payment, _LEASE),
    Trace.PAYER: lambda returned, payment: any(_share(returned, payment, name) for name in ("debtor_iban", "payer")),
    Trace.AMOUNT: lambda returned, payment: _share(returned, payment, "cheque"),
}
"""What makes a payment the one of a return, by what ties them."""
_RANK = {trace: rank for rank, trace in enumerate(Trace)}
