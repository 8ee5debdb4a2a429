"""What the bank told of a day, and left out of the closing statement of that day: a person may take it back."""

from __future__ import annotations

from dataclasses import dataclass

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

    def objection(self, landlord_id: str, payment: Payment) -> str | None:
        """Why nobody may say that the bank never booked it; None where a closing statement, posted whole, leaves it
        out.
        """
        if payment.stated_on is not None:
            return "The bank's statement holds it: what it books is taken back by its returns alone."
        if not is_unstated(payment):
            return "It is not on the bank's account: no statement tells of it."
        incoming = payment.posted.incoming
        day = incoming.movement.booking_date
        told = self.proofs.told(landlord_id, incoming.account, day, day)
        if told.of(day) is None and not (told.statements and told.has_passed(day)):
            return "No closing statement tells of its day yet: take it back once one came without it."
        if self._is_being_read(landlord_id, told):
            return "A statement of the account is still being read: look again in a minute."
        return None

    def _is_being_read(self, landlord_id: str, told: Told) -> bool:
        """Whether something that statements around the day hold may not be posted yet."""
        names = {held.file_id for held in told.statements}
        files = (self.files.find(landlord_id, file_id) for file_id in names)
        return any(file is not None and file.status is FileStatus.PROCESSING for file in files)
