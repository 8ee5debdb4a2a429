"""Which ERP file last spoke of a row, as two columns of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quitus.services.leases import Origin
from quitus.services.table import Below, Key, Update

SEQUENCE = "erp_sequence"
FILE = "erp_file"


def origin_columns(origin: Origin | None) -> dict[str, Any]:
    """The columns."""
    if origin is None:
        return {}
    return {SEQUENCE: origin.sequence} | ({FILE: origin.file_id} if origin.file_id else {})


def origin_of(row: Mapping[str, Any]) -> Origin | None:
    """The origin in a row's columns."""
    return Origin(row[SEQUENCE], row.get(FILE)) if SEQUENCE in row else None


def older(sequence: int) -> Below:
    """No file of this sequence or a later one spoke of the row."""
    return Below(SEQUENCE, sequence)


def confirmation(key: Key, sequence: int) -> Update:
    """Remember that a file of this sequence said what the row says already."""
    return Update(key, set={SEQUENCE: sequence}, remove=(FILE,), condition=older(sequence))
