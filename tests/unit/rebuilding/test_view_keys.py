"""The rows that a digest leaves apart are those that the table of keys marks as views."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from quitus.adapters import keys
from quitus.adapters.view_keys import is_view
from quitus.services.table import Key

_SAMPLES = {"{l}": "semiga", "{landlord}": "semiga", "{l}#": "semiga#"}


def stated() -> Iterator[tuple[bool, Key]]:
    """Every row of the table in the docstring of `keys`: whether it is marked, and a key of its shape."""
    before = ""
    for line in (keys.__doc__ or "").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or len(cells) != 4 or cells[0] == "asked" or cells[1].startswith("listing"):
            continue
        named = re.match(r"`([^`]+)`", cells[1])
        partition = named.group(1) if named else before
        before = partition
        for place in re.findall(r"`([^`]+)`", cells[2]):
            yield cells[0].endswith("*"), Key(sampled(partition), sampled(place))


def sampled(template: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda found: _SAMPLES.get(found.group(0), "7"), template)


@pytest.mark.parametrize(("marked", "key"), list(stated()), ids=str)
def test_a_row_is_a_view_where_the_table_says_so(marked: bool, key: Key) -> None:
    assert is_view(key) is marked


def test_the_whole_table_is_read() -> None:
    told = list(stated())
    assert len(told) > 50
    assert sum(marked for marked, _ in told) > 15
