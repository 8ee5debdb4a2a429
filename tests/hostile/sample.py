"""A bank file as the mutators see it: its records, and where its amounts, dates, accounts, currencies and signs are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

type Span = tuple[int, int]
type Mutate = Callable[[Sample, Random], bytes]

XML: Final = "xml"
CFONB: Final = "cfonb"
MT940: Final = "mt940"
ALL: Final = frozenset({XML, CFONB, MT940})
TEXT: Final = frozenset({CFONB, MT940})

_PARTS: Final = ("Ntry", "TxDtls", "Bal", "NtryDtls", "Acct", "GrpHdr", "RmtInf", "BkTxCd")
_STATEMENTS: Final = rb"<(Stmt|Rpt|Ntfctn)>.*?</\1>"
_VALUES: Final = {
    XML: {
        "amount": rb"(?<=>)[0-9.]+(?=</(?:\w+:)?Amt>)",
        "balance": rb"(?<=>)[0-9.]+(?=</Amt>(?:<CdtDbtInd>\w+</CdtDbtInd>)?<Dt>)",
        "date": rb"(?<=<Dt>)[0-9-]{10}(?=</Dt>)",
        "account": rb"(?<=<Acct><Id><IBAN>)[A-Z0-9]+",
        "currency": rb"(?<=Ccy=[\"'])[A-Z]{3}",
        "sign": rb"CRDT|DBIT",
    },
    CFONB: {
        "amount": rb"(?<=^0[147].{88})[0-9]{13}[{}A-R]",
        "balance": rb"(?<=^0[17].{88})[0-9]{13}[{}A-R]",
        "date": rb"(?<=^0[147].{32})[0-9]{6}",
        "account": rb"(?<=^01.{19})[0-9A-Z]{11}",
        "currency": rb"(?<=^0[147].{14})[A-Z]{3}",
        "sign": rb"(?<=^0[147].{101})[{}A-R]",
    },
    MT940: {
        "amount": rb"[0-9]{1,13},[0-9]{2}",
        "balance": rb"(?<=^:6[02]F:[CD][0-9]{6}[A-Z]{3})[0-9]+,[0-9]{2}",
        "date": rb"(?<=^:61:)[0-9]{6}|(?<=^:6[02]F:[CD])[0-9]{6}",
        "account": rb"(?<=^:25:)[A-Z0-9]+",
        "currency": rb"(?<=^:6[02]F:[CD][0-9]{6})[A-Z]{3}",
        "sign": rb"(?<=^:61:[0-9]{10})[CD]|(?<=^:6[02]F:)[CD]",
    },
}


class NothingToSpoil(Exception):
    """The file holds nothing that this mutator could change."""


def one_of[T](found: Sequence[T], chance: Random) -> T:
    """One of the places found.

    Raises:
        NothingToSpoil: there is none.
    """
    if not found:
        raise NothingToSpoil
    return chance.choice(found)


@dataclass(frozen=True, slots=True)
class Sample:
    """A good file: `kind` is its format, `accounts` the numbers that its statements are about, `share` how often it is
    drawn.
    """

    name: str
    kind: str
    data: bytes
    accounts: frozenset[str]
    share: int = 8

    @property
    def family(self) -> str:
        """How it is written: as XML, as CFONB records or as MT940 fields."""
        return {"cfonb120": CFONB, "mt940": MT940}.get(self.kind, XML)

    def records(self, chance: Random) -> list[Span]:
        """The records of one sort: elements of one name drawn by chance, or the lines."""
        if self.family != XML:
            return [match.span() for match in re.finditer(rb"[^\r\n]+[\r\n]*", self.data)] or [(0, len(self.data))]
        for part in chance.sample(_PARTS, len(_PARTS)):
            element = b"<%b>.*?</%b>" % (part.encode(), part.encode())
            found = [match.span() for match in re.finditer(element, self.data, re.DOTALL)]
            if found:
                return found
        return [(0, len(self.data))]

    def statements(self) -> list[Span]:
        """The whole statements, the first records of a text file without its last line end included."""
        if self.family == XML:
            return [match.span() for match in re.finditer(_STATEMENTS, self.data, re.DOTALL)] or [(0, len(self.data))]
        return [(0, len(self.data))]

    def values(self, what: str) -> list[Span]:
        """Where the values of a sort are: `amount`, `balance`, `date`, `account`, `currency` or `sign`."""
        found = re.finditer(_VALUES[self.family][what], self.data, re.MULTILINE)
        return [match.span() for match in found]

    def with_one(self, what: str, chance: Random, change: Callable[[bytes], bytes]) -> bytes:
        """The file with one value of a sort changed."""
        return self.changed(one_of(self.values(what), chance), change)

    def changed(self, span: Span, change: Callable[[bytes], bytes]) -> bytes:
        """The file with a part of it changed."""
        start, end = span
        return self.data[:start] + change(self.data[start:end]) + self.data[end:]
