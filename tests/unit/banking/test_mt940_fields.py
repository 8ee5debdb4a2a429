"""However the fields of MT940 arrive, and whichever way they are read: the same movements."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.banking.camt_files import OTHER_VIRTUAL, VIRTUAL, codes, split
from unit.banking.other_files import mt940, read_fields, trickle, wrapped

from quitus.banking import mt940_details, mt940_statements
from quitus.banking.mt940 import read_mt940
from quitus.domain.movement import Movement, Statement

MANY = 1200
NEVER = re.compile("(?!)")
WORDS = [
    VIRTUAL,
    OTHER_VIRTUAL,
    "FR1420041010050500013M02606",
    "LOYER",
    "Zoé",
    "EREF+E2E-1",
    "SVWZ+LOYER",
    "MREF+M-1",
    "BIC+AGRIFRPP",
    "RF18539007547034",
    "a+b",
    "?",
    "/REMI/LOYER",
    "/IBAN/FR1420041010050500013M02606",
    "/EREF/E-2",
]
words = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
numbers = st.lists(
    st.sampled_from(["00", "10", "20", "21", "22", "30", "31", "32", "33", "34", "38", "60"]), max_size=8
)


@st.composite
def sub_fields(draw: Callable[..., object]) -> str:
    listed = draw(numbers.map(sorted) | numbers)
    assert isinstance(listed, list)
    return f"{draw(st.sampled_from(['166', '109', '']))}" + "".join(f"?{number}{draw(words)}" for number in listed)


details = (sub_fields() | words).map(wrapped)
operations = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["261123", "2611231123", "2602300228", "261123    ", "2613401123"]),
    st.sampled_from(["C", "D", "RC", "RD", "CR", "EC"]),
    st.sampled_from(["450,00", "450,", "0450,0", "450.00", "450,001"]),
    st.sampled_from(["NTRFNONREF", "NRTINONREF//BANK-1", "NTRFREF//NONREF ", ""]),
)
movements = st.tuples(
    operations,
    st.sampled_from([None, None, "/OCMT/EUR1,00/", "-", ""]),
    st.none() | details,
    st.sampled_from([None, ":86:more", ":xx"]),
)


def fields_of(written: list[tuple[str, str | None, str | None, str | None]]) -> list[str]:
    fields = []
    for operation, supplement, said, more in written:
        fields.append(f":61:{operation}")
        fields += [supplement] if supplement is not None else []
        fields += [f":86:{said}"] if said is not None else []
        fields += [more] if more is not None else []
    return fields


@settings(max_examples=200, deadline=None)
@given(st.lists(movements, max_size=6))
def test_what_is_read_at_once_is_what_is_read_line_by_line(
    written: list[tuple[str, str | None, str | None, str | None]],
) -> None:
    data = mt940(*fields_of(written))
    fast = read_fields(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mt940_statements, "_USUAL", NEVER)
        assert read_fields(data) == fast
        patch.setattr(mt940_details, "_SUBFIELDS", NEVER)
        assert read_fields(data) == fast


def a_long_file() -> bytes:
    """More than one chunk, in every style."""
    styles = [
        f"166?00GUTSCHRIFT?20EREF+E2E-1?21SVWZ+LOYER NOVEMBRE?32Jeanne Petit?38{VIRTUAL}",
        f"/NAME/Paul Martin/REMI/LOYER NOVEMBRE {VIRTUAL}/EREF/E2E-1",
        f"VIREMENT DE JEANNE PETIT LOYER NOVEMBRE RESIDENCE LES OLIVIERS LOT 12 {VIRTUAL}",
    ]
    fields = []
    for number in range(MANY):
        fields.append(f":61:2611231123C{number},50NTRFNONREF//{number:08d}")
        fields.append(f":86:{wrapped(styles[number % 3])}")
    total = sum(range(MANY)) * 100 + MANY * 50
    return mt940(*fields, opening="C261122EUR0,00", closing=f"C261123EUR{total // 100},{total % 100:02d}")


@pytest.fixture(scope="module")
def expected() -> tuple[list[Movement], list[Statement]]:
    movements, statements = read_fields(a_long_file())
    assert (len(movements), codes(statements), len(a_long_file()) > 1 << 17) == (MANY, [], True)
    assert {movement.virtual_iban for movement in movements} == {VIRTUAL}
    return movements, statements


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_do_not_matter(end: bytes, expected: tuple[list[Movement], list[Statement]]) -> None:
    assert read_fields(a_long_file().replace(b"\r\n", end)) == expected
    assert read_fields(a_long_file().replace(b"\r\n", end) + end + b"\x1a") == expected


@pytest.mark.parametrize("shift", range(0, 200, 9))
def test_where_a_chunk_ends_does_not_matter(shift: int, expected: tuple[list[Movement], list[Statement]]) -> None:
    assert read_fields(b" " * shift + b"\n" + a_long_file()) == expected


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_stream_that_trickles_is_read_the_same(size: int, expected: tuple[list[Movement], list[Statement]]) -> None:
    assert split(read_mt940(trickle(a_long_file(), size))) == expected


def test_memory_does_not_grow_with_the_file() -> None:
    data = a_long_file()

    def peak(times: int) -> int:
        stream = io.BytesIO(data * times)
        tracemalloc.start()
        for _ in read_mt940(stream):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(6) < peak(2) * 1.5
