"""However CFONB records arrive, and whichever way they are read: the same movements."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.banking.camt_files import OTHER_VIRTUAL, VIRTUAL, codes, split
from unit.banking.other_files import ACCOUNT, cfonb, complement, operation, read_records, record, trickle, unqualified

from quitus.banking import cfonb_layouts
from quitus.banking.cfonb import read_cfonb
from quitus.domain.movement import Movement, Statement

KEPT = ["NPY", "NPO", "RCN", "LCC", "LC2", "LIB", "CBE", "IBE", "REF", "RUM", "CPY", "LCS", "MMO", "   "]
QUALIFIERS = [*KEPT, "IPY", "NBU", "ZZZ"]
WORDS = [
    VIRTUAL,
    VIRTUAL[4:],
    OTHER_VIRTUAL,
    "FR7630006000011234567890189",
    "LOYER",
    "Zoé",
    "12",
    "FRAIS",
    "RF18539007547034",
    "NOTPROVIDED",
    "EUR200000000012345",
    " ",
]
texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
complements = st.builds(complement, st.sampled_from(QUALIFIERS), texts) | st.builds(
    unqualified, st.sampled_from(WORDS[4:8]).map("{:<41}".format)
)
operations = st.builds(
    operation,
    st.integers(-99_999, 99_999),
    st.sampled_from(["05", "B3", "62", "30"]),
    st.sampled_from(["VIR SEPA", ""]),
    reference=st.sampled_from(["", "NONREF", "BANKREFERENCE001"]),
    rejected=st.sampled_from(["", "12"]),
    decimals=st.sampled_from(["2", "2", "2", " ", "3"]),
)
movements = st.tuples(operations, st.lists(complements, max_size=5))


def in_a_file(written: list[tuple[str, list[str]]]) -> list[str]:
    """Each movement three times over: once met, a layout is known."""
    records = [line for head, more in written for _ in range(3) for line in (head, *more)]
    return [record("01", 0), *records, record("07", 0)]


@settings(max_examples=150, deadline=None)
@given(st.lists(movements, max_size=4))
def test_what_is_read_by_a_known_layout_is_what_is_read_piece_by_piece(written: list[tuple[str, list[str]]]) -> None:
    data = cfonb(*in_a_file(written))
    fast = read_records(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cfonb_layouts, "_MAX_PATTERNS", 0)
        assert read_records(data) == fast


def a_long_file() -> list[str]:
    """More than one chunk, with layouts that take turns."""
    several = [
        [complement("NPY", "Jeanne Petit"), complement("LCC", "LOYER NOVEMBRE"), complement("CBE", VIRTUAL)],
        [complement("NPY", "Paul Martin"), complement("RCN", "E2E-1")],
        [],
        [complement("LIB", "un"), complement("LIB", "deux")],
    ]
    records = [line for number in range(400) for line in (operation(number), *several[number % 4])]
    return [record("01", 0), *records, record("07", sum(range(400)))]


@pytest.fixture(scope="module")
def expected() -> tuple[list[Movement], list[Statement]]:
    movements, statements = read_records(cfonb(*a_long_file()))
    assert (len(movements), codes(statements)) == (400, [])
    return movements, statements


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize("filled", [True, False])
def test_line_ends_and_trailing_blanks_do_not_matter(
    end: str, filled: bool, expected: tuple[list[Movement], list[Statement]]
) -> None:
    records = a_long_file()
    if end and not filled:
        records = [line.rstrip() for line in records]
    assert read_records(cfonb(*records, end=end)) == expected
    assert read_records(cfonb(*records, end=end) + end.encode() + b"\x1a") == expected


@pytest.mark.parametrize("shift", range(0, 260, 13))
def test_where_a_chunk_ends_does_not_matter(shift: int, expected: tuple[list[Movement], list[Statement]]) -> None:
    assert read_records(b"\n" * shift + cfonb(*a_long_file())) == expected


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_stream_that_trickles_is_read_the_same(size: int, expected: tuple[list[Movement], list[Statement]]) -> None:
    assert split(read_cfonb(trickle(cfonb(*a_long_file()), size))) == expected


def test_a_file_cut_at_every_byte_of_a_movement_is_never_trusted() -> None:
    head, *_ = a_long_file()
    data = cfonb(head, *a_long_file()[1:9], record("07", 3))
    for at in range(1, len(data) - 16):
        _, statements = read_records(data[:at])
        assert codes(statements) != []


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(times: int) -> int:
        middle = a_long_file()[1:-1] * times
        data = cfonb(record("01", 0), *middle, record("07", times * sum(range(400))))
        stream = io.BytesIO(data)
        tracemalloc.start()
        for _ in read_cfonb(stream):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(6) < peak(2) * 1.5


def test_accounts_of_every_statement_are_their_own() -> None:
    first = [record("01", 0), operation(1), record("07", 1)]
    second = [line.replace(ACCOUNT, "00040000000") for line in first]
    _, statements = read_records(cfonb(*first, *second))
    assert [statement.account[14:25] for statement in statements] == [ACCOUNT, "00040000000"]
