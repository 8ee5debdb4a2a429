"""A return took a payment back, and the bank never booked it: a person says so, and entries put both right. Pure.

This is no reversal of a reversal: what was booked stays booked. It is for what a notice or an event told and no closing
statement knows, so that its day would differ from the bank for ever.
"""

from __future__ import annotations

from collections.abc import Mapping

from quitus.domain.assigning import last_entries
from quitus.domain.errors import Conflict
from quitus.domain.household import nth_entry
from quitus.domain.ledger import Chart, Entry, EntryKind, Line, Role, mirrored, next_loose
from quitus.domain.matching import Match, MatchRule, SuspenseReason
from quitus.domain.payment import BOOKED_ON, Decision, DecisionKind, Payment, PaymentStatus
from quitus.domain.reversing import waiting_lines

DENIES = "denies"
"""The evidence that names the return, by id, that the bank never booked."""
FORMER_LEASE = "lease_id"
"""The evidence that names the lease on which the payment was until then."""


def check_deniable(returned: Payment, original: Payment) -> None:
    """Refuse what a return did not take back whole and alone, or not from the bank's account. Raises Conflict."""
    is_whole = original.status is PaymentStatus.REVERSED and len(original.reversals) == 1
    is_its_own = is_whole and original.reversals[0].reversal_id == returned.payment_id
    moved = returned.match is not None and BOOKED_ON in returned.match.evidence
    if not is_its_own or moved or original.list_id is not None:
        message = "Only a return that took one payment back, whole and from the bank's account, is said never booked."
        raise Conflict("return_not_waiting", message, status=returned.status.value)


def denied(returned: Payment, evidence: Mapping[str, str], chart: Chart, by: str, at: str) -> Decision:
    """The decision on the return, on its own day: no fee was taken (D471 C627), nothing left the bank (D512 C471)."""
    number, on, made = returned.decisions + 1, returned.posted.incoming.movement.booking_date, list[Entry]()
    back = mirrored(waiting_lines(returned, chart))  # last: naming its payment after all mirrors the last entry
    for index, lines in enumerate(filter(None, (_without_fee(returned, chart), back))):
        entry_id = nth_entry(f"{returned.payment_id}-d{number}", index)
        made.append(next_loose((*returned.entries, *made), entry_id, EntryKind.REVERSAL, on, lines))
    match = Match(None, MatchRule.PERSON, evidence)
    return Decision(number, DecisionKind.DENY, match, (), 0, tuple(made), by, at)


def _without_fee(returned: Payment, chart: Chart) -> tuple[Line, ...]:
    fee = returned.fee_cents
    return (chart.debit(Role.SUSPENSE, fee), chart.credit(Role.FEES, fee)) if fee else ()


def restored(original: Payment, return_id: str, evidence: Mapping[str, str], by: str, at: str) -> Decision:
    """The decision on the payment: it waits in 471, where the return's entry put it, for a person to assign it."""
    former = {FORMER_LEASE: original.lease_id} if original.lease_id else {}
    told = {**evidence, **former, DENIES: return_id}
    match = Match(None, MatchRule.PERSON, told, SuspenseReason.UNASSIGNED)
    ends = last_entries(original)
    return Decision(original.decisions + 1, DecisionKind.RESTORE, match, (), 0, (), by, at, ends=ends)
