"""What the action log keeps of a posting: what order and clock decided, for a rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quitus.domain.ledger import Entry
from quitus.domain.matching import Match


def posting(payment_id: str, entries: Sequence[Entry], at: str, match: Match | None = None) -> list[dict[str, Any]]:
    """A payment's entries as they were decided, one per lease; without an entry the movement was nothing of ours.

    A match by memory or likeness is told with its evidence: both are different when a rebuild comes to it.
    """
    told = {"match": {"rule": match.rule, "evidence": dict(match.evidence)}} if _is_weighed(match) and match else {}
    return [
        told
        | {
            "payment_id": payment_id,
            "entry_id": entry.entry_id if entry else None,
            "lease_id": entry.lease_id if entry else None,
            "sequence": entry.sequence if entry else None,
            "hash": entry.hash if entry else None,
            "at": at,
        }
        for entry in entries or (None,)
    ]


def _is_weighed(match: Match | None) -> bool:
    return match is not None and match.lease_id is not None and not match.is_certain
