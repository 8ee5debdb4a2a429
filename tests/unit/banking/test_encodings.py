"""The text formats declare no encoding: each is told from the bytes, and every accent arrives."""

from __future__ import annotations

import io

import pytest
from unit.banking.other_files import cfonb, complement, mt940, operation, record

from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import understand
from quitus.domain.movement import Movement

PAYER = "Éloïse Çà-Müller, garçon à l'hôtel"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp850"]


def as_cfonb(end: str) -> str:
    records = [
        record("01", 0),
        operation(45_000),
        complement("NPY", PAYER),
        operation(-100, "62"),
        record("07", 44_900),
    ]
    return cfonb(*records, end=end).decode("latin-1")


def as_mt940() -> str:
    fields = [":61:2611231123C450,00NTRFNONREF", f":86:166?20LOYER?32{PAYER}"]
    return mt940(*fields).decode()


def payer_of(data: bytes) -> tuple[str, str | None]:
    understood = understand(io.BytesIO(data), DEFAULT)
    ((statement, movements),) = understood.statements
    assert statement.problems == ()
    first: Movement = movements[0]
    return understood.format, first.debtor_name


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_cfonb_in_any_encoding(encoding: str, end: str) -> None:
    assert payer_of(as_cfonb(end).encode(encoding)) == ("cfonb120", PAYER)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_mt940_in_any_encoding(encoding: str, end: str) -> None:
    assert payer_of(as_mt940().replace("\r\n", end).encode(encoding)) == ("mt940", PAYER)


@pytest.mark.parametrize(("sign", "cents"), [("é", 45_000), ("è", -45_000), ("{", 45_000), ("}", -45_000)])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_overpunched_zero_is_one_character_in_any_encoding(encoding: str, sign: str, cents: int) -> None:
    moved = operation(45_000).replace("{", sign)
    text = cfonb(record("01", 0), moved, record("07", cents)).decode("latin-1")
    ((statement, (movement,)),) = understand(io.BytesIO(text.encode(encoding)), DEFAULT).statements
    assert (movement.amount_cents, statement.problems) == (cents, ())
