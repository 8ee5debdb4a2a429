"""The table on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, cast

from quitus.adapters.pauses import pause
from quitus.services.table import Below, Condition, Is, Key, Lacks, New, Page, Put, Row, Stale, Update, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READ_AT_ONCE = 100
_PATIENCE = 8
LISTING_INDEX = "GSI1"
_CHANGED = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_BUSY = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"})


def encode(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one answer per type
    """A value in DynamoDB's notation: text, integer, boolean, bytes, None, lists and maps; never a float."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [encode(item) for item in value]}
        case dict():
            return {"M": encode_row(value)}
    raise TypeError(f"no row may hold a {type(value).__name__}")


def encode_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in DynamoDB's notation."""
    return {name: encode(value) for name, value in row.items()}


def decode(value: Mapping[str, Any]) -> Any:
    """The value of DynamoDB's notation."""
    ((kind, held),) = value.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return int(held)
        case "L":
            return [decode(item) for item in held]
        case "M":
            return decode_row(held)
        case "B":
            return bytes(held)
    return held


def decode_row(row: Mapping[str, Any]) -> Row:
    """The row of DynamoDB's notation."""
    return {name: decode(value) for name, value in row.items()}


class DynamoTable:
    """`services.table.Table` on one DynamoDB table with the index `GSI1`."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, key: Key) -> Row | None:
        """See `Table.get`."""
        answer = self._client.get_item(TableName=self._name, Key=_key(key), ConsistentRead=True)
        return decode_row(answer["Item"]) if "Item" in answer else None

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """See `Table.batch_get`."""
        found: dict[Key, Row] = {}
        for chunk in batched(dict.fromkeys(keys), _READ_AT_ONCE, strict=False):
            for row in self._read(chunk):
                found[Key.of(row)] = row
        return found

    def _read(self, keys: Sequence[Key]) -> Iterator[Row]:
        asked: dict[str, Any] = {self._name: {"Keys": [_key(key) for key in keys], "ConsistentRead": True}}
        for attempt in range(_PATIENCE):
            answer = self._client.batch_get_item(RequestItems=asked)
            yield from (decode_row(row) for row in answer["Responses"].get(self._name, []))
            asked = dict(answer.get("UnprocessedKeys", {}))
            if not asked:
                return
            pause(attempt)
        raise Stale

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Page:
        """See `Table.query`."""
        start = None if after is None else _key(Key(pk, after))
        return self._pages(_condition("PK", "SK", pk, prefix) | {"ConsistentRead": True}, start, limit, newest_first)

    def query_listing(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: Key | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Page:
        """See `Table.query_listing`."""
        start = None
        if after is not None:
            listed_at = after.listed_at or self._listed_at(pk, after)
            if listed_at is None:
                return Page((), None)
            start = _key(after) | encode_row({"GSI1PK": pk, "GSI1SK": listed_at})
        asked = _condition("GSI1PK", "GSI1SK", pk, prefix) | {"IndexName": LISTING_INDEX}
        return self._pages(asked, start, limit, newest_first)

    def _listed_at(self, pk: str, key: Key) -> str | None:
        row = self.get(key) or {}
        return row["GSI1SK"] if row.get("GSI1PK") == pk else None

    def _pages(
        self, asked: dict[str, Any], start: dict[str, Any] | None, limit: int | None, newest_first: bool
    ) -> Page:
        rows: list[Row] = []
        while True:
            asked = asked | {"TableName": self._name, "ScanIndexForward": not newest_first}
            asked |= {} if start is None else {"ExclusiveStartKey": start}
            asked |= {} if limit is None else {"Limit": limit - len(rows)}
            answer = self._client.query(**asked)
            rows += (decode_row(row) for row in answer["Items"])
            start = cast("dict[str, Any] | None", answer.get("LastEvaluatedKey"))
            if start is None:
                return Page(tuple(rows), None)
            if limit is not None and len(rows) >= limit:
                listed_at = rows[-1]["GSI1SK"] if "IndexName" in asked else ""
                return Page(tuple(rows), Key(rows[-1]["PK"], rows[-1]["SK"], listed_at))

    def write(self, writes: Sequence[Write]) -> None:
        """See `Table.write`."""
        _patiently(lambda: self._write(writes))

    def _write(self, writes: Sequence[Write]) -> None:
        try:
            match writes:
                case [Put() as put]:
                    self._client.put_item(**self._put(put))
                case [Update() as update]:
                    self._client.update_item(**self._update(update))
                case _:
                    self._client.transact_write_items(TransactItems=[self._action(write) for write in writes])
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise Stale([0]) from error
        except self._client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
            if not _BUSY.isdisjoint(codes) and _CHANGED.isdisjoint(codes):
                raise _Busy from error
            if _CHANGED.isdisjoint(codes):
                raise
            raise Stale(index for index, code in enumerate(codes) if code in _CHANGED) from error
        except self._client.exceptions.TransactionConflictException as error:
            raise Stale([0]) from error
        except self._client.exceptions.TransactionInProgressException as error:
            raise _Busy from error

    def add(self, key: Key, attribute: str, amount: int) -> int:
        """See `Table.add`."""
        asked = self._update(Update(key, add={attribute: amount}))
        answer = self._client.update_item(**asked, ReturnValues="UPDATED_NEW")
        return int(answer["Attributes"][attribute]["N"])

    def _action(self, write: Write) -> Any:
        match write:
            case Put():
                return {"Put": self._put(write)}
            case Update():
                return {"Update": self._update(write)}

    def _put(self, put: Put) -> Any:
        asked: dict[str, Any] = {"TableName": self._name, "Item": encode_row(put.row)}
        if put.condition is not None:
            names, values = _Names(), _Values()
            asked["ConditionExpression"] = _condition_text(put.condition, names, values)
            asked |= names.asked() | values.asked()
        return asked

    def _update(self, update: Update) -> Any:
        names, values = _Names(), _Values()
        clauses = [
            ("SET", [f"{names.of(name)} = {values.of(value)}" for name, value in update.set.items()]),
            ("ADD", [f"{names.of(name)} {values.of(amount)}" for name, amount in update.add.items()]),
            ("REMOVE", [names.of(name) for name in update.remove]),
        ]
        asked: dict[str, Any] = {
            "TableName": self._name,
            "Key": _key(update.key),
            "UpdateExpression": " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses if parts),
        }
        if update.condition is not None:
            asked["ConditionExpression"] = _condition_text(update.condition, names, values)
        return asked | names.asked() | values.asked()


class _Names(dict[str, str]):
    """Placeholders of attribute names: none is ever a reserved word."""

    def of(self, name: str) -> str:
        return self.setdefault(name, f"#n{len(self)}")

    def asked(self) -> dict[str, Any]:
        return {"ExpressionAttributeNames": {held: name for name, held in self.items()}} if self else {}


class _Values(list[Any]):
    """Placeholders of values."""

    def of(self, value: Any) -> str:
        self.append(value)
        return f":v{len(self) - 1}"

    def asked(self) -> dict[str, Any]:
        held = {f":v{index}": encode(value) for index, value in enumerate(self)}
        return {"ExpressionAttributeValues": held} if held else {}


def _condition_text(condition: Condition, names: _Names, values: _Values) -> str:
    match condition:
        case New():
            return f"attribute_not_exists({names.of('PK')})"
        case Is(attribute, value):
            return f"{names.of(attribute)} = {values.of(value)}"
        case Lacks(attribute):
            return f"attribute_not_exists({names.of(attribute)})"
        case Below(attribute, value):
            name = names.of(attribute)
            return f"attribute_not_exists({name}) OR {name} < {values.of(value)}"


def _condition(pk_name: str, sk_name: str, pk: str, prefix: str) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {"#pk": pk_name},
        "ExpressionAttributeValues": {":pk": {"S": pk}},
    }
    if prefix:
        asked["KeyConditionExpression"] += " AND begins_with(#sk, :prefix)"
        asked["ExpressionAttributeNames"]["#sk"] = sk_name
        asked["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
    return asked


def _key(key: Key) -> dict[str, Any]:
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


class _Busy(Exception):
    """DynamoDB asks to slow down; nothing was written."""


def _patiently(call: Callable[[], None]) -> None:
    for attempt in range(_PATIENCE):
        try:
            return call()
        except _Busy:
            pause(attempt)
    raise Stale
