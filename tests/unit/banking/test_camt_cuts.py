"""However the bytes arrive, and wherever they stop: the same movements, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from golden.corpora import CORPORA, needs_corpora, samples
from unit.banking.camt_files import (
    VIRTUAL,
    Message,
    a_detail,
    a_statement,
    an_entry,
    read,
    split,
)
from unit.banking.other_files import trickle

from quitus.banking.camt import markup, messages
from quitus.banking.camt.markup import Segments
from quitus.banking.camt.messages import read_camt
from quitus.banking.profiles import DEFAULT
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Movement, Statement


def a_full_statement() -> Message:
    """Two kinds of entries, a batch, references, CDATA, a comment, accents: everything that a cut could split."""
    return a_statement(
        an_entry(a_detail(debtor="Zoé d&apos;Août", references={"EndToEndId": "E-1"}), bank_reference="B-1"),
        an_entry(
            a_detail(amount="100.00", unstructured=["LOYER RF18539", "007547034"]),
            a_detail(amount="350.00", unstructured=["<![CDATA[a < b]]>", "<!-- <TxDtls> -->"], creditor_iban=None),
            note=f"REMISE {VIRTUAL}",
        ),
        *(
            an_entry(a_detail(debtor=f"Payeur {number}", references={"EndToEndId": f"E-{number}"}))
            for number in range(2)
        ),
    )


def fed(pieces: Iterator[str]) -> list[Movement | Statement]:
    """What the reader gives for a text that comes in these pieces."""
    segments, reader = Segments(), messages._MessageReader(DEFAULT)
    parts: list[Movement | Statement] = []
    for piece in pieces:
        for kind, found in segments.feed(piece):
            parts.extend(reader.segment(kind, found))
    for kind, found in segments.feed("", final=True):
        parts.extend(reader.segment(kind, found))
    reader.finish()
    return parts


def in_pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def read_in_pieces(text: str, size: int) -> tuple[list[Movement], list[Statement]]:
    return split(fed(in_pieces(text, size)))


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_the_size_of_the_pieces_changes_nothing(size: int) -> None:
    text = a_full_statement().text()
    assert read_in_pieces(text, size) == read(text)


def test_a_cut_at_every_character_of_an_entry_changes_nothing() -> None:
    text = a_full_statement().text()
    expected = read(text)
    second = text.index("<Ntry>", text.index("<Ntry>") + 1)
    for at in range(second, text.index("</Ntry>", second) + len("</Ntry>") + 1):
        assert split(fed(iter((text[:at], text[at:])))) == expected


def test_a_stream_that_trickles_is_read_the_same() -> None:
    data = a_full_statement().bytes()
    assert split(read_camt(trickle(data, 1))) == read(data)


@pytest.mark.parametrize("at", [*range(60, 400, 17), -1, -7, -12, -30, -200, -1000])
def test_a_truncated_file_is_refused(at: int) -> None:
    data = a_full_statement().bytes()
    with pytest.raises(UnreadableFile) as refusal:
        read(data[:at])
    assert refusal.value.code in {"truncated", "no_statement"}


def test_every_truncation_is_refused_with_a_reason() -> None:
    data = a_full_statement().bytes()
    for at in range(len(data) - len(b">")):
        with pytest.raises(UnreadableFile):
            read(data[:at])


def test_learning_every_segment_anew_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = a_full_statement().text()
    expected = read(text)
    monkeypatch.setattr(markup, "_MAX_TEMPLATE_SIZE", 0)
    assert read(text) == expected


CORPUS = [*samples("camt-genkgo", "*.xml"), *samples("camt-viafintech", "*/*.xml")] if CORPORA.is_dir() else []


@needs_corpora
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_published_files_are_the_same_in_pieces_and_refused_alike(path: Path) -> None:
    data = path.read_bytes()
    expected, text = outcome(partial(read, data)), data.decode("utf-8-sig").lstrip()
    for size in (1, 7, 4096):
        assert outcome(partial(read_in_pieces, text, size)) == expected


def outcome(reading: Callable[[], tuple[list[Movement], list[Statement]]]) -> object:
    """What was read, or the code of the refusal."""
    try:
        return reading()
    except UnreadableFile as refusal:
        return refusal.code
