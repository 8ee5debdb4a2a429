"""Written documents in the export bucket, under `{landlord}/documents/{id}/`, and links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quitus.adapters.signed_links import Download, signed_link

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class BucketFiles:
    """`write_documents.DocumentFiles` in a bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, landlord_id: str, document_id: str, name: str, content: bytes) -> None:
        """See `DocumentFiles.keep`."""
        key = _key(landlord_id, document_id, name)
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=_content_type(name))


class BucketLinks:
    """`documents.DocumentLinks` to a bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def url(self, landlord_id: str, document_id: str, name: str, seconds: int) -> str:
        """See `DocumentLinks.url`."""
        download = Download(_key(landlord_id, document_id, name), name, _content_type(name))
        return signed_link(self._client, self._bucket, download, seconds)


def _key(landlord_id: str, document_id: str, name: str) -> str:
    return f"{landlord_id}/documents/{document_id}/{name}"


def _content_type(name: str) -> str:
    return "application/pdf" if name.endswith(".pdf") else "text/csv; charset=utf-8"
