"""The action log in the locked bucket: one object per action, named so that its instant orders it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from quitus.domain.calendar import instant_text

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3ActionLog:
    """`ports.ActionLog` under `actions/{landlord}/` of a bucket with Object Lock."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def record(self, landlord_id: str, kind: str, name: str, body: Mapping[str, Any], at: datetime) -> None:
        """See `ActionLog.record`."""
        action = {"schema": "quitus.action/1", "landlord_id": landlord_id, "kind": kind, "at": instant_text(at), **body}
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=f"actions/{landlord_id}/{kind}/{name}.json",
                Body=json.dumps(action, ensure_ascii=False, sort_keys=True).encode(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
