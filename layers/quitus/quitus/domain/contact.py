"""Whether a lease's holder wants to be written to.

Messages about the rent that is due carry out the lease: they need no consent given before, but who objects is heard.
Receipts are sent electronically to those who asked for it only (law 89-462 art. 21), which the ERP says.
"""

from __future__ import annotations

from dataclasses import dataclass

from quitus.domain.mailing import Channel


@dataclass(frozen=True, slots=True)
class ContactChoice:
    """What the holder said about mail and SMS, the `version`-th time; nothing yet is 0, and objects to neither."""

    email: bool = True
    sms: bool = True
    version: int = 0
    reason: str | None = None
    said_by: str | None = None
    """Who noted it."""
    said_at: str | None = None

    def allows(self, channel: Channel) -> bool:
        """Whether the holder may be written to in this way."""
        return self.email if channel is Channel.EMAIL else self.sms
