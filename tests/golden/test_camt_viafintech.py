"""The fixtures of viafintech/camt_parser: French, Swiss and Dutch banks, versions .02 to .10."""

from __future__ import annotations

from collections import Counter

from golden.corpora import CORPORA, codes_of, needs_corpora, read_sample

from quitus.domain.movement import Nature

pytestmark = needs_corpora

FOLDER = CORPORA / "camt-viafintech"


def test_a_swiss_statement_of_thirteen_entries_closes_over_its_thirty_two_details() -> None:
    understood = read_sample(FOLDER / "053" / "valid_example_v4.xml")
    ((statement, movements),) = understood.statements
    entries = {movement.position.rpartition(".")[0] for movement in movements}
    balances = statement.balances
    assert (len(entries), len(movements)) == (13, 32)
    assert balances.opening_cents is not None
    assert balances.opening_cents + sum(movement.amount_cents for movement in movements) == balances.closing_cents
    assert codes_of(understood) == {"currency"}


def test_returned_debits_are_returns_with_their_reason() -> None:
    understood = read_sample(FOLDER / "054" / "valid_example.xml")
    ((_, movements),) = understood.statements
    returned = [movement for movement in movements if movement.nature is Nature.RETURN]
    assert [(movement.amount_cents, movement.return_reason) for movement in returned] == [
        (-600, "MD06"),
        (-1553, "MD06"),
    ]


def test_a_batch_without_details_awaits_them() -> None:
    understood = read_sample(FOLDER / "053" / "valid_example_with_batch.xml")
    ((statement, movements),) = understood.statements
    waiting = [movement for movement in movements if movement.awaiting_details]
    assert [(movement.amount_cents, movement.batch_references) for movement in waiting] == [
        (-475374, ("O0OpeAYTkhjerKu3eE9asw", "02453b1e17c11241073a777ad9c273b4149"))
    ]
    assert [problem.code for problem in statement.problems] == ["balance_mismatch"]  # 3 of its 35 entries were kept


def test_a_document_without_message_is_no_bank_file() -> None:
    for path in ("general/invalid_namespace.xml", "052/valid_namespace.xml", "053/valid_namespace.xml"):
        understood = read_sample(FOLDER / path)
        assert [problem.code for problem in understood.problems] == ["unknown_format"]


def test_the_statements_that_close_are_clean() -> None:
    problems = Counter(path.name for path in FOLDER.glob("*/*.xml") if not codes_of(read_sample(path)))
    assert set(problems) == {"valid_example.xml", "valid_example_with_dates.xml", "valid_example_with_other_id.xml"}
