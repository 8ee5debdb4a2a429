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


PC_TEXTS = [
    ("René d’Arc", "cp1252"),
    ("Cœur", "cp1252"),
    ("d’HÔTEL À NÎMES", "cp1252"),
    ("loyer 450 € reçu", "cp1252"),
    ("René d'Arc", "cp850"),
    ("HÔTEL À NÎMES, été", "cp850"),
    ("à", "cp850"),
    ("Müller", "cp850"),
    ("ÉTÉ", "cp850"),
]


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


@pytest.mark.parametrize(("text", "encoding"), PC_TEXTS)
@pytest.mark.parametrize("end", ["\r\n", ""])
def test_of_the_encodings_of_a_pc_the_one_that_makes_letters_is_taken(text: str, encoding: str, end: str) -> None:
    of_cfonb = cfonb(record("01", 0), operation(450), complement("NPY", "?"), record("07", 450), end=end)
    assert payer_of(of_cfonb.replace(b"?".ljust(len(text)), text.encode(encoding))) == ("cfonb120", text)
    if end:
        of_mt940 = mt940(":61:2611231123C450,00NTRFNONREF", ":86:166?20LOYER?32?")
        assert payer_of(of_mt940.replace(b"?32?", b"?32" + text.encode(encoding))) == ("mt940", text)


def test_an_overpunched_zero_stands_beside_the_signs_of_cp1252() -> None:
    moved = operation(45_000, label="VIR d’Arc").replace("{", "é").encode("cp1252")
    data = b"\n".join([record("01", 0).encode(), moved, record("07", 45_000).encode()])
    ((statement, (movement,)),) = understand(io.BytesIO(data), DEFAULT).statements
    assert (movement.amount_cents, movement.note, statement.problems) == (45_000, "VIR d’Arc", ())
