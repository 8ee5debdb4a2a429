"""Revokes payment links: a page is gone at once, and what was begun on it at a card provider ends soon after."""

from __future__ import annotations

from dataclasses import dataclass, replace

from quitus.services.contention import until_written
from quitus.services.idempotent_requests import Attempt
from quitus.services.messages import LinkRevoked
from quitus.services.payment_links import LinkStore, found
from quitus.services.ports import ActionLog, Clock, Queue

_LATEST_SECONDS = 60
"""By then what was being begun on the page as the link was revoked has begun, or never will: its function runs for less
than thirty.
"""


@dataclass(frozen=True, slots=True)
class LinkRevoker:
    """Revokes links."""

    links: LinkStore
    queue: Queue
    log: ActionLog
    clock: Clock

    def revoke(self, landlord_id: str, link_id: str, by: str, attempt: Attempt) -> None:
        """End a link; again changes nothing. Raises NotFound."""
        link = found(self.links, landlord_id, link_id)
        if link.revoked_at is None:
            body = {"kind": "revoke_link", "link_id": link_id, "lease_id": link.lease_id, "by": by}
            self.log.record(landlord_id, "payment-links", f"{link_id}-revoke", body, attempt.at)
        until_written(lambda: self._revoked(landlord_id, link_id, by, attempt), self.clock)
        for delay in (0, _LATEST_SECONDS):
            self.queue.send([LinkRevoked(landlord_id, link_id)], delay)

    def _revoked(self, landlord_id: str, link_id: str, by: str, attempt: Attempt) -> None:
        link = found(self.links, landlord_id, link_id)
        if link.revoked_at is None:
            self.links.revoke(landlord_id, replace(link, revoked_by=by, revoked_at=attempt.instant))
