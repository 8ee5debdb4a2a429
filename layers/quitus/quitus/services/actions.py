"""What the action log keeps of a posting: what order and clock decided, for a rebuild."""

from __future__ import annotations

from typing import Any

from quitus.domain.ledger import Entry


def posting(payment_id: str, entry: Entry | None, at: str) -> dict[str, Any]:
    """A payment's entry as it was decided; without an entry the movement was nothing of ours."""
    return {
        "payment_id": payment_id,
        "entry_id": entry.entry_id if entry else None,
        "lease_id": entry.lease_id if entry else None,
        "sequence": entry.sequence if entry else None,
        "hash": entry.hash if entry else None,
        "at": at,
    }
