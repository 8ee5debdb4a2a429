"""Lists of beneficiaries as payers write them: every mapping, and every reason to keep one out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quitus.domain.bulk_payers import AmountStyle, ListColumns, ListEncoding, ListLayout
from quitus.domain.errors import UnreadableFile
from quitus.domain.payment_list import ListWait
from quitus.services.list_files import ListRefusal, read_list

LAYOUT = ListLayout(ListColumns("Montant", beneficiary="Allocataire", name="Nom", period="Mois"))
DOCUMENT = (Path(__file__).parents[3] / "docs" / "payment-lists.md").read_text(encoding="utf-8")


def refusal(content: bytes | str, layout: ListLayout = LAYOUT) -> tuple[str, str | None]:
    with pytest.raises(UnreadableFile) as refused:
        read_list(content.encode() if isinstance(content, str) else content, layout)
    return str(refused.value.code), refused.value.detail.get("where")


def amounts(text: str, layout: ListLayout = LAYOUT) -> list[int]:
    return [line.cents for line in read_list(text.encode(), layout).lines]


def test_a_list_says_whose_which_month_and_how_much() -> None:
    text = "Mois;Allocataire;Nom;Montant;Autre\n11/2026;123 4567 a;  Camille   ROUX ;1 234,56;x\n202611;/;Y;-56,00\n"
    first, second = read_list(text.encode(), LAYOUT).lines
    assert (first.number, first.place, first.cents, first.beneficiary) == (1, 2, 123456, "1234567A")
    assert (first.name, first.period) == ("Camille ROUX", "2026-11")
    assert (second.number, second.cents, second.beneficiary, second.period) == (2, -5600, None, "2026-11")


def test_equal_lines_are_counted_and_lines_of_nothing_left_out() -> None:
    lines = read_list(b"Montant;Allocataire;Nom;Mois\n5,00;1;;\n0,00;2;;\n5,00;3;;\n5,00;1;;\n", LAYOUT).lines
    assert [(line.number, line.ordinal, line.beneficiary) for line in lines] == [(1, 1, "1"), (2, 2, "3"), (3, 3, "1")]


@pytest.mark.parametrize(
    ("style", "written", "cents"),
    [
        (AmountStyle.COMMA, "1.234,56 €", 123456),
        (AmountStyle.COMMA, "(56,00)", -5600),
        (AmountStyle.COMMA, "56,00-", -5600),
        (AmountStyle.COMMA, "+7,5", 750),
        (AmountStyle.POINT, '"1,234.56"', 123456),
        (AmountStyle.POINT, "-56", -5600),
        (AmountStyle.CENTS, "123456", 123456),
        (AmountStyle.CENTS, "5600-", -5600),
    ],
)
def test_amounts_are_read_as_the_payer_writes_them(style: AmountStyle, written: str, cents: int) -> None:
    layout = replace(LAYOUT, amounts=style)
    big = "99999999" if style is AmountStyle.CENTS else "999999"
    assert amounts(f"Montant;Allocataire;Nom;Mois\n{big};1;;\n{written};2;;\n", layout)[1] == cents


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (AmountStyle.COMMA, "12.50"),
        (AmountStyle.COMMA, "1,234"),
        (AmountStyle.COMMA, ""),
        (AmountStyle.COMMA, "--5,00"),
        (AmountStyle.COMMA, "-5,00-"),
        (AmountStyle.COMMA, "douze"),
        (AmountStyle.COMMA, "10000000000,00"),
        (AmountStyle.POINT, "12,50"),
        (AmountStyle.CENTS, "12.50"),
        (AmountStyle.CENTS, "--5"),
        (AmountStyle.CENTS, "²5"),
    ],
)
def test_what_would_have_to_be_guessed_keeps_the_list_out(style: AmountStyle, written: str) -> None:
    text = f"Montant;Allocataire;Nom;Mois\n99999;1;;\n{written};2;;\n"
    assert refusal(text, replace(LAYOUT, amounts=style)) == ("list_bad_amount", "line 3")


@pytest.mark.parametrize(
    ("content", "reason", "where"),
    [
        (b"", "list_empty", None),
        (b"Montant;Allocataire;Nom;Mois\n", "list_empty", None),
        (b"Montant;Allocataire;Nom\n5,00;1;X\n", "list_missing_column", "line 1"),
        (b"Montant;Montant;Allocataire;Nom;Mois\n5,00;5,00;1;X;\n", "list_missing_column", "line 1"),
        (b"Montant;Allocataire;Nom;Mois\n5,00;1;X;;;y\n", "list_cell_count", "line 2"),
        (b'Montant;Allocataire;Nom;Mois\n"5,00;1;X;\n', "list_malformed", "line 2"),
        ("Montant;Allocataire;Nom;Mois\n5,00;1;Éva;\n".encode("iso-8859-15"), "list_encoding", None),
        (b"Montant;Allocataire;Nom;Mois\n5,00;1;\x00;\n", "list_encoding", None),
        (b"Montant;Allocataire;Nom;Mois\n-5,00;1;X;\n", "list_not_positive", None),
        (b"Montant;Allocataire;Nom;Mois\n5,00;1;X;\n-5,00;1;X;\n", "list_not_positive", None),
    ],
)
def test_every_reason_to_keep_a_list_out(content: bytes, reason: str, where: str | None) -> None:
    assert refusal(content) == (reason, where)


def test_a_sum_that_the_list_gives_must_be_that_of_its_lines() -> None:
    layout = replace(LAYOUT, total_label="TOTAL")
    text = "Montant;Allocataire;Nom;Mois\n5,00;1;;\n-1,00;2;;\n{total}\n"
    assert amounts(text.format(total="4,00;;;TOTAL"), layout) == [500, -100, 400]
    assert amounts(text.format(total="Total général;;;4,00"), layout) == [500, -100]
    assert refusal(text.format(total="Total;4,01"), layout) == ("list_wrong_total", None)


def test_a_reference_is_one_for_the_whole_list() -> None:
    layout = replace(LAYOUT, columns=replace(LAYOUT.columns, reference="Bordereau"))
    text = "Bordereau;Montant;Allocataire;Nom;Mois\nB-2026-11;5,00;1;;\n{second};5,00;2;;\n"
    assert read_list(text.format(second="").encode(), layout).reference == "B-2026-11"
    assert refusal(text.format(second="B-2026-12"), layout)[0] == "list_several_references"


def test_lines_before_the_header_are_skipped_in_the_payers_encoding() -> None:
    layout = ListLayout(
        ListColumns("amount", lease="lease"), ",", ListEncoding.WINDOWS_1252, AmountStyle.POINT, skipped_lines=2
    )
    content = "Département du Gard\n\nlease,amount\nL1,400.00\n".encode("windows-1252")
    (line,) = read_list(content, layout).lines
    assert (line.lease_id, line.cents, line.place) == ("L1", 40000, 4)


def test_the_same_text_is_the_same_list_however_its_lines_end() -> None:
    text = "Montant;Allocataire;Nom;Mois\n5,00;1;;\n"
    told = {read_list(one, LAYOUT).content for one in (text.encode(), text.replace("\n", "\r\n").encode("utf-8-sig"))}
    assert len(told) == 1
    assert read_list((text + "6,00;2;;\n").encode(), LAYOUT).content not in told


def taken_or_refused(content: bytes, layout: ListLayout) -> int | str:
    """The sum of a list, or why it is kept out."""
    try:
        return read_list(content, layout).total_cents
    except UnreadableFile as refused:
        return str(refused.code)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_kept_out_with_a_reason(content: bytes) -> None:
    for layout in (LAYOUT, replace(LAYOUT, encoding=ListEncoding.LATIN_9, total_label="T", skipped_lines=1)):
        outcome = taken_or_refused(b"Montant;Allocataire;Nom;Mois\n" + content, layout)
        assert outcome in set(ListRefusal) if isinstance(outcome, str) else outcome > 0


def test_every_reason_is_explained() -> None:
    assert {*re.findall(r"^\| `(list_[a-z_]+)` \|", DOCUMENT, re.MULTILINE)} == set(ListRefusal)
    waits = DOCUMENT.partition("## Why a list waits")[2].partition("|---|")[2].partition("\n## ")[0]
    assert {*re.findall(r"^\| `([a-z_]+)` \|", waits, re.MULTILINE)} == set(ListWait)
