"""Objects that are written once and never again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from quitus.adapters.pauses import pause
from quitus.domain.errors import Contention

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PATIENCE = 8
_THERE = "PreconditionFailed"
_BEING_WRITTEN = "ConditionalRequestConflict"
"""S3 asks to try again: another write of the same key is under way."""


def put_once(client: S3Client, bucket: str, key: str, content: bytes | BinaryIO, **how: Any) -> None:
    """Write an object unless one with this key is there, which changes nothing. `how`: more of `put_object`.

    Raises:
        Contention: others kept writing it.
    """
    for attempt in range(_PATIENCE):
        if not isinstance(content, bytes):
            content.seek(0)
        try:
            client.put_object(Bucket=bucket, Key=key, Body=content, IfNoneMatch="*", **how)
        except client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _THERE:
                return
            if code != _BEING_WRITTEN:
                raise
            pause(attempt)
        else:
            return
    raise Contention("rows_busy", "Others kept writing the same object.")
