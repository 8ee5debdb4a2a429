"""Mail that came back, as SES tells of it: its message is marked, and an address that does not work is not used again.

The events come at least once, in any order; one that speaks of no message of ours says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from quitus.domain.calendar import instant_text
from quitus.domain.mailing import DispatchStatus
from quitus.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Sent:
    """Whose message it is that the sending service tells of, and the digest of the address that it went to."""

    landlord_id: str
    dispatch_id: str
    address_digest: str


class SentMail(Protocol):
    """Messages by the ids of the sending service; strongly consistent."""

    def sent_as(self, service_id: str) -> Sent | None:
        """The message with this id, or None."""
        ...

    def came_back(self, sent: Sent, status: DispatchStatus, at: str, *, fails: bool) -> None:
        """Keep that it came back; `fails`: its address is not written to again."""
        ...


class _Mail(msgspec.Struct, rename={"message_id": "messageId"}):
    message_id: str


class _Bounce(msgspec.Struct, rename={"kind": "bounceType"}):
    kind: str


class MailEvent(msgspec.Struct, rename={"kind": "eventType"}):
    """An event of an SES configuration set, as far as it matters."""

    kind: Literal["Bounce", "Complaint"]
    mail: _Mail
    bounce: _Bounce | None = None


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """Takes note of what came back."""

    sent: SentMail
    clock: Clock

    def note(self, text: str) -> None:
        """Take note of an event; again changes nothing. Raises msgspec.DecodeError: no such event."""
        event = msgspec.json.decode(text, type=MailEvent)
        found = self.sent.sent_as(event.mail.message_id)
        if found is None:
            return
        bounced = event.kind == "Bounce"
        status = DispatchStatus.BOUNCED if bounced else DispatchStatus.COMPLAINED
        lasting = not bounced or (event.bounce is not None and event.bounce.kind == "Permanent")
        self.sent.came_back(found, status, instant_text(self.clock.now()), fails=lasting)
