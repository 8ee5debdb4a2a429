"""The same business facts in several versions of the message give equal movements."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.banking.camt_files import OTHER_VIRTUAL, VIRTUAL, Detail, Entry, a_statement, read

VERSIONS = ("02", "04", "08", "10")

texts = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz0123456789éèàç-'/+.?", min_size=1, max_size=40)
amounts = st.integers(1, 10_000_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
details = st.builds(
    Detail,
    references=st.dictionaries(st.sampled_from(["EndToEndId", "UETR", "MndtId", "AcctSvcrRef"]), texts, max_size=4),
    debtor=st.none() | texts,
    debtor_iban=st.none() | st.just("FR1420041010050500013M02606"),
    creditor_iban=st.sampled_from([None, VIRTUAL, OTHER_VIRTUAL]),
    unstructured=st.lists(texts, max_size=3),
    structured=st.none() | st.sampled_from(["RF18539007547034", "123456"]),
    returned=st.none() | st.sampled_from(["AC04", "AM04", "MD06"]),
)
entries = st.builds(
    Entry,
    amount=amounts,
    sign=st.sampled_from(["CRDT", "DBIT"]),
    status=st.sampled_from(["BOOK", "PDNG"]),
    reference=st.none() | texts,
    bank_reference=st.none() | texts,
    code=st.sampled_from(["PMNT/RCDT/ESCT", "PMNT/RRCT/ESCT", "PMNT/IDDT/UPDD", "05/0811", ""]),
    reversal=st.booleans(),
    details=st.lists(details, max_size=1),
    note=st.none() | texts,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(entries, max_size=6))
def test_the_version_changes_nothing(written: list[Entry]) -> None:
    message = a_statement(*written)
    expected = read(replace(message, version="08"))
    assert len(expected[0]) == len(written)
    for version in VERSIONS:
        assert read(replace(message, version=version)) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(entries, min_size=1, max_size=6))
def test_every_statement_that_closes_is_proved(written: list[Entry]) -> None:
    _, (statement,) = read(a_statement(*written))
    assert statement.problems == ()
    balances = statement.balances
    assert balances.opening_cents is not None
    assert balances.closing_cents == balances.opening_cents + statement.credits_cents - statement.debits_cents


@settings(max_examples=40, deadline=None)
@given(st.lists(amounts, min_size=2, max_size=8), st.sampled_from(VERSIONS))
def test_a_batch_adds_up_to_its_entry(amounts_of_details: list[str], version: str) -> None:
    total = sum(int(amount.replace(".", "")) for amount in amounts_of_details)
    entry = Entry(
        amount=f"{total // 100}.{total % 100:02d}", details=[Detail(amount=amount) for amount in amounts_of_details]
    )
    movements, (statement,) = read(a_statement(entry, version=version))
    assert sum(movement.amount_cents for movement in movements) == total
    assert len(movements) == len(amounts_of_details)
    assert statement.problems == ()
