"""The tables of a rebuild: the live one, which is only read, and the new one, which nothing else writes to."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import TYPE_CHECKING, Any, Protocol

from quitus.adapters.dynamo import LISTING_INDEX, decode_row, encode_row
from quitus.services.table import Row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AT_ONCE, _WORKERS, _PATIENCE, _PAUSE_SECONDS = 25, 8, 12, 0.1
_ATTRIBUTES = ("PK", "SK", "GSI1PK", "GSI1SK")


class Held(Protocol):
    """All that a table holds."""

    def rows(self) -> Iterator[Row]:
        """Every row, in any order."""
        ...


class Target(Held, Protocol):
    """A new table."""

    def fill(self, rows: Iterable[Row]) -> Iterator[int]:
        """Write rows, each key once; how many are written, now and then."""
        ...


class NotWritten(Exception):
    """The table took no more rows."""


class WholeTable:
    """`Target` on a DynamoDB table."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.name = name
        self._client = client

    def described(self) -> Mapping[str, Any] | None:
        """What DynamoDB says of it, None when it does not exist."""
        try:
            return self._client.describe_table(TableName=self.name)["Table"]
        except self._client.exceptions.ResourceNotFoundException:
            return None

    def is_empty(self) -> bool:
        """Whether it holds no row."""
        return not self._client.scan(TableName=self.name, Limit=1, ConsistentRead=True)["Items"]

    def rows(self) -> Iterator[Row]:
        """See `Held.rows`."""
        for page in self._client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True):
            yield from map(decode_row, page["Items"])

    def fill(self, rows: Iterable[Row]) -> Iterator[int]:
        """See `Target.fill`. Raises NotWritten: DynamoDB kept asking to slow down."""
        written = 0
        with ThreadPoolExecutor(_WORKERS) as writers:
            for some in batched(rows, _AT_ONCE * _WORKERS * 4, strict=False):
                for count in writers.map(self._write, batched(some, _AT_ONCE, strict=False)):
                    written += count
                yield written

    def _write(self, rows: tuple[Row, ...]) -> int:
        asked: Any = {self.name: [{"PutRequest": {"Item": encode_row(row)}} for row in rows]}
        for attempt in range(_PATIENCE):
            asked = self._client.batch_write_item(RequestItems=asked).get("UnprocessedItems")
            if not asked:
                return len(rows)
            time.sleep(_PAUSE_SECONDS * 2**attempt)
        raise NotWritten(f"{self.name} kept asking to slow down")

    def make(self, like: Mapping[str, Any] | None) -> None:
        """Make the table: with the encryption of a live one, recovery and protection as the template has them."""
        sealed = (like or {}).get("SSEDescription", {}).get("KMSMasterKeyArn")
        encryption: Any = {"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": sealed}}
        self._client.create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in _ATTRIBUTES],
            KeySchema=_keys("PK", "SK"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": LISTING_INDEX,
                    "KeySchema": _keys("GSI1PK", "GSI1SK"),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            DeletionProtectionEnabled=True,
            **(encryption if sealed else {}),
        )
        self._client.get_waiter("table_exists").wait(TableName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
        recovery: Any = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
        self._client.update_continuous_backups(TableName=self.name, PointInTimeRecoverySpecification=recovery)


def _keys(partition: str, place: str) -> Any:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": place, "KeyType": "RANGE"}]
