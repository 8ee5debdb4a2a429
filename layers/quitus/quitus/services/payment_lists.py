"""What the use cases around lists of beneficiaries need: the lists, whose numbers they name, recoveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.distributing import Recovery
from quitus.domain.lease import Due
from quitus.domain.money import Cents
from quitus.domain.payment_list import ListLine, ListWait, PaymentList
from quitus.services.leases import Beneficiary, HeldBeneficiary, Origin
from quitus.services.table import Write

LINES_AT_ONCE = 100
"""Lines of one part: they are kept in one row, and posted together."""


@dataclass(frozen=True, slots=True)
class ListProgress:
    """What became of the lines that are worked; cents are signed."""

    worked_parts: int = 0
    posted: int = 0
    posted_cents: Cents = 0
    recovered: int = 0
    recovered_cents: Cents = 0
    unknown: int = 0
    unknown_cents: Cents = 0
    departed: int = 0
    departed_cents: Cents = 0


class PaymentLists(Protocol):
    """Lists and their lines; strongly consistent, but for listings."""

    def register(self, held: PaymentList, lines: Sequence[ListLine], content: str) -> str:
        """Keep a list with its lines, once; the id of the list that has this content, of those that are not withdrawn.

        Raises:
            Stale: others take the same content.
        """
        ...

    def find(self, landlord_id: str, list_id: str) -> PaymentList | None:
        """The list, or None."""
        ...

    def get(self, landlord_id: str, list_id: str) -> PaymentList:
        """The list. Raises NotFound."""
        ...

    def open(self, landlord_id: str) -> Iterator[PaymentList]:
        """Those that wait or are being posted, as they stand, oldest first; one of the last second may be missing."""
        ...

    def page(self, landlord_id: str, after: str | None) -> Iterator[PaymentList]:
        """All of them, newest first, after a list."""
        ...

    def lines(self, held: PaymentList, part: int) -> Sequence[ListLine]:
        """The lines of a part, counted from 1."""
        ...

    def worked(self, landlord_id: str, list_id: str) -> set[int]:
        """The parts whose lines all have their row."""
        ...

    def progress(self, landlord_id: str, list_id: str) -> ListProgress:
        """What became of the lines so far."""
        ...

    def given(self, held: PaymentList) -> list[Write]:
        """What writes that a list that waits has its transfer, with the decision on that."""
        ...

    def explain(self, held: PaymentList, wait: ListWait) -> None:
        """Say why a list waits, unless that was said before, or it waits no more."""
        ...

    def withdraw(self, held: PaymentList) -> None:
        """Write that a list that waits never is to be posted. Raises Stale: it waits no more."""
        ...

    def record_part(self, held: PaymentList, part: int, done: ListProgress, at: str) -> None:
        """Count a worked part, once; again changes nothing."""
        ...

    def go_on(self, held: PaymentList) -> None:
        """Have the posting of a list go on in another step; again changes nothing."""
        ...

    def finish(self, held: PaymentList) -> None:
        """Every part is worked: the list is posted; again changes nothing."""
        ...


class Beneficiaries(Protocol):
    """Payers' numbers of tenants."""

    def leases(self, landlord_id: str, payer_id: str, numbers: Iterable[str]) -> Mapping[str, str]:
        """The leases of these numbers, of those that are known."""
        ...

    def put(self, landlord_id: str, one: Beneficiary, person: str | None) -> bool:
        """Say whose a number is, by the decision of a person or not; True when it was nobody's.

        Raises:
            Conflict: a person said otherwise, and it is none who says this.
            Stale: others wrote meanwhile.
        """
        ...

    def remembered(self, landlord_id: str, one: Beneficiary, person: str | None) -> Write:
        """What writes it with something else."""
        ...


class BeneficiaryStore(Protocol):
    """Payers' numbers of tenants, as ERP files bring them."""

    def held(self, landlord_id: str, wanted: Iterable[Beneficiary]) -> Mapping[tuple[str, str], HeldBeneficiary]:
        """Those with these numbers, by payer and number."""
        ...

    def write(
        self, landlord_id: str, changes: Sequence[tuple[Beneficiary, HeldBeneficiary | None]], origin: Origin
    ) -> set[Beneficiary]:
        """Replace them, each unless others wrote it since it was read as it is beside; those that are not written."""
        ...


class Recoveries(Protocol):
    """What payers of aids took back from tenants."""

    def commit(self, landlord_id: str, recovery: Recovery, at: str) -> None:
        """Write a line's row with what the tenant owes now, all or nothing. Raises Stale."""
        ...

    def due_writes(self, landlord_id: str, due: Due) -> list[Write]:
        """What writes the due of a recovery that a person put on a lease."""
        ...
