"""What people did, for those who look after it: a list of acts, made as the action log takes them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from quitus.domain.calendar import instant_text
from quitus.services.paging import Listed, Place, fill

_ACTIONS = {
    "decisions": None,
    "file-decisions": None,
    "plan-requests": None,
    "manual-receipts": "receipt",
    "due-spreads": "spread",
    "settings": "settings",
    "closings": "close",
    "list-decisions": None,
    "beneficiaries": "beneficiary",
    "refunds": None,
    "alert-decisions": None,
    "payment-links": None,
    "letter-texts": "letter_text",
    "mailings": None,
    "contacts": None,
    "documents": "documents",
    "exports": "export",
    "lease-requests": "lease",
    "due-requests": "due",
}
"""The kinds of actions that people take, and how each is called where the action does not say it itself."""
_INNER = ("order", "receipt", "lease", "due")
"""Where an action holds what was asked for, if not beside who asked."""
_SUBJECTS = (
    "payment_id",
    "lease_id",
    "due_id",
    "file_id",
    "list_id",
    "payer_id",
    "refund_id",
    "refund_ids",
    "link_id",
    "mailing_id",
    "alert_id",
    "document_id",
    "export_id",
    "through",
    "text",
    "export",
    "from",
    "to",
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who asked for what, when, about which objects (ids, blanks between several; kinds, days), and the reason given.
    `by` is the token's subject.
    """

    audit_id: str
    at: str
    by: str
    action: str
    about: Mapping[str, str]
    reason: str | None


class Acts(Protocol):
    """The acts of a landlord's people."""

    def acts(self, landlord_id: str, after: str | None) -> Iterator[Act]:
        """Newest first, after an act."""
        ...


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """Looks acts up."""

    kept: Acts

    def page(self, landlord_id: str, by: str | None, after: Place | None, limit: int) -> Listed[Act]:
        """A page of acts, newest first; `by`: of one person."""
        found = self.kept.acts(landlord_id, after[0] if after else None)
        return fill((((act.audit_id,), act if by in (None, act.by) else None) for act in found), limit)


def act_of(kind: str, name: str, body: Mapping[str, Any], at: datetime) -> Act | None:
    """The act that an action of the log is, None when it is no person's. No name or account number is in it.

    What an ERP puts says `is_person` false: thousands of leases and dues would hide what people do.
    """
    if kind not in _ACTIONS or "by" not in body or not body.get("is_person", True):
        return None
    inner = next((held for key in _INNER if isinstance(held := body.get(key), Mapping)), {})
    said = {**inner, **body}
    digest = sha256(f"{kind}/{name}".encode()).hexdigest()[:20]
    return Act(
        audit_id=f"{at:%Y-%m-%d}-{digest}",
        at=instant_text(at),
        by=str(body["by"]),
        action=str(_ACTIONS[kind] or said.get("kind") or kind),
        about={subject: str(said[subject]) for subject in _SUBJECTS if said.get(subject) is not None},
        reason=str(said["reason"]) if said.get("reason") else None,
    )
