"""The cloud as the handlers see it, in this process and as strict: a table with its stream, buckets, queues, an ERP.

Every call of a handler on it passes one turnstile, where a call can fail as the real thing does: the process is killed
before or after it, the service asks to slow down, the answer is lost, somebody else wrote first.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from builders import with_rows_of
from faults import Killed

from quitus.adapters import keys
from quitus.adapters.dynamo import encode_row
from quitus.adapters.memory import MemoryTable
from quitus.domain.erp_batch import Answer, Feed, Item, Outcome
from quitus.services.table import Key, Page, Row, Stale, Write

_PERMANENT = ("#movement#", "#journal#", "#closings")
_APPEND_ONLY = (keys.CHARGES, keys.PLANS)


class Fault(Enum):
    """How a call fails."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    SLOW_DOWN = "told to slow down"
    LOST_ANSWER = "answer lost"
    CONFLICT = "others wrote first"


type Plan = Callable[[int, str], Fault | None]
"""What happens to the nth call, which has a name."""


def no_fault(number: int, name: str) -> Fault | None:
    return None


@dataclass
class Turnstile:
    """Counts the calls and lets each fail as planned."""

    plan: Plan = no_fault
    names: list[str] = field(default_factory=list)

    def passed(self, name: str, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        self.names.append(name)
        fault = self.plan(len(self.names), name)
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        if fault is Fault.SLOW_DOWN:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, name)
        if fault is Fault.CONFLICT and name == "table.write":
            raise Stale
        answer = call(*given, **named)
        if fault is Fault.KILLED_AFTER:
            raise Killed
        if fault is Fault.LOST_ANSWER:
            raise ReadTimeoutError(endpoint_url=name)
        return answer


class Watched:
    """A service whose calls pass the turnstile."""

    def __init__(self, name: str, held: Any, turnstile: Turnstile) -> None:
        self._name, self._held, self._turnstile = name, held, turnstile

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._held, name)
        if name in ("exceptions", "meta") or not callable(attribute):
            return attribute
        watched = partial(self._turnstile.passed, f"{self._name}.{name}", attribute)
        self.__dict__[name] = watched
        return watched


@dataclass(frozen=True)
class Told:
    """A change as the stream tells it."""

    sequence: int
    row: Row

    @property
    def record(self) -> dict[str, Any]:
        """As a function gets it, which is JSON."""
        image = encode_row(self.row)
        told = {
            "ApproximateCreationDateTime": 1_795_000_000 + self.sequence // 10,
            "Keys": {name: image[name] for name in ("PK", "SK")},
            "SequenceNumber": str(10**20 + self.sequence),
            "NewImage": image,
        }
        arn = "arn:aws:dynamodb:eu-west-3:1:table/quitus/stream/2026-11-01T00:00:00.000"
        text = json.dumps({"dynamodb": told, "eventSourceARN": arn}, default=lambda held: b64encode(held).decode())
        record: dict[str, Any] = json.loads(text)
        return record


