"""What the provider holds: sessions, payments, refunds, chargebacks. Any method may be called from several threads."""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ORDER = ("amount_cents", "currency", "checkout_id", "landlord_id", "link_id", "account_iban", "payee", "success_url")


class Refused(Exception):
    """The request cannot be carried out: an HTTP status and a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass
class Session:
    """A payment that may be made on a hosted page."""

    session_id: str
    order: Mapping[str, Any]
    status: str = "open"
    payment: str | None = None
    returned_cents: int = 0

    @property
    def is_late(self) -> bool:
        """Whether its hour is over."""
        ends = self.order.get("expires_at")
        return ends is not None and datetime.now(UTC) >= datetime.fromisoformat(ends)


@dataclass
class Books:
    """Sessions by id and by payment; `tell` sends an event."""

    tell: Callable[[Mapping[str, Any]], None]
    sessions: dict[str, Session] = field(default_factory=dict)
    _keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def open(self, key: str, order: Mapping[str, Any]) -> Session:
        """The session of an order; the same key again gives the same one. Raises Refused."""
        if not key:
            raise Refused(400, "idempotency_key_missing")
        cents = order.get("amount_cents")
        if any(order.get(name) is None for name in ORDER) or not isinstance(cents, int) or cents <= 0:
            raise Refused(422, "invalid_order")
        text = json.dumps(order, sort_keys=True)
        with self._lock:
            if key in self._keys:
                session_id, first = self._keys[key]
                if first != text:
                    raise Refused(409, "idempotency_key_reused")
                return self.sessions[session_id]
            session = Session(f"cs_{secrets.token_hex(12)}", dict(order))
            self._keys[key] = (session.session_id, text)
            self.sessions[session.session_id] = session
            return session

    def find(self, session_id: str) -> Session:
        """The session. Raises Refused."""
        if session_id not in self.sessions:
            raise Refused(404, "no_such_session")
        return self.sessions[session_id]

    def pay(self, session_id: str) -> Session:
        """The card was accepted: the money is on its way. Raises Refused."""
        with self._lock:
            session = self._open(session_id)
            session.status, session.payment = "paid", f"pay_{secrets.token_hex(10)}"
        self.tell(self._payment_event(session, "credit", session.payment, session.order["amount_cents"]))
        return session

    def fail(self, session_id: str, outcome: str = "failed") -> Session:
        """It ended without money: `failed` (the bank did not know its customer again) or `expired`. Raises Refused."""
        with self._lock:
            session = self._open(session_id)
            session.status = outcome
        self.tell(
            {
                "schema": "quitus.checkout-event/1",
                "event_id": f"evt_{secrets.token_hex(12)}",
                "landlord_id": session.order["landlord_id"],
                "checkout_id": session.order["checkout_id"],
                "outcome": outcome,
                "booking_date": _today(),
            }
        )
        return session

    def take_back(self, kind: str, payment: str, cents: int | None, reason: str | None) -> str:
        """A `return` or a `chargeback` of a payment, all that is left of it unless told; its id. Raises Refused."""
        with self._lock:
            session = next((one for one in self.sessions.values() if one.payment == payment), None)
            if session is None:
                raise Refused(404, "no_such_payment")
            left = session.order["amount_cents"] - session.returned_cents
            taken = left if cents is None else cents
            if not isinstance(taken, int) or not 0 < taken <= left:
                raise Refused(422, "more_than_is_left")
            session.returned_cents += taken
        reference = f"{'re' if kind == 'return' else 'dp'}_{secrets.token_hex(10)}"
        event = self._payment_event(session, kind, reference, taken)
        self.tell(event | {"original_reference": payment, "reason": reason})
        return reference

    def summary(self) -> dict[str, Any]:
        """Counts and sums."""
        with self._lock:
            sessions = list(self.sessions.values())
        paid = [one for one in sessions if one.status == "paid"]
        return {
            "sessions": dict(Counter(one.status for one in sessions)),
            "paid_cents": sum(one.order["amount_cents"] for one in paid),
            "returned_cents": sum(one.returned_cents for one in paid),
        }

    def _open(self, session_id: str) -> Session:
        session = self.find(session_id)
        if session.status == "open" and session.is_late:
            raise Refused(409, "session_expired")
        if session.status != "open":
            raise Refused(409, f"session_{session.status}")
        return session

    def _payment_event(self, session: Session, kind: str, reference: str | None, cents: int) -> dict[str, Any]:
        order = session.order
        return {
            "schema": "quitus.payment-event/1",
            "event_id": f"evt_{secrets.token_hex(12)}",
            "landlord_id": order["landlord_id"],
            "source": "psp:demo",
            "kind": kind,
            "bank_reference": reference,
            "end_to_end_id": None,
            "amount_cents": cents,
            "currency": order["currency"],
            "booking_date": _today(),
            "account_iban": order["account_iban"],
            "virtual_iban": None,
            "debtor": None,
            "remittance": None,
            "means": "card",
            "link_id": order["link_id"],
            "checkout_id": order["checkout_id"],
        }


def _today() -> str:
    return datetime.now(PARIS).date().isoformat()
