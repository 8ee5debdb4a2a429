"""Links by which anyone who holds one downloads an object, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Download:
    """An object of a bucket, and the name and type under which it is saved."""

    key: str
    name: str
    content_type: str


def signed_link(client: S3Client, bucket: str, download: Download, seconds: int) -> str:
    """A signed URL, good for so many seconds."""
    return client.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": download.key,
            "ResponseContentDisposition": f'attachment; filename="{download.name}"',
            "ResponseContentType": download.content_type,
        },
        ExpiresIn=seconds,
        HttpMethod="GET",
    )