class StreamedTable(MemoryTable):
    """A table whose stream two functions read, each at its own pace, whose listings may be late, and that notices a
    change that may never be.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sequence = 0
        self.stream: list[Told] = []
        """What was not forwarded yet."""
        self.unlogged: list[Told] = []
        self.broken: list[Key] = []
        self.late: Callable[[], int] = lambda: 0
        """How many changes of listed rows a listing does not know yet."""
        self._index = MemoryTable()
        self._unindexed: list[Row] = []

    def copy(self) -> StreamedTable:
        """Another table with the same rows."""
        other = StreamedTable()
        with_rows_of(other, self)
        with_rows_of(other._index, self._index)
        other.sequence, other._unindexed = self.sequence, list(self._unindexed)
        other.stream, other.unlogged = list(self.stream), list(self.unlogged)
        return other

    def query_listing(self, *given: Any, **named: Any) -> Page:
        known = max(0, len(self._unindexed) - self.late())
        for row in self._unindexed[:known]:
            self._index._store(row)
        del self._unindexed[:known]
        return self._index.query_listing(*given, **named)

    def write(self, writes: Sequence[Write]) -> None:
        before = {write.key: self.rows.get(write.key) for write in writes}
        super().write(writes)
        for key in (key for key, row in before.items() if self.rows[key] != row):
            self.sequence += 1
            self.stream.append(Told(self.sequence, self.rows[key]))
            self.unlogged.append(self.stream[-1])
            if "GSI1PK" in self.rows[key] or "GSI1PK" in (before[key] or {}):
                self._unindexed.append(self.rows[key])
        self.broken += [key for key, row in before.items() if row and is_permanent(key) and self.rows[key] != row]


def is_permanent(key: Key) -> bool:
    """Whether a row of the ledger is written once and never again."""
    return any(family in key.pk for family in _PERMANENT) or key.sk.startswith(_APPEND_ONLY)


class Buckets:
    """Objects by bucket and key, every version of them."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.overwritten: list[tuple[str, str]] = []

    def copy(self) -> Buckets:
        other = Buckets()
        other.objects = dict(self.objects)
        return other

    def put_object(self, *, Bucket: str, Key: str, Body: Any, IfNoneMatch: str | None = None, **_: Any) -> None:  # noqa: N803 - as the client names it
        content = Body if isinstance(Body, bytes) else Body.read()
        if IfNoneMatch and (Bucket, Key) in self.objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        if self.objects.get((Bucket, Key), content) != content:
            self.overwritten.append((Bucket, Key))
        self.objects[Bucket, Key] = content

    def get_object(self, *, Bucket: str, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - as the client names it
        content = self.objects[Bucket, Key]
        return {
            "ContentLength": len(content),
            "Body": SimpleNamespace(iter_chunks=lambda size: iter([content])),
        }

    def download_fileobj(self, bucket: str, key: str, into: io.BytesIO) -> None:
        into.write(self.objects[bucket, key])

    def list_object_versions(self, *, Bucket: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - as the client names it
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        versions = [
            {"Key": key, "VersionId": "1", "ETag": "e", "LastModified": long_ago}
            for bucket, key in self.objects
            if bucket == Bucket
        ]
        return {"Versions": versions, "IsTruncated": False}

    def under(self, bucket: str, prefix: str) -> list[str]:
        return sorted(key for held, key in self.objects if held == bucket and key.startswith(prefix))


@dataclass
class Waiting:
    """A message in a queue."""

    queue: str
    body: str
    received: int = 0


class Queues:
    """At least once, in any order."""

    meta = SimpleNamespace(endpoint_url="http://sqs")

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []

    def copy(self) -> Queues:
        other = Queues()
        other.waiting = [replace(message) for message in self.waiting]
        return other

    def send_message_batch(self, *, QueueUrl: str, Entries: Iterable[Row]) -> dict[str, Any]:  # noqa: N803 - as the client names it
        self.waiting += [Waiting(QueueUrl, entry["MessageBody"]) for entry in Entries]
        return {}

    def change_message_visibility_batch(self, **_: Any) -> None:
        return


class Clock:
    """A minute passes with every message; a test may turn it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def pause(self, attempt: int) -> None:
        return

    def tick(self, minutes: float = 1) -> None:
        self.instant += timedelta(minutes=minutes)


class Erp:
    """Knows a batch by its name, for ever; fails as planned: before it applies, or after."""

    def __init__(self) -> None:
        self.batches: dict[tuple[Feed, str], tuple[str, ...]] = {}
        self.told: list[Mapping[str, Any]] = []
        """The entries, as they came."""
        self.taken_back: list[Mapping[str, Any]] = []
        self.last: dict[tuple[Feed, str], Mapping[str, Any]] = {}
        """The last numbered notice of each payment."""
        self.changed: list[str] = []
        self.fails: Callable[[], str | None] = lambda: None

    def copy(self) -> Erp:
        other = Erp()
        other.batches, other.last = dict(self.batches), dict(self.last)
        other.told, other.taken_back = list(self.told), list(self.taken_back)
        return other

    def send(self, feed: Feed, name: str, items: Sequence[Item]) -> Answer:
        fault = self.fails()
        if fault == "before":
            return Answer(Outcome.FAILED, "http_503")
        ids = tuple(item.item_id for item in items)
        known = self.batches.get((feed, name))
        if known is None:
            self.batches[feed, name] = ids
            self._apply(feed, name, [item.document for item in items])
        elif known != ids:
            self.changed.append(name)
        return Answer(Outcome.FAILED, "http_500") if fault == "after" else Answer(Outcome.ACCEPTED)

    def _apply(self, feed: Feed, name: str, documents: Iterable[Mapping[str, Any]]) -> None:
        match feed:
            case Feed.ENTRIES:
                self.told += documents
            case Feed.REVERSALS:
                self.taken_back += documents
            case Feed.RECEIPTS | Feed.ALLOCATIONS:
                for said in documents:
                    before = self.last.get((feed, said["payment_id"]), {"number": 0})
                    self.changed += [] if said["number"] == before["number"] + 1 else [name]
                    self.last[feed, said["payment_id"]] = said
