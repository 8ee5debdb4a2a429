"""A letter, put together and not yet printed: texts only, in the order in which they are read."""

from __future__ import annotations

from dataclasses import dataclass

from quitus.domain.letter_texts import LetterKind
from quitus.domain.wording import Language


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the letter's table: a label and its amounts; `is_total` sets it apart."""

    label: str
    amounts: tuple[str, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """The letter's table."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: its bytes, what it is for, and what a screen reader says instead."""

    content: bytes
    title: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one household. `french` is what the law has in French, in a letter that is not."""

    kind: LetterKind
    language: Language
    lease_id: str
    sender: tuple[str, ...]
    """Name first, then its address."""
    contact: tuple[tuple[str, str], ...]
    recipient: tuple[str, ...]
    day: str
    title: str
    references: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    sums: Sums | None = None
    french: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Small print."""
    account_title: str = ""
    account: tuple[tuple[str, str], ...] = ()
    """The bank details, label by label; the account number first."""
    codes: tuple[Code, ...] = ()
    lacks_page: str | None = None
    """Why the pay page has no code, where it should."""
    footer: str = ""
