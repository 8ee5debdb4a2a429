"""What the documents say that an ERP and a payment provider may send is what is read."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from quitus.domain.lease import DueKind, LeaseStatus, UnitKind
from quitus.domain.movement import Means
from quitus.domain.party import PartyRole
from quitus.services import erp_files
from quitus.services.erp_files import LAYOUTS, ErpKind
from quitus.services.erp_rows import record_of
from quitus.services.payment_event import PaymentEvent, decoded_event

DOCS = Path(__file__).parents[3] / "docs"
FILES = (DOCS / "erp-files.md").read_text(encoding="utf-8")
EVENTS = (DOCS / "payment-events.md").read_text(encoding="utf-8")
CHOICES: dict[tuple[str, str], type[StrEnum]] = {
    ("leases", "status"): LeaseStatus,
    ("leases", "unit_kind"): UnitKind,
    ("parties", "role"): PartyRole,
    ("dues", "kind"): DueKind,
}


def fields(text: str) -> dict[str, tuple[bool, str]]:
    """The rows of a document's table: by field, whether it must be there and what it says."""
    rows = re.findall(r"^\| `(\w+)` \| (required)? ?\| (.*) \|$", text, re.MULTILINE)
    return {name: (bool(must), says) for name, must, says in rows}


def layout(kind: str) -> dict[str, tuple[bool, str]]:
    return fields(FILES.partition(f"## `{kind}`")[2].partition("\n## ")[0])


@pytest.mark.parametrize("kind", ErpKind)
def test_every_column_of_a_file_is_told(kind: ErpKind) -> None:
    told = layout(kind)
    assert {name for name, (must, _) in told.items() if must} == set(LAYOUTS[kind].required)
    assert {name for name, (must, _) in told.items() if not must} == set(LAYOUTS[kind].optional)


@pytest.mark.parametrize(("kind", "column"), CHOICES)
def test_every_value_that_a_column_allows_is_told(kind: str, column: str) -> None:
    _, says = layout(kind)[column]
    assert re.findall(r"`(\w+)`", says) == [value.value for value in CHOICES[kind, column]]


def test_the_file_that_is_shown_is_read() -> None:
    shown = FILES.partition("```\n")[2].partition("```")[0]
    file = erp_files.parse(shown.encode())
    assert [row.problem for row in file.rows] == [None, None]
    assert all(record_of(file.kind, row.cells) for row in file.rows)


def test_every_field_of_an_event_is_told() -> None:
    told = fields(EVENTS)
    read = msgspec.structs.fields(PaymentEvent)
    assert {name for name, (must, _) in told.items() if must} == {one.name for one in read if one.required}
    assert told.keys() == {one.name for one in read}
    assert set(re.findall(r"`(\w+)`", told["means"][1])) == set(Means)


def test_the_event_that_is_shown_is_read() -> None:
    event = decoded_event(EVENTS.partition("```json\n")[2].partition("```")[0])
    assert (event.amount_cents, event.means) == (45000, Means.INSTANT_TRANSFER)
