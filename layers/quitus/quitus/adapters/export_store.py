"""Written exports in the export bucket, and links to them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

from quitus.adapters.signed_links import Download, signed_link
from quitus.services.exports import Export, ExportKind

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_IN_MEMORY = 8 * 1024 * 1024


class ExportStore:
    """`exports.ExportLinks` and `write_exports.ExportFiles` under `{landlord}/exports/` of a bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def url(self, landlord_id: str, export: Export, name: str, seconds: int) -> str:
        """See `ExportLinks.url`."""
        download = Download(_key(landlord_id, export), name, _content_type(export))
        return signed_link(self._client, self._bucket, download, seconds)

    @contextmanager
    def writing(self, landlord_id: str, export: Export) -> Iterator[TextIOWrapper]:
        """See `ExportFiles.writing`: on disk beyond a few megabytes, sent when it is whole."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, mode="w+b") as file:
            text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
            yield text
            text.flush()
            text.detach()
            file.seek(0)
            self._client.upload_fileobj(
                file, self._bucket, _key(landlord_id, export), ExtraArgs={"ContentType": _content_type(export)}
            )


def _key(landlord_id: str, export: Export) -> str:
    ending = "txt" if export.kind is ExportKind.FEC else "csv"
    return f"{landlord_id}/exports/{export.export_id}.{ending}"


def _content_type(export: Export) -> str:
    return f"text/{'plain' if export.kind is ExportKind.FEC else 'csv'}; charset=utf-8"
