"""The same business facts as camt, CFONB 120 and MT940 give the same movements, as far as each format can say them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.banking.camt_files import OTHER_VIRTUAL, VIRTUAL, a_detail, a_statement, an_entry, codes, read
from unit.banking.other_files import (
    cfonb,
    complement,
    mt940,
    operation,
    pieces,
    read_fields,
    read_records,
    record,
    wrapped,
)

from quitus.domain.movement import Movement, Nature


@dataclass(frozen=True)
class Fact:
    """A transfer received, or a returned direct debit."""

    cents: int
    payer: str
    text: str
    end_to_end: str
    virtual_iban: str
    returned: bool


words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)
facts = st.builds(
    Fact,
    cents=st.integers(1, 99_999_999),
    payer=words,
    text=words,
    end_to_end=words,
    virtual_iban=st.sampled_from([VIRTUAL, OTHER_VIRTUAL]),
    returned=st.booleans(),
)


def signed(fact: Fact) -> int:
    return -fact.cents if fact.returned else fact.cents


def euros(cents: int, point: str = ".") -> str:
    return f"{abs(cents) // 100}{point}{abs(cents) % 100:02d}"


def as_camt(written: list[Fact], version: str) -> list[Movement]:
    entries = [
        an_entry(
            a_detail(
                debtor=fact.payer,
                unstructured=[fact.text],
                references={"EndToEndId": fact.end_to_end},
                creditor_iban=fact.virtual_iban,
            ),
            amount=euros(fact.cents),
            sign="DBIT" if fact.returned else "CRDT",
            code="PMNT/IDDT/UPDD" if fact.returned else "PMNT/RCDT/ESCT",
        )
        for fact in written
    ]
    movements, statements = read(a_statement(*entries, version=version, opening="0.00"))
    assert codes(statements) == []
    return movements


def as_cfonb(written: list[Fact]) -> list[Movement]:
    records = [record("01", 0)]
    for fact in written:
        records.append(operation(signed(fact), "B3" if fact.returned else "05"))
        records.append(complement("NPY", fact.payer))
        records.append(complement("LCC", fact.text))
        records.append(complement("RCN", fact.end_to_end))
        records.append(complement("CBE", fact.virtual_iban))
    records.append(record("07", sum(map(signed, written))))
    movements, statements = read_records(cfonb(*records))
    assert codes(statements) == []
    return movements


def as_mt940(written: list[Fact]) -> list[Movement]:
    fields = []
    for fact in written:
        mark, kind, gvc = ("D", "NRTI", "109") if fact.returned else ("C", "NTRF", "166")
        said = "".join(pieces([f"EREF+{fact.end_to_end}", f"SVWZ+{fact.text}"]))
        fields.append(f":61:2611231123{mark}{euros(fact.cents, ',')}{kind}NONREF")
        fields.append(f":86:{wrapped(f'{gvc}?00TEXT{said}?32{fact.payer}?38{fact.virtual_iban}')}")
    total = sum(map(signed, written))
    closing = f"{'D' if total < 0 else 'C'}261123EUR{euros(total, ',')}"
    movements, statements = read_fields(mt940(*fields, opening="C261122EUR0,00", closing=closing))
    assert codes(statements) == []
    return movements


def meaning(movement: Movement) -> tuple[object, ...]:
    """What every format can say."""
    return (
        movement.amount_cents,
        movement.booking_date,
        movement.status,
        movement.nature,
        movement.means,
        movement.debtor_name,
        movement.remittance,
        movement.end_to_end_id,
        movement.virtual_iban,
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(facts, max_size=8))
def test_every_format_says_the_same(written: list[Fact]) -> None:
    expected = [meaning(movement) for movement in as_camt(written, "08")]
    assert [amount for amount, *_ in expected] == [signed(fact) for fact in written]
    assert {nature for _, _, _, nature, *_ in expected} <= {Nature.RECEIPT, Nature.RETURN}
    assert [meaning(movement) for movement in as_camt(written, "02")] == expected
    assert [meaning(movement) for movement in as_camt(written, "04")] == expected
    assert [meaning(movement) for movement in as_cfonb(written)] == expected
    assert [meaning(movement) for movement in as_mt940(written)] == expected
