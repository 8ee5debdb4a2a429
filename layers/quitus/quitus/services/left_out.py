"""What the bank told of a day, and left out of the closing statement of that day: a person may take it back."""

from __future__ import annotations

from dataclasses import dataclass

from quitus.domain.errors import Conflict
from quitus.domain.payment import Payment
from quitus.domain.views import is_unstated
from quitus.services.bank_day import Told
from quitus.services.proof import ProofDesk
from quitus.services.registry import FileRegistry, FileStatus


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Knows what closing statements leave out."""

    proofs: ProofDesk
    files: FileRegistry

    def check(self, landlord_id: str, payment: Payment) -> None:
        """Refuse a payment that is on a closing statement, or may be on one yet.

        Raises:
            Conflict: a statement holds it, its day waits for one, or one is still being read.
        """
        if not is_unstated(payment):
            raise _refused("The bank's statement holds it: its return tells when it goes back, or unassign it.")
        incoming = payment.posted.incoming
        day = incoming.movement.booking_date
        told = self.proofs.told(landlord_id, incoming.account, day, day)
        if told.of(day) is None and not (told.statements and told.has_passed(day)):
            raise _refused("No closing statement tells of its day yet: take it back once one came without it.")
        if self._is_being_read(landlord_id, told):
            raise _refused("A statement of the account is still being read: look again in a minute.")

    def _is_being_read(self, landlord_id: str, told: Told) -> bool:
        """Whether something that statements around the day hold may not be posted yet."""
        names = {held.file_id for held in told.statements}
        files = (self.files.find(landlord_id, file_id) for file_id in names)
        return any(file is not None and file.status is FileStatus.PROCESSING for file in files)


def _refused(message: str) -> Conflict:
    return Conflict("payment_not_in_collection", message)
