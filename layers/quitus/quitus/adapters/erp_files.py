"""An ERP that fetches files: one CSV per batch in the export bucket, acknowledged once it is written."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from quitus.domain.csv_cells import inert, key_cell
from quitus.domain.erp_batch import Answer, Feed, Item, Outcome
from quitus.domain.money import format_euros

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ENTRY_COLUMNS = (
    "entry_id",
    "lease_id",
    "sequence",
    "kind",
    "payment_id",
    "booking_date",
    "account",
    "auxiliary",
    "label",
    "debit",
    "credit",
    "hash",
    "previous_hash",
)
_CENTS = "_cents"
_KEYS = frozenset({"entry_id", "lease_id", "party_id", "payment_id", "auxiliary", "reversal_id", "due_id"})
_COLUMNS: Mapping[Feed, Sequence[str]] = {
    Feed.ENTRIES: _ENTRY_COLUMNS,
    Feed.VIRTUAL_IBANS: ("lease_id", "iban", "bic", "payee_name", "payment_reference", "party_id"),
    Feed.RECEIPTS: (
        "payment_id",
        "number",
        "status",
        "lease_id",
        "amount",
        "left",
        "booking_date",
        "value_date",
        "means",
        "debtor_name",
        "remittance",
        "end_to_end_id",
        "bank_reference",
    ),
    Feed.ALLOCATIONS: ("payment_id", "number", "lease_id", "due_id", "amount", "rule"),
    Feed.REVERSALS: ("reversal_id", "payment_id", "lease_id", "amount", "booking_date", "reason"),
}


class FileErp:
    """`push_erp.Erp` in a bucket: `{landlord}/erp/{feed}-{batch_id}.csv`, `;` between cells."""

    def __init__(self, client: S3Client, bucket: str, landlord_id: str) -> None:
        self._client = client
        self._bucket = bucket
        self._landlord_id = landlord_id

    def send(self, feed: Feed, name: str, items: Sequence[Item]) -> Answer:
        """See `Erp.send`; the same batch gives the same object."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=f"{self._landlord_id}/erp/{feed.value}-{name}.csv",
            Body=batch_csv(feed, items).encode(),
            ContentType="text/csv; charset=utf-8",
        )
        return Answer(Outcome.ACCEPTED, "written")


def batch_csv(feed: Feed, items: Sequence[Item]) -> str:
    """The CSV of a batch: amounts in decimal euros; texts, not ids, that a spreadsheet would compute are quoted."""
    text = StringIO()
    writer = csv.DictWriter(text, _COLUMNS[feed], delimiter=";", lineterminator="\n")
    writer.writeheader()
    for item in items:
        writer.writerows(_ROWS[feed](item.document))
    return text.getvalue()


def _entry_rows(entry: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    shared = {name: value for name, value in entry.items() if name != "lines"}
    for line in entry["lines"]:
        yield from _row(shared | line)


def _row(said: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """One row: cents are euros, without a word of it in their names."""
    cells = _cells({name: value for name, value in said.items() if not name.endswith(_CENTS)})
    euros = {name: format_euros(value) for name, value in said.items() if name.endswith(_CENTS)}
    yield cells | {name.removesuffix(_CENTS): text for name, text in euros.items()}


def _allocation_rows(notice: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """A row per due, and one without a due or rule: what is left as credit."""
    shared = {"payment_id": notice["payment_id"], "number": notice["number"]}
    credit = {"lease_id": notice["lease_id"], "due_id": None, "amount_cents": notice["credit_cents"], "rule": None}
    for line in (*notice["allocations"], credit):
        yield from _row(shared | line)


def _cells(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _cell(name, "" if value is None else str(value)) for name, value in values.items()}


def _cell(name: str, text: str) -> str:
    return key_cell(text) if name in _KEYS else inert(text)


_ROWS: Mapping[Feed, Callable[[Mapping[str, Any]], Iterator[dict[str, str]]]] = {
    Feed.ENTRIES: _entry_rows,
    Feed.VIRTUAL_IBANS: _row,
    Feed.RECEIPTS: _row,
    Feed.ALLOCATIONS: _allocation_rows,
    Feed.REVERSALS: _row,
}
