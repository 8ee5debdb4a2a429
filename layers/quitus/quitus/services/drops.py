"""What was dropped: objects of the drop bucket, as S3 announces them and as its listing shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote_plus, unquote_plus

from quitus.services.registry import Area


@dataclass(frozen=True, slots=True)
class DroppedObject:
    """An object of the drop bucket in one of its versions."""

    key: str
    version_id: str | None
    etag: str

    @property
    def file_id(self) -> str:
        """The same version has the same id, whoever announces it."""
        version = self.etag if self.version_id in (None, "", "null") else self.version_id
        return hashlib.sha256(f"{self.key}\n{version}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Place:
    """What the key of a dropped object says: `{landlord}/{area}/{name}`."""

    landlord_id: str
    area: Area
    name: str


def place_of(key: str) -> Place | None:
    """The place that a key names; None for folders and for keys that name no landlord."""
    landlord_id, _, rest = key.partition("/")
    area, _, name = rest.partition("/")
    if not landlord_id or "#" in landlord_id or not rest or rest.endswith("/"):
        return None
    if area in (Area.BANK, Area.ERP, Area.LISTS) and name:
        return Place(landlord_id, Area(area), name)
    return Place(landlord_id, Area.OTHER, rest)


def announced(event: Mapping[str, Any]) -> Iterator[DroppedObject]:
    """The objects that an S3 notification announces; none in its `s3:TestEvent`."""
    for record in event.get("Records", ()):
        if not record.get("eventName", "").startswith("ObjectCreated"):
            continue
        held = record["s3"]["object"]
        yield DroppedObject(unquote_plus(held["key"]), held.get("versionId"), held.get("eTag", "").strip('"'))


def announcement(dropped: DroppedObject) -> dict[str, Any]:
    """The notification that S3 would have sent."""
    held: dict[str, Any] = {"key": quote_plus(dropped.key, safe="/"), "eTag": dropped.etag}
    if dropped.version_id is not None:
        held["versionId"] = dropped.version_id
    return {"Records": [{"eventSource": "quitus:sweep", "eventName": "ObjectCreated:Swept", "s3": {"object": held}}]}


type Listed = tuple[DroppedObject, datetime]
"""A version of an object, with the instant of its arrival."""


@dataclass(frozen=True, slots=True)
class DropPage:
    """A page of the bucket's listing, and where to go on (None at the end)."""

    objects: Sequence[Listed]
    after: str | None


class Drops(Protocol):
    """The drop bucket."""

    def fetch(self, dropped: DroppedObject, into: BinaryIO, limit: int) -> None:
        """Write the bytes of an object.

        Raises:
            UnreadableFile: `missing`, or `too_large` beyond the limit (in bytes).
        """
        ...

    def page(self, after: str | None) -> DropPage:
        """The next thousand or so versions of objects, by key; `after` is where a page before ended."""
        ...
