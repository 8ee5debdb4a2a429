"""Which payment does a return take back? By what it names, else by what both say of lease, mandate or payer. Pure.

A tie or a doubt is nobody's: the return waits, visibly, and a person decides. Evidence that is repeated month after
month (a mandate, a virtual IBAN, a payer) counts near the return only: the true payment may not be known yet, and last
month's must not be taken in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from quitus.domain.identity import is_counter, reference_key, reference_tag
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
        return [one for one in self.reversed if is_unconfirmed(one[1])]


def is_unconfirmed(reversal: Reversal) -> bool:
    """Whether it was taken back on 511, and the bank's own line of it is to come."""
    return reversal.in_collection and reversal.confirmed_by is None


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


def ties(returned: Return) -> frozenset[str]:
    """Short names of all that may tie a return to a payment; one without any waits for a person."""
    asked = _asked(returned)
    return frozenset(tag for trace in Trace if _counts(returned, trace) for tag in _tags(trace, asked[trace]))


def ties_of(payment: Payment) -> frozenset[str]:
    """The same of a payment: a return that shares none with it is none of it."""
    if not _is_receipt(payment):
        return frozenset()
    return frozenset(tag for trace, told in _told(payment).items() for tag in _tags(trace, told))


def _tags(trace: Trace, values: Iterable[str]) -> Iterator[str]:
    """Names without what they name: they stand in lists and messages."""
    return (f"{trace.value}:{reference_tag(value)}" for value in values)


def _trace(returned: Return, payment: Payment) -> Trace | None:
    if not _is_receipt(payment) or _day(payment) > returned.day + NEWEST or _denied(returned, payment):
        return None
    asked, told = _asked(returned), _told(payment)
    possible = (trace for trace in Trace if asked[trace] & told[trace] and _counts(returned, trace))
    found = next((trace for trace in possible if trace is not Trace.AMOUNT or _may_be_of_amount(payment)), None)
    return found if found in _EXACT or not _is_of_other_means(returned, payment) else None


def _may_be_of_amount(payment: Payment) -> bool:
    """Whether the means and the amount are enough: a card's are not, but where its provider told of a chargeback."""
    return payment.posted.incoming.movement.means is Means.CHEQUE or any(map(is_unconfirmed, payment.reversals))


def _counts(returned: Return, trace: Trace) -> bool:
    """A return that names its payment is of that one only, known or not."""
    return not returned.named or trace in _EXACT


def _is_receipt(payment: Payment) -> bool:
    """Whether it is, or was until it was taken back, money of a tenant or in suspense."""
    nature = payment.posted.incoming.movement.nature
    came = nature in (Nature.RECEIPT, Nature.CLEARING) and not payment.is_clearing
    settled = payment.status in (PaymentStatus.POSTED, PaymentStatus.SUSPENSE) or bool(payment.reversals)
    is_whole = payment.list_id is None
    return payment.amount_cents > 0 and bool(payment.entries) and settled and came and is_whole


def _denied(returned: Return, payment: Payment) -> bool:
    """Whether what both say cannot be of one payment."""
    theirs = {
        reference_key(report.movement.bank_reference or "")
        for report in _reports(payment)
        for told in returned.evidence
        if told.movement.original_reference and told.source.channel == report.source.channel
    }
    if returned.named and theirs and not returned.named & theirs:
        return True
    return any(_differ(returned, payment, trace) for trace in (Trace.END_TO_END, Trace.MANDATE, Trace.LEASE))


def _is_of_other_means(returned: Return, payment: Payment) -> bool:
    """Whether, by the banks' own codes, one is of a debit and the other of a transfer."""
    ours, theirs = _coded(returned.evidence), _coded(_reports(payment))
    return bool(ours and theirs and not ours & theirs)


def _coded(reports: Iterable[Incoming]) -> set[bool]:
    """Whether reports are of debits, those whose bank gave a code of debits or of transfers."""
    movements = (report.movement for report in reports)
    coded = (one.means for one in movements if one.bank_code is not None and one.means in _DEBITS_AND_TRANSFERS)
    return {means is Means.DIRECT_DEBIT for means in coded}


def _asked(returned: Return) -> Mapping[Trace, AbstractSet[str]]:
    """What a return says of its payment; a cheque's number may stand anywhere in the bank's words."""
    reports, said = returned.evidence, returned.said
    of_its_own = (report.report for report in reports if not report.exchanged)
    own = {ref for told in of_its_own for ref in told.references if not is_counter(ref)}
    texts = [text for one in said for text in (one.note, one.remittance, one.bank_reference) if text]
    return {
        Trace.REFERENCE: returned.named | own,
        Trace.CHEQUE: {digits.lstrip("0") for text in texts for digits in _NUMBERS.findall(text)},
    } | {trace: _values(reports, trace) for trace in _SAID}


def _told(payment: Payment) -> Mapping[Trace, AbstractSet[str]]:
    """What is known of a payment; of a cheque, the number that a person typed in, with or without its zeros."""
    movement = payment.posted.incoming.movement
    number = (movement.remittance or "").strip()
    is_numbered = movement.means is Means.CHEQUE and number.isdigit() and len(number) >= _SHORTEST_NUMBER
    return {
        Trace.REFERENCE: {ref for report in _reports(payment) for ref in report.report.references},
        Trace.CHEQUE: {number.lstrip("0")} if is_numbered else set(),
    } | {trace: _theirs(payment, trace) for trace in _SAID}


def _differ(returned: Return, payment: Payment, trace: Trace) -> bool:
    ours, theirs = _values(returned.evidence, trace), _theirs(payment, trace)
    return bool(ours and theirs and not ours & theirs)


def _theirs(payment: Payment, trace: Trace) -> set[str]:
    """What is known of a payment; a person's decision says its lease too."""
    decided = payment.match.virtual_iban if payment.match and trace is Trace.LEASE else None
    return _values(payment.reports, trace) | ({decided} if decided else set())


def _values(reports: Iterable[Incoming], trace: Trace) -> set[str]:
    """What reports say, each that says anything of its own money."""
    return {value for report in reports if not report.exchanged for value in _SAID[trace](report) if value is not None}


def _reports(payment: Payment) -> list[Incoming]:
    return [report for report in payment.reports if not report.exchanged]


def _day(payment: Payment) -> date:
    return payment.posted.incoming.movement.booking_date


_EXACT = (Trace.REFERENCE, Trace.END_TO_END)
_DEBITS_AND_TRANSFERS = frozenset({Means.DIRECT_DEBIT, Means.TRANSFER, Means.INSTANT_TRANSFER})
_OF_AMOUNT = frozenset({Means.CHEQUE, Means.CARD})
"""Means of which a bank's line may say nothing but that one came back."""
_SAID: Mapping[Trace, Callable[[Incoming], Sequence[str | None]]] = {
    Trace.END_TO_END: lambda report: (report.report.end_to_end_id,),
    Trace.MANDATE: lambda report: (report.movement.mandate_id and reference_key(report.movement.mandate_id),),
    Trace.LEASE: lambda report: (report.lease_iban,),
    Trace.PAYER: lambda report: (report.movement.debtor_iban, report.report.payer),
    Trace.AMOUNT: lambda report: (report.movement.means.value if report.movement.means in _OF_AMOUNT else None,),
}
"""What a report says of its own money that may tie a return to it."""
_RANK = {trace: rank for rank, trace in enumerate(Trace)}
