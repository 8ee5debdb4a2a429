"""What a lease's holder wants: to get messages by mail and SMS or not, as a person noted it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from quitus.domain.contact import ContactChoice
from quitus.domain.errors import Conflict, NotFound
from quitus.services.idempotent_requests import Attempt
from quitus.services.ports import ActionLog, Ledger
from quitus.services.table import Stale


class Contacts(Protocol):
    """What holders said; strongly consistent."""

    def contact(self, landlord_id: str, lease_id: str) -> ContactChoice:
        """What the holder of a lease said last."""
        ...


class ContactStore(Contacts, Protocol):
    """Where it is kept."""

    def keep(self, landlord_id: str, lease_id: str, contact: ContactChoice) -> None:
        """Keep what comes after the version before. Raises Stale: something else was said after that."""
        ...


@dataclass(frozen=True, slots=True)
class ContactWish:
    """What was said; `version` is the one that was read."""

    email: bool
    sms: bool
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class ContactDesk:
    """Notes what holders say."""

    contacts: ContactStore
    ledger: Ledger
    log: ActionLog

    def one(self, landlord_id: str, lease_id: str) -> ContactChoice:
        """What the lease's holder said last. Raises NotFound: no such lease."""
        if not self.ledger.accounts(landlord_id, [lease_id]):
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        return self.contacts.contact(landlord_id, lease_id)

    def note(self, landlord_id: str, lease_id: str, wish: ContactWish, by: str, attempt: Attempt) -> ContactChoice:
        """Keep what the holder said. Again changes nothing.

        Raises:
            NotFound: no such lease.
            Conflict: `contact_changed`: something else was noted since it was read.
        """
        held = self.one(landlord_id, lease_id)
        said = ContactChoice(wish.email, wish.sms, wish.version + 1, wish.reason, by, attempt.instant)
        if replace(said, said_at=held.said_at) == held:
            return held
        if wish.version != held.version:
            raise _changed(held)
        body = {"kind": "contact", "lease_id": lease_id, "email": wish.email, "sms": wish.sms, "reason": wish.reason}
        self.log.record(landlord_id, "contacts", attempt.name, body | {"by": by}, attempt.at)
        try:
            self.contacts.keep(landlord_id, lease_id, said)
        except Stale as error:
            raise _changed(self.contacts.contact(landlord_id, lease_id)) from error
        return said


def _changed(held: ContactChoice) -> Conflict:
    message = "Something else was noted since this was read."
    return Conflict("contact_changed", message, version=held.version)
