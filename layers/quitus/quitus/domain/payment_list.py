"""A list of beneficiaries: whose the money of one transfer is, line by line; and which transfer is whose list's. Pure.

The sum of the list must be the transfer's amount to the cent: else nothing is posted. A tie is nobody's: a person says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.names import joined

NEAR = timedelta(days=10)
"""A transfer and a list of one payer so close to each other are taken for each other's when they disagree."""
_SHORTEST_REFERENCE = 4


class ListStatus(StrEnum):
    """Where a list stands."""

    WAITING = "waiting"
    """For its transfer."""
    POSTING = "posting"
    """Its lines are being posted."""
    POSTED = "posted"
    """Every line has its row: on a lease, or apart with a reason."""
    WITHDRAWN = "withdrawn"
    """A person said that it is never to be posted."""


class ListWait(StrEnum):
    """Why a list waits."""

    NO_TRANSFER = "no_transfer"
    """No transfer of its payer waits for a list."""
    TOTAL_MISMATCH = "total_mismatch"
    """A transfer waits, and is not the sum of the list."""
    SEVERAL_TRANSFERS = "several_transfers"
    """Two transfers may be its: a person says which."""
    SEVERAL_LISTS = "several_lists"
    """Two lists may be the transfer's: a person says which."""
    NO_KNOWN_BENEFICIARY = "no_known_beneficiary"
    """Its transfer is there, but not one of its lines is of a lease that is known: the mapping may be wrong."""
    LINES_DIFFER = "lines_differ"
    """Its transfer is there, but the lines that are kept are not its sum: it is never posted like that."""

    @property
    def is_for_people(self) -> bool:
        """Whether a person should look."""
        return self is not ListWait.NO_TRANSFER


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line: its place in the file, its signed cents (never 0; negative: a recovery), and whose it is.

    `ordinal` counts the lines of this amount, so that equal lines stay apart; `lease_id` is the lease as the list says.
    """

    number: int
    place: int
    cents: Cents
    ordinal: int
    beneficiary: str | None = None
    lease_id: str | None = None
    name: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentList:
    """A list as it was taken in; what its payer is was so then. `payment_id` is its transfer, once that is known.

    `steps` counts how often its posting went on.
    """

    landlord_id: str
    list_id: str
    name: str
    received_at: str
    payer_id: str
    payer_name: str
    means: Means
    total_cents: Cents
    lines: int
    parts: int
    """In how many rows its lines are kept."""
    reading: str
    """Names its lines as they were read: by another mapping the file has others."""
    reference: str | None = None
    status: ListStatus = ListStatus.WAITING
    wait: ListWait | None = None
    payment_id: str | None = None
    decided_by: str | None = None
    reason: str | None = None
    """What the person said who gave it its transfer, or withdrew it."""
    steps: int = 0

    @property
    def received_on(self) -> date:
        """The day on which it came (UTC)."""
        return date.fromisoformat(self.received_at[:10])


@dataclass(frozen=True, slots=True)
class BulkTransfer:
    """A transfer in suspense that waits for a list; `texts` is everything that it says."""

    payment_id: str
    cents: Cents
    day: date
    texts: str = ""


@dataclass(frozen=True, slots=True)
class Paired:
    """The transfer of a list, or why it waits; `payment_id` then is the transfer that disagrees, if there is one."""

    payment_id: str | None
    wait: ListWait | None = None


def pair(lists: Sequence[PaymentList], transfers: Sequence[BulkTransfer]) -> Mapping[str, Paired]:
    """By list, its transfer: lists and transfers of one payer. First by the reference that both say, then by amount."""
    named = {one.list_id: [paid for paid in transfers if _names(one, paid)] for one in lists}
    free_lists = [one for one in lists if not named[one.list_id]]
    spoken_for = {paid.payment_id for found in named.values() for paid in found}
    free = [paid for paid in transfers if paid.payment_id not in spoken_for]
    found = {one.list_id: _by_reference(one, named, lists) for one in lists if named[one.list_id]}
    found |= {one.list_id: _by_amount(one, free_lists, free) for one in free_lists}
    return found | dict(_disagreeing(found, free_lists, free))


def _names(one: PaymentList, paid: BulkTransfer) -> bool:
    reference = joined(one.reference or "")
    return len(reference) >= _SHORTEST_REFERENCE and reference in joined(paid.texts)


def _by_reference(
    one: PaymentList, named: Mapping[str, Sequence[BulkTransfer]], lists: Iterable[PaymentList]
) -> Paired:
    equal = [paid for paid in named[one.list_id] if paid.cents == one.total_cents]
    if not equal:
        return Paired(named[one.list_id][0].payment_id, ListWait.TOTAL_MISMATCH)
    rivals = [
        other
        for other in lists
        if other is not one and other.total_cents == one.total_cents and equal[0] in named[other.list_id]
    ]
    return _only(equal, rivals)


def _by_amount(one: PaymentList, lists: Iterable[PaymentList], transfers: Iterable[BulkTransfer]) -> Paired:
    equal = [paid for paid in transfers if paid.cents == one.total_cents]
    if not equal:
        return Paired(None, ListWait.NO_TRANSFER)
    return _only(equal, [other for other in lists if other is not one and other.total_cents == one.total_cents])


def _only(equal: Sequence[BulkTransfer], rivals: Sequence[PaymentList]) -> Paired:
    if len(equal) > 1:
        return Paired(None, ListWait.SEVERAL_TRANSFERS)
    return Paired(None, ListWait.SEVERAL_LISTS) if rivals else Paired(equal[0].payment_id)


def _disagreeing(
    found: Mapping[str, Paired], lists: Iterable[PaymentList], transfers: Iterable[BulkTransfer]
) -> Iterator[tuple[str, Paired]]:
    """Lists that no transfer equals while one that is nobody's waits at the same time: that is taken for theirs."""
    paired = {one.payment_id for one in found.values() if one.wait is None}
    left = [paid for paid in transfers if paid.payment_id not in paired]
    for one in lists:
        near = [paid for paid in left if abs(paid.day - one.received_on) <= NEAR]
        if found[one.list_id].wait is ListWait.NO_TRANSFER and near:
            yield one.list_id, Paired(near[0].payment_id, ListWait.TOTAL_MISMATCH)
