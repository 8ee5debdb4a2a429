"""A second reading of camt files, as plain as can be: one tree, no streaming, no templates, no speed.

It knows what decides about money and nothing else: whose account, and of each entry the signed amount, the days and
whether it is booked. What the real reader makes of a spoiled file that is still a good one must be the same.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pyexpat import ParserCreate
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder

from quitus.banking.camt.paths import MESSAGES
from quitus.banking.references import compact
from quitus.banking.texts import cents, is_no_day, iso_day

_STATEMENTS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_SIGNS: Final = {"CRDT": 1, "DBIT": -1}


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """An entry; None where it does not say."""

    cents: int | None
    booking: str | None
    value: str | None
    booked: bool


def plainly(data: bytes) -> list[tuple[str, list[PlainEntry]]]:
    """Account and entries of each statement."""
    root = _tree(_text_of(data.lstrip(b" \t\r\n")).rstrip("\0\x1a \t\r\n"))
    return [statement for message in _messages(root) for statement in _statements(message)]


def _text_of(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    if 0 in data[:2]:
        return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be")
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']*)", data)
    encoding = declared.group(1).decode() if declared else "utf-8"
    return data.decode("utf-8-sig" if encoding.lower().startswith("utf") else encoding)


def _tree(text: str) -> Element:
    """Prefixes stay in the names: what they stand for does not matter."""
    builder, parser = TreeBuilder(), ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(text.encode(), True)
    return builder.close()


def _name(element: Element) -> str:
    return element.tag.rpartition(":")[2]


def _messages(element: Element) -> Iterator[Element]:
    if _name(element) in MESSAGES:
        yield element
        return
    for child in element:
        yield from _messages(child)


def _statements(message: Element) -> Iterator[tuple[str, list[PlainEntry]]]:
    closing = MESSAGES[_name(message)] == "camt.053"
    for statement in message:
        if _name(statement) in _STATEMENTS:
            account = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id") or ""
            yield compact(account), [_entry(child, closing) for child in statement if _name(child) == "Ntry"]


def _entry(entry: Element, closing: bool) -> PlainEntry:
    sign = _SIGNS[(_text(entry, "CdtDbtInd") or "").strip()]
    amount = _text(entry, "Amt")
    status = (_text(entry, "Sts") or _text(entry, "Sts/Cd") or "").strip()
    return PlainEntry(
        cents=None if amount is None else sign * cents(amount),
        booking=_day(entry, "BookgDt"),
        value=_day(entry, "ValDt"),
        booked=status == "BOOK" if status else closing,
    )


def _day(entry: Element, name: str) -> str | None:
    text = _text(entry, f"{name}/Dt") or _text(entry, f"{name}/DtTm")
    return None if text is None or is_no_day(text) else iso_day(text).isoformat()


def _text(element: Element, path: str) -> str | None:
    """The text of the first leaf at a path."""
    name, _, rest = path.partition("/")
    for child in element:
        if _name(child) == name:
            found = _text(child, rest) if rest else (None if len(child) else child.text)
            if found is not None:
                return found
    return None
