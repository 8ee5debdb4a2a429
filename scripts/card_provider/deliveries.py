"""Webhooks: signed, sent until they are taken, late, twice or in disorder when told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WAITS = (0.3, 1.0, 3.0, 8.0, 20.0, 60.0)
"""Seconds after each attempt that was not taken."""
_TIMEOUT = 20


@dataclass(frozen=True)
class Mode:
    """How events go: after a delay, so many copies of each, so many held and then sent last first."""

    delay_seconds: float = 0
    copies: int = 1
    hold: int = 1


@dataclass
class Deliveries:
    """Sends events, one after the other, from a thread of its own."""

    url: str = ""
    keys: Sequence[str] = ()
    mode: Mode = field(default_factory=Mode)
    answers: Counter[int] = field(default_factory=Counter)
    given_up: int = 0
    _held: list[bytes] = field(default_factory=list)
    _queue: queue.Queue[bytes] = field(default_factory=queue.Queue)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Begin to send; ends with the process."""
        threading.Thread(target=self._work, daemon=True).start()

    def tell(self, event: Mapping[str, Any]) -> None:
        """Send an event, as the mode says."""
        body = json.dumps(event).encode()
        with self._lock:
            self._held.append(body)
            if len(self._held) < self.mode.hold:
                return
            held, self._held = self._held, []
        for one in reversed(held):
            for _ in range(self.mode.copies):
                self._queue.put(one)

    def summary(self) -> dict[str, Any]:
        """What was answered, by status (0: no answer), what was given up, and what is still to go."""
        with self._lock:
            waiting = self._queue.unfinished_tasks + len(self._held)
            return {"answers": dict(self.answers), "given_up": self.given_up, "waiting": waiting}

    def _work(self) -> None:
        while True:
            body = self._queue.get()
            time.sleep(self.mode.delay_seconds)
            threading.Thread(target=self._deliver, args=(body,), daemon=True).start()

    def _deliver(self, body: bytes) -> None:
        """One event, until it is taken: the others do not wait for it."""
        for wait in (*WAITS, None):
            status = self._post(body)
            with self._lock:
                self.answers[status] += 1
            if 200 <= status < 300:
                break
            if wait is None:
                self.given_up += 1
                break
            time.sleep(wait)
        self._queue.task_done()

    def _post(self, body: bytes) -> int:
        headers = {"Content-Type": "application/json", "Quitus-Signature": sign(self.keys, body, int(time.time()))}
        request = urllib.request.Request(self.url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, ValueError):
            return 0


def sign(keys: Sequence[str], body: bytes, seconds: int) -> str:
    """The header that proves a body (contract.md, Links), under each key."""
    signed = f"{seconds}.".encode() + body
    digests = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in keys]
    return ",".join([f"t={seconds}", *(f"v1={digest}" for digest in digests)])
