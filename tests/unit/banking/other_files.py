"""CFONB 120 and MT940 files in the words of the tests."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO, cast

from unit.banking.camt_files import split

from quitus.banking.cfonb import read_cfonb
from quitus.banking.mt940 import read_mt940
from quitus.banking.profiles import DEFAULT, Profile
from quitus.domain.movement import Movement, Statement

BANK, BRANCH, ACCOUNT = "30006", "00001", "12345678901"
DAY = date(2026, 11, 23)


def trickle(data: bytes, size: int) -> BinaryIO:
    """A stream that gives few bytes at a time, as a slow network does; it can be read and nothing else."""
    return cast("BinaryIO", _Trickle(data, size))


class _Trickle(io.RawIOBase):
    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = io.BytesIO(data), size

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, self._size))


def overpunched(cents: int) -> str:
    """An amount of 14 characters whose last one carries the sign."""
    digits = f"{abs(cents):014d}"
    return digits[:-1] + ("{ABCDEFGHI" if cents >= 0 else "}JKLMNOPQR")[int(digits[-1])]


def record(kind: str, cents: int, day: date = DAY, *, currency: str = "EUR", decimals: str = "2") -> str:
    """`01` or `07`: a balance."""
    head = f"{kind}{BANK}    {BRANCH}{currency:3}{decimals:1} {ACCOUNT}  {day:%d%m%y}"
    return f"{head:<90}{overpunched(cents)}".ljust(120)


def operation(
    cents: int,
    code: str = "05",
    label: str = "VIR SEPA",
    *,
    reference: str = "",
    rejected: str = "",
    entry: str = "0000000",
    currency: str = "EUR",
    decimals: str = "2",
    day: date = DAY,
) -> str:
    """`04`: a movement."""
    head = (
        f"04{BANK}0001{BRANCH}{currency:3}{decimals:1} {ACCOUNT}{code}{day:%d%m%y}{rejected:2}{day:%d%m%y}{label:<31}"
    )
    return f"{head}  {entry:7}  {overpunched(cents)}{reference:<16}"


def complement(qualifier: str, text: str) -> str:
    """`05`: more about the movement."""
    return f"05{BANK}0001{BRANCH}EUR2 {ACCOUNT}05{DAY:%d%m%y}     {qualifier:3}{text[:70]:<70}".ljust(120)


def unqualified(text: str) -> str:
    """`05` as some banks write it: the text from column 41 on, without qualifier."""
    return f"05{BANK}0001{BRANCH}EUR2 {ACCOUNT}05{DAY:%d%m%y}{text:<41}".ljust(120)


def cfonb(*records: str, end: str = "\n") -> bytes:
    return end.join(records).encode("latin-1")


def read_records(data: bytes, profile: Profile = DEFAULT) -> tuple[list[Movement], list[Statement]]:
    return split(read_cfonb(io.BytesIO(data), profile))


def mt940(*fields: str, opening: str = "C261120EUR1000,00", closing: str = "C261123EUR1450,00") -> bytes:
    """One statement: its fields between the balances."""
    start = [":20:M-1", ":25:FR7630006000011234567890189", ":28C:7/1", f":60F:{opening}"]
    return "\r\n".join([*start, *fields, f":62F:{closing}", "-"]).encode()


def read_fields(data: bytes, profile: Profile = DEFAULT) -> tuple[list[Movement], list[Statement]]:
    return split(read_mt940(io.BytesIO(data), profile))


def wrapped(text: str, width: int = 65) -> str:
    """A field cut as SWIFT cuts it."""
    return "\r\n".join(text[at : at + width] for at in range(0, len(text), width))


def pieces(texts: Sequence[str]) -> Iterator[str]:
    """German sub-fields `?20` and on, of at most 27 characters."""
    joined = "".join(texts)
    return (f"?{20 + number}{joined[at : at + 27]}" for number, at in enumerate(range(0, len(joined), 27)))
