"""The answer to a request is given once per idempotency key: again the same request, again the same answer, for ever.

This is about answers. What a request does must be exactly once by itself: an attempt carries a name that stays the same
when the request comes again, and the permanent rows that it writes are named after it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.errors import IdempotencyConflict
from quitus.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request: its permanent name, the instant when it first came, and whether it came before."""

    name: str
    at: datetime
    again: bool = False

    @property
    def day(self) -> date:
        """Its day in Europe/Paris, on which what it decides is booked."""
        return paris_day(self.at)

    @property
    def instant(self) -> str:
        """Its instant as it is kept."""
        return instant_text(self.at)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a request: what it asked, when, and its answer (None while unanswered)."""

    fingerprint: str
    at: str
    given: Given | None


class Requests(Protocol):
    """Requests by their key, kept for ever."""

    def begin(self, landlord_id: str, key: str, fingerprint: str, at: str) -> Kept | None:
        """Keep a request that never came; one that came before is returned as it is kept."""
        ...

    def answered(self, landlord_id: str, key: str, given: Given) -> None:
        """Keep the answer; the first one stays."""
        ...


def fingerprint_of(method: str, path: str, body: str) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(f"{method}\n{path}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Once:
    """Runs requests under their keys."""

    requests: Requests
    clock: Clock

    def run(
        self,
        landlord_id: str,
        key: str | None,
        fingerprint: str,
        work: Callable[[Attempt], Given],
        *,
        keep: bool = True,
    ) -> Given:
        """The answer to a request; without a key each request is a new one. One that is not to be kept, for the secret
        that it shows, is made again by `work`, which finds what it did under the attempt's name.

        Raises:
            IdempotencyConflict: the key came with another request.
        """
        now = self.clock.now()
        if key is None:
            return work(new_attempt(now))
        kept = self.requests.begin(landlord_id, key, fingerprint, instant_text(now))
        if kept is not None and kept.fingerprint != fingerprint:
            raise IdempotencyConflict("idempotency_key_reused", "This idempotency key came with another request.")
        if kept is not None and kept.given is not None:
            return kept.given
        given = work(_attempt(key, now, kept))
        if keep:
            self.requests.answered(landlord_id, key, given)
        return given


def new_attempt(now: datetime) -> Attempt:
    """The attempt of a request that no key names."""
    return Attempt(uuid.uuid4().hex, now)


def _attempt(key: str, now: datetime, kept: Kept | None) -> Attempt:
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    return Attempt(name, now) if kept is None else Attempt(name, datetime.fromisoformat(kept.at), again=True)
