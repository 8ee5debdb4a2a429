"""The action log in the locked bucket: one object per action, its landlord and kind in the key, its instant inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from quitus.adapters.put_once import put_once
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
        content = json.dumps(action, ensure_ascii=False, sort_keys=True).encode()
        key = f"actions/{landlord_id}/{kind}/{name}.json"
        put_once(self._client, self._bucket, key, content, ContentType="application/json")
