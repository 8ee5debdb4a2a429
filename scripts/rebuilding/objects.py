"""The locked bucket as a rebuild reads it: raw files and actions. Nothing is ever written to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import TYPE_CHECKING, BinaryIO, Protocol

from botocore.exceptions import ClientError

from quitus.adapters.drop_store import S3RawFiles
from quitus.adapters.row_log import changes
from quitus.services.rebuild import ROWS, Change

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_AT_ONCE, _WORKERS = 64, 8
ACTIONS, EVENTS = "actions/", "events"
_GONE = frozenset({"NoSuchKey", "404"})


class Objects(Protocol):
    """Objects of the locked bucket."""

    def folders(self, prefix: str) -> Iterable[str]:
        """The folders right under a prefix, which ends with `/`; so do they."""
        ...

    def names(self, prefix: str) -> Iterable[str]:
        """The names that begin with a prefix."""
        ...

    def read(self, names: Iterable[str]) -> Iterator[bytes]:
        """The contents of objects, one after the other."""
        ...


class LockedBucket:
    """`Objects` on S3."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def folders(self, prefix: str) -> Iterator[str]:
        """See `Objects.folders`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, Delimiter="/"
        )
        yield from (folder["Prefix"] for page in pages for folder in page.get("CommonPrefixes", ()))

    def names(self, prefix: str) -> Iterator[str]:
        """See `Objects.names`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        yield from (held["Key"] for page in pages for held in page.get("Contents", ()))

    def read(self, names: Iterable[str]) -> Iterator[bytes]:
        """See `Objects.read`."""
        with ThreadPoolExecutor(_WORKERS) as readers:
            for some in batched(names, _AT_ONCE, strict=False):
                yield from readers.map(self._content, some)

    def _content(self, name: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()


class LockedFiles(S3RawFiles):
    """The raw files. Raises LookupError where one is missing."""

    def fetch(self, landlord_id: str, sha256: str, into: BinaryIO) -> None:
        """See `RawFiles.fetch`."""
        try:
            super().fetch(landlord_id, sha256, into)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                raise LookupError(sha256) from error
            raise


def logged_names(objects: Objects, kind: str) -> list[str]:
    """The actions of one kind, of all landlords."""
    owners = objects.folders(ACTIONS)
    return [name for owner in owners for name in objects.names(f"{owner}{kind}/")]


def logged_changes(objects: Objects, names: Iterable[str], told: Callable[[int], None]) -> Iterator[Change]:
    """Every change that these actions hold; `told` is given how many actions were read."""
    for read, content in enumerate(objects.read(names), 1):
        yield from changes(content)
        told(read)


def logged_events(objects: Objects, told: Callable[[int], None]) -> Iterator[str]:
    """The payment events that were accepted, as they came."""
    for read, content in enumerate(objects.read(logged_names(objects, EVENTS)), 1):
        yield json.loads(content)["event"]
        told(read)


def row_names(objects: Objects) -> list[str]:
    """The actions that hold rows."""
    return logged_names(objects, ROWS)
