"""Buckets: dropped files, their locked copies, and the acknowledgements of ERP files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

from quitus.adapters.put_once import put_once
from quitus.domain.csv_cells import key_cell
from quitus.domain.errors import UnreadableFile
from quitus.services.drops import DropPage, DroppedObject
from quitus.services.raw_files import sha256_of
from quitus.services.registry import RowResult

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1 << 20
_APART = "\n"
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "MethodNotAllowed"})


class S3Drops:
    """`drops.Drops` on the drop bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def fetch(self, dropped: DroppedObject, into: BinaryIO, limit: int) -> None:
        """See `Drops.fetch`."""
        asked: dict[str, Any] = {"Bucket": self._bucket, "Key": dropped.key}
        if dropped.version_id is not None:
            asked["VersionId"] = dropped.version_id
        try:
            answer = self._client.get_object(**asked)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                raise UnreadableFile("missing", "The object is no longer there.") from error
            raise
        if answer["ContentLength"] > limit:
            raise UnreadableFile("too_large", f"More than {limit} bytes.")
        into.writelines(answer["Body"].iter_chunks(_CHUNK))

    def page(self, after: str | None) -> DropPage:
        """See `Drops.page`."""
        key, _, version = (after or "").rpartition(_APART)
        begins: dict[str, Any] = {"KeyMarker": key} if key else {}
        begins |= {"VersionIdMarker": version} if version else {}
        page = self._client.list_object_versions(Bucket=self._bucket, **begins)
        objects = [
            (DroppedObject(held["Key"], held.get("VersionId"), held["ETag"].strip('"')), held["LastModified"])
            for held in page.get("Versions", [])
        ]
        if not page.get("IsTruncated"):
            return DropPage(objects, None)
        return DropPage(objects, f"{page['NextKeyMarker']}{_APART}{page.get('NextVersionIdMarker', '')}")


class S3RawFiles:
    """`registry.RawFiles` under `raw/` of the bucket with Object Lock."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, landlord_id: str, content: BinaryIO) -> str:
        """See `RawFiles.keep`."""
        sha256 = sha256_of(content)
        put_once(self._client, self._bucket, f"raw/{landlord_id}/{sha256}", content)
        return sha256

    def fetch(self, landlord_id: str, sha256: str, into: BinaryIO) -> None:
        """See `RawFiles.fetch`."""
        self._client.download_fileobj(self._bucket, f"raw/{landlord_id}/{sha256}", into)


class S3Acknowledgements:
    """`registry.Acknowledgements` in the export bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def write(self, landlord_id: str, name: str, results: Iterable[RowResult]) -> None:
        """See `Acknowledgements.write`."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=f"{landlord_id}/acks/{name}.csv",
            Body=acknowledgement(results).encode(),
            ContentType="text/csv; charset=utf-8",
        )


def acknowledgement(results: Iterable[RowResult]) -> str:
    """The acknowledgement as CSV: `line;key;status;reason`."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\n")
    lines.writerow(["line", "key", "status", "reason"])
    for result in results:
        lines.writerow([result.line, key_cell(result.key), result.status, result.reason])
    return text.getvalue()
