"""A landlord's deployment in this process: the real handlers on the real wiring, on a cloud that fails as planned.

Each invocation is a new process: nothing that `bootstrap` made before is kept. A message leaves its queue when its
handler is done with it, and comes again otherwise; so do the stream's batches. Who calls the API calls again, under the
same key, until it is answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from faults import Killed
from simulation.cloud import Buckets, Clock, Erp, Fault, Queues, StreamedTable, Told, Turnstile, Waiting, Watched
from unit.web.office import LANDLORD as LANDLORD_SETTINGS

import apply_erp_file.app
import close_days.app
import forward_changes.app
import intake_file.app
import log_rows.app
import post_movements.app
import push_erp.app
import settle_pending.app
import staff_api.app
import sweep_drops.app
import update_views.app
import write_documents.app
import write_export.app
from quitus import bootstrap
from quitus.adapters import pauses
from quitus.adapters.erp_connections import ErpConnections
from quitus.services import bank_statements
from quitus.services.table import Stale

LANDLORD = "semiga"
NOW = datetime(2026, 11, 6, 7, 0, tzinfo=UTC)
DROPS, RAW, EXPORTS = "drops", "raw", "exports"
EVENTS = "PAYMENT_EVENTS_QUEUE_URL"
HANDLERS: Mapping[str, Callable[[dict[str, Any], Any], Any]] = {
    "DROPS_QUEUE_URL": intake_file.app.handler,
    "MOVEMENTS_QUEUE_URL": post_movements.app.handler,
    EVENTS: post_movements.app.handler,
    "ERP_ROWS_QUEUE_URL": apply_erp_file.app.handler,
    "VIEWS_QUEUE_URL": update_views.app.handler,
    "PENDING_QUEUE_URL": settle_pending.app.handler,
    "ERP_WAKE_QUEUE_URL": push_erp.app.handler,
    "EXPORTS_QUEUE_URL": write_export.app.handler,
    "DOCUMENTS_QUEUE_URL": write_documents.app.handler,
}
SCHEDULES = (sweep_drops.app.handler, settle_pending.app.handler, push_erp.app.handler, close_days.app.handler)
ENVIRONMENT = {name: name for name in HANDLERS} | {
    "TABLE_NAME": "table",
    "RAW_BUCKET": RAW,
    "DROP_BUCKET": DROPS,
    "EXPORT_BUCKET": EXPORTS,
    "ALLOW_LOOPBACK_ERP": "true",
    "ERP_SECRET_PREFIX": "erp/",
    "PGP_SECRET_PREFIX": "pgp/",
    "NUMBERING_SECRET_ARN": "numbering",
    "PAYERS_SECRET_ARN": "payers",
    "PAYMENT_EVENTS_QUEUE_ARN": f"arn:aws:sqs:eu-west-3:1:{EVENTS}",
}
SETTINGS = LANDLORD_SETTINGS | {"erp": {"kind": "rest", "url": "http://127.0.0.1:9/quitus", "accounts": {}}}
FEW = 3
"""Movements of a file that are worked at once: small files have several batches too."""
LONGEST = 600
_WIRED = (bootstrap, *(import_module(f"quitus.bootstrap.{one.name}") for one in iter_modules(bootstrap.__path__)))
_MADE = [made for module in _WIRED for made in vars(module).values() if hasattr(made, "cache_clear")]
"""What a process makes once."""
_CONTEXT = SimpleNamespace(aws_request_id="run", get_remaining_time_in_millis=lambda: 60_000)


class Stuck(AssertionError):
    """The world does not come to rest."""


@dataclass(frozen=True)
class Answered:
    """What the API said."""

    status: int
    body: Any


class World:
    """One deployment. `turnstile` decides which calls fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.table, self.buckets, self.queues = StreamedTable(), Buckets(), Queues()
        self.clock, self.erp, self.turnstile = Clock(NOW), Erp(), Turnstile()
        self.runs = 0
        self.accepted: set[tuple[str, str | None]] = set()
        """The calls to change something, by path and key, that the API said are done."""
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(bootstrap, "table", lambda: Watched("table", self.table, self.turnstile))
        monkeypatch.setattr(bootstrap, "s3", lambda: Watched("s3", self.buckets, self.turnstile))
        monkeypatch.setattr(bootstrap, "sqs", lambda: Watched("sqs", self.queues, self.turnstile))
        secrets = SimpleNamespace(get_secret_value=lambda **_: {"SecretString": "secret"})
        monkeypatch.setattr(bootstrap, "secrets", lambda: secrets)
        monkeypatch.setattr(bootstrap, "clock", lambda: self.clock)
        monkeypatch.setattr(ErpConnections, "connect", lambda connections, landlord: self.erp)
        monkeypatch.setattr(pauses, "LONGEST_SECONDS", 0)
        monkeypatch.setattr(bank_statements, "MOVEMENTS_AT_ONCE", FEW)

    def forget_and_become(self, other: Saved) -> None:
        """Start again from a state that was saved."""
        self.table, self.buckets, self.queues = other.table.copy(), other.buckets.copy(), other.queues.copy()
        self.clock, self.erp, self.turnstile = Clock(other.instant), other.erp.copy(), Turnstile()
        self.accepted = set()

    def saved(self) -> Saved:
        """The world as it is."""
        return Saved(self.table.copy(), self.buckets.copy(), self.queues.copy(), self.erp.copy(), self.clock.now())

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None, role: str = "admin") -> Answered:
        """Ask the API until it answers."""
        for _ in range(LONGEST):
            answered = self._ask(method, path, body, key, role)
            if answered is not None and answered.status < 500:
                self.accepted |= {(path, key)} if method != "GET" and answered.status < 300 else set()
                return answered
        raise Stuck(f"{method} {path}")

    def _ask(self, method: str, path: str, body: Any, key: str | None, role: str) -> Answered | None:
        claims = {"landlord": LANDLORD, "role": role, "scope": "quitus/api", "sub": f"sub-{role}"}
        path, _, query = path.partition("?")
        event = {
            "httpMethod": method,
            "path": path,
            "headers": {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {}),
            "queryStringParameters": dict(part.split("=") for part in query.split("&")) if query else None,
            "body": None if body is None else json.dumps(body),
            "requestContext": {"authorizer": {"claims": claims}},
        }
        given: dict[str, Any] = {}
        with self._process():
            given = staff_api.app.handler(event, _CONTEXT)
        body = json.loads(given["body"]) if given.get("body") else None
        return Answered(given["statusCode"], body) if given else None

    @contextmanager
    def _process(self) -> Iterator[None]:
        """An invocation, in a process of its own; it may die."""
        self._begin()
        self.runs += 1
        self.clock.tick()
        try:
            yield
        except Killed:
            self._died()
        except (Stale, BotoCoreError, ClientError):
            return

    def _begin(self) -> None:
        """A new process knows nothing that another made."""
        for made in _MADE:
            made.cache_clear()

    def _died(self) -> None:
        """What follows is another process in any case."""

    def drop(self, key: str, content: bytes, *, announced: bool = True) -> None:
        """A file comes by SFTP; its announcement may be lost."""
        self.buckets.objects[DROPS, key] = content
        if announced:
            told = {"bucket": {"name": DROPS}, "object": {"key": quote(key), "versionId": "1", "eTag": "e"}}
            body = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": told}]}
            self.queues.waiting.append(Waiting("DROPS_QUEUE_URL", json.dumps(body)))

    def tell(self, event: Mapping[str, Any]) -> None:
        """A payment event comes."""
        self.queues.waiting.append(Waiting(EVENTS, json.dumps(event)))

    def deliver(self, place: int, *, keep: bool = False) -> None:
        """Hand a waiting message to its handler; `keep`: it will come once more although it was worked."""
        message = self.queues.waiting[place]
        message.received += 1
        worked = False
        with self._process():
            answer = HANDLERS[message.queue](_event(message), _CONTEXT)
            worked = not (answer or {}).get("batchItemFailures")
        if worked and not keep:
            self.queues.waiting = [held for held in self.queues.waiting if held is not message]

    def stream(self, most: int = 100) -> None:
        """Hand the oldest changes to what forwards them."""
        with self._process():
            forward_changes.app.handler(_records(self.table.stream[:most]), _CONTEXT)
            del self.table.stream[:most]

    def log(self, most: int = 100) -> None:
        """Hand the oldest changes to what logs them."""
        with self._process():
            log_rows.app.handler(_records(self.table.unlogged[:most]), _CONTEXT)
            del self.table.unlogged[:most]

    def tick(self) -> None:
        """Every schedule fires."""
        for handler in SCHEDULES:
            with self._process():
                handler({}, _CONTEXT)

    def settle(self) -> None:
        """Work off everything, with schedules in between, until nothing waits."""
        for _ in range(3):
            self.drain()
            self.clock.tick(30)
            self.tick()
        self.drain()

    def work_off(self, *queues: str) -> None:
        """Hand over what waits in some queues, and nothing else."""
        for _ in range(LONGEST):
            places = [place for place, waiting in enumerate(self.queues.waiting) if waiting.queue in queues]
            if not places:
                return
            self.deliver(places[0])
        raise Stuck(*queues)

    def drain(self) -> None:
        """Work off what waits, oldest first; what came back waits behind the others. Raises Stuck."""
        for _ in range(LONGEST):
            if self.table.stream:
                self.stream()
            elif self.table.unlogged:
                self.log()
            elif self.queues.waiting:
                first = self.queues.waiting[0]
                self.deliver(0)
                if self.queues.waiting[:1] == [first]:
                    self.queues.waiting.append(self.queues.waiting.pop(0))
            else:
                return
        raise Stuck(self.queues.waiting[0].queue)


@dataclass(frozen=True)
class Saved:
    """A world at a moment."""

    table: StreamedTable
    buckets: Buckets
    queues: Queues
    erp: Erp
    instant: datetime


def _records(some: Sequence[Told]) -> dict[str, Any]:
    return {"Records": [told.record for told in some]}


def _event(message: Waiting) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": "m",
                "receiptHandle": "r",
                "body": message.body,
                "attributes": {"ApproximateReceiveCount": str(message.received)},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-west-3:1:{message.queue}",
                "awsRegion": "eu-west-3",
            }
        ]
    }


def single(call: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    """One fault, at the nth call."""
    return lambda number, name: fault if number == call else None


def some(chance: Any, share: float) -> Callable[[int, str], Fault | None]:
    """A share of the calls fails, by chance."""
    faults: Sequence[Fault] = list(Fault)
    return lambda number, name: chance.choice(faults) if chance.random() < share else None
