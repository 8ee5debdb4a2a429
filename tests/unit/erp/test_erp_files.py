"""The frame of ERP files: first line, header, rows, trailer."""

from __future__ import annotations

import pytest
from unit.erp.office import DUE_HEADER, LEASE_HEADER, a_file, a_lease_line

from quitus.domain.errors import UnreadableFile
from quitus.services.erp_files import ErpFile, ErpKind, batches, parse

DUES = a_file("dues", DUE_HEADER, ["D1;L1;rent;2026-11;2026-12-10;450.00;Loyer"], control="450.00").decode()


def test_the_first_row_is_line_three_and_columns_come_in_any_order() -> None:
    file = parse(b"#quitus;balances;1;7\namount;lease_id;as_of\n12.00;L1;2026-11-01\n#end;1;12.00\n")
    assert (file.kind, file.sequence) == (ErpKind.BALANCES, 7)
    assert [(row.line, row.cells["lease_id"], row.cells["amount"]) for row in file.rows] == [(3, "L1", "12.00")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends(encoding: str, newline: str) -> None:
    text = DUES.replace("Loyer", "Loyer d'août à 450 €")
    file = parse(text.replace("\n", newline).encode(encoding))
    assert file.rows[0].cells["label"] == "Loyer d'août à 450 €"


@pytest.mark.parametrize(("written", "sequence"), [("0", 0), ("0007", 7), ("999999999999", 999_999_999_999)])
def test_numbers_begin_where_the_erp_likes(written: str, sequence: int) -> None:
    assert parse(DUES.replace("dues;1;1", f"dues;1;{written}").encode()).sequence == sequence


def test_lines_of_a_cell_end_the_same_way_in_every_file() -> None:
    file = parse(DUES.replace(";Loyer\n", ';"Loyer\nsuite"\n').replace("\n", "\r\n").encode())
    assert file.rows[0].cells["label"] == "Loyer\nsuite"


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends() -> None:
    text = DUES.replace(";Loyer\n", ';"Loyer ; ""août""\nsuite"\nD2;L1;rent;2026-12;2027-01-10;1.00;\n')
    file = parse(text.replace("#end;1;450.00", "#end;2;451.00").encode())
    assert [(row.line, row.cells["label"]) for row in file.rows] == [(3, 'Loyer ; "août"\nsuite'), (5, "")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "wrong_first_line"),
        (DUES.replace("#quitus", "quitus").encode(), "wrong_first_line"),
        (DUES.replace("dues;1;1", "rents;1;1").encode(), "unknown_kind"),
        (DUES.replace("dues;1;1", "dues;2;1").encode(), "unknown_version"),
        (DUES.replace("dues;1;1", "dues;1;1234567890123").encode(), "wrong_sequence"),
        (DUES.replace("dues;1;1", "dues;1;١").encode(), "wrong_sequence"),
        (DUES.replace("dues;1;1", "dues;1;-3").encode(), "wrong_sequence"),
        (DUES.replace("label", "comment").encode(), "unknown_column"),
        (DUES.replace("label", "amount").encode(), "duplicate_column"),
        (DUES.replace("due_date;amount;label", "due_date;label").encode(), "missing_column"),
        (DUES.replace("#end;1", "#end;2").encode(), "wrong_trailer"),
        (DUES.replace("#end;1;450.00", "#end;1;450.01").encode(), "wrong_trailer"),
        (DUES.replace("#end;1;450.00", "#end;1").encode(), "wrong_trailer"),
        (DUES.partition("#end")[0].encode(), "wrong_trailer"),
        (b"#quitus;dues;1;1\n", "wrong_trailer"),
        (DUES.replace("Loyer", '"Loyer').encode(), "malformed_csv"),
    ],
)
def test_a_wrong_frame_refuses_the_file_whole(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        parse(content)
    assert refused.value.code == reason


@pytest.mark.parametrize("control", ["450.00", "460.50"])
def test_an_amount_that_is_wrong_refuses_its_row_not_the_file(control: str) -> None:
    text = DUES.replace("#end;1;450.00", f"D2;L1;rent;2026-11;2026-12-10;10,50;\n#end;2;{control}")
    assert len(parse(text.encode()).rows) == 2


def test_a_row_with_a_cell_too_many_is_marked() -> None:
    text = DUES.replace(";Loyer\n", ";Loyer;de trop\n")
    assert parse(text.encode()).rows[0].problem == "wrong_cell_count"


def leases(*lease_ids: str) -> ErpFile:
    return parse(a_file("leases", LEASE_HEADER, [a_lease_line(lease_id) for lease_id in lease_ids]))


def test_batches_hold_a_hundred_rows_and_never_part_a_lease() -> None:
    sizes = [len(rows) for rows in batches(leases(*(f"L{number}" for number in range(250))))]
    assert sizes == [100, 100, 50]
    lines = [f"D{number};L{number % 30};rent;2026-11;2026-12-10;1.00;" for number in range(300)]
    packed = list(batches(parse(a_file("dues", DUE_HEADER, lines, control="300.00"))))
    homes = [{row.cells["lease_id"] for row in rows} for rows in packed]
    assert sum(map(len, homes)) == 30
    assert [len(rows) for rows in packed] == [100, 100, 100]
