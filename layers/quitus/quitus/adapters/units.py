"""Several small units of work in few transactions; a unit that lost a race is told apart from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quitus.services.table import MAX_WRITES, Stale, Table, Write


def write_units(table: Table, units: Mapping[str, Sequence[Write]]) -> set[str]:
    """Write units of at most MAX_WRITES, each whole or not at all; the names of those that others' writes kept out.

    Units travel together in large transactions; where one of those fails, its units go alone.
    """
    refused: set[str] = set()
    for names in _packed(units):
        try:
            table.write([write for name in names for write in units[name]])
        except Stale:
            refused |= {name for name in names if not _written(table, units[name], alone=len(names) == 1)}
    return refused


def _written(table: Table, writes: Sequence[Write], *, alone: bool) -> bool:
    if alone:
        return False
    try:
        table.write(writes)
    except Stale:
        return False
    return True


def _packed(units: Mapping[str, Sequence[Write]]) -> list[list[str]]:
    packed: list[list[str]] = []
    size = MAX_WRITES
    for name, writes in units.items():
        if size + len(writes) > MAX_WRITES:
            packed.append([])
            size = 0
        packed[-1].append(name)
        size += len(writes)
    return packed
