"""The package mt-940 reads the same amounts, days and balances out of the files that both understand; it cannot parse
those of ASN Bank, whose `:61:` is longer than the standard's.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hostile.good_files import good_files

from benchmarks._line_files import write_mt940
from quitus.banking.mt940 import read_mt940
from quitus.domain.movement import Movement

WRITTEN_BY = {sample.name: sample.data for sample in good_files() if sample.kind == "mt940"}
BOTH_READ = [name for name in WRITTEN_BY if not name.startswith("mt940.txt") and "entry_date" not in name]


def ours(data: bytes) -> tuple[list[object], list[object]]:
    """Movements as (signed cents, value day), statements as (opening, closing)."""
    movements: list[object] = []
    balances: list[object] = []
    for part in read_mt940(io.BytesIO(data)):
        if isinstance(part, Movement):
            movements.append((part.amount_cents, part.value_date))
        else:
            balances.append((part.balances.opening_cents, part.balances.closing_cents))
    return movements, balances


def theirs(data: bytes) -> tuple[list[object], list[object]]:
    """The same of the package, which gives a reversed credit (`RC`) no sign."""
    statements = import_module("mt940").parse_statements(data.decode("latin-1").replace("\r\n", "\n"))
    movements = [movement for statement in statements for movement in _movements(statement)]
    return list(movements), [(_balance(one, "opening"), _balance(one, "closing")) for one in statements]


def _movements(statement: Any) -> Iterator[tuple[int, object]]:
    for transaction in statement.transactions:
        if transaction.data.get("amount") is not None:
            cents = abs(int(transaction.data["amount"].amount * 100))
            credit = transaction.data["status"] in {"C", "RD"}
            yield cents if credit else -cents, transaction.data["date"]


def _balance(statement: Any, which: str) -> int | None:
    kinds = (f"final_{which}_balance", f"intermediate_{which}_balance")
    return next((int(statement.data[kind].amount.amount * 100) for kind in kinds if kind in statement.data), None)


@pytest.mark.parametrize("name", BOTH_READ)
def test_files_that_both_read_say_the_same(name: str) -> None:
    assert ours(WRITTEN_BY[name]) == theirs(WRITTEN_BY[name])


def test_a_statement_of_every_kind_of_movement_says_the_same(tmp_path: Path) -> None:
    write_mt940(tmp_path / "statement.sta", 300)
    data = (tmp_path / "statement.sta").read_bytes()
    assert ours(data) == theirs(data)
    assert len(ours(data)[0]) == 300
