import csv

from unit.demonstration.scenes import a_scene

from demonstration.dues import Due
from demonstration.erp_files import dues_file, euros, leases_file, parties_file


def _rows(content: bytes) -> tuple[list[str], list[dict[str, str]], list[str]]:
    first, header, *rows, last = content.decode().splitlines()
    names = header.split(";")
    return (
        first.split(";"),
        [dict(zip(names, row, strict=True)) for row in csv.reader(rows, delimiter=";")],
        last.split(";"),
    )


def test_a_file_begins_with_its_kind_and_ends_with_its_count() -> None:
    first, rows, last = _rows(leases_file(a_scene().estate.leases, sequence=4))
    assert first == ["#quitus", "leases", "1", "4"]
    assert last == ["#end", "200", "0.00"]
    assert {row["status"] for row in rows} == {"active", "ended"}
    assert all(row["commune"] and row["holder_name"] and row["unit_kind"] for row in rows)


def test_the_control_sum_of_dues_is_the_sum_of_their_amounts() -> None:
    dues: tuple[Due, ...] = a_scene().called.dues
    _, rows, last = _rows(dues_file(dues))
    assert last == ["#end", str(len(dues)), euros(sum(due.cents for due in dues))]
    assert len({row["due_id"] for row in rows}) == len(rows)
    assert {"rent", "charges", "aid_apl", "aid_rls", "annex", "insurance"} <= {row["kind"] for row in rows}


def test_aids_are_negative_and_what_is_charged_is_not() -> None:
    for due in a_scene().called.dues:
        assert (due.cents < 0) == due.kind.startswith("aid_") or due.kind == "adjustment"


def test_parties_name_a_holder_first() -> None:
    _, rows, _ = _rows(parties_file(a_scene().estate.parties))
    assert {row["role"] for row in rows} == {"holder", "cotenant", "guarantor"}
    assert all(row["role"] == "holder" for row in rows if row["party_id"] == "P1")


def test_euros_are_written_with_two_decimals_and_their_sign() -> None:
    assert [euros(cents) for cents in (45_000, -5_600, 5, -5, 0)] == ["450.00", "-56.00", "0.05", "-0.05", "0.00"]
