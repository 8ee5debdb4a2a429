from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from unit.demonstration.scenes import a_scene

from demonstration.bank import FEE_CENTS, FORMER, RENTS, Account
from demonstration.camt import Statement, notice_file, statement_file
from demonstration.payers import Habit
from quitus.banking.camt.messages import read_camt
from quitus.domain import movement as bank

SCHEMAS = Path(__file__).parents[4] / "shared" / "corpora" / "xsd"


def _read(content: bytes) -> tuple[list[bank.Movement], bank.Statement]:
    parts = list(read_camt(BytesIO(content)))
    *movements, statement = parts
    assert isinstance(statement, bank.Statement)
    return [part for part in movements if isinstance(part, bank.Movement)], statement


def _of(account: str) -> Iterator[Statement]:
    return (statement for statement in a_scene().statements if statement.account == account)


@pytest.mark.parametrize("statement", a_scene().statements, ids=lambda statement: statement.statement_id)
def test_the_reader_understands_what_the_writer_meant(statement: Statement) -> None:
    movements, read = _read(statement_file(statement))
    assert read.problems == ()
    assert (read.account, read.from_date, read.to_date) == (statement.account, statement.day, statement.day)
    assert (read.balances.opening_cents, read.balances.closing_cents) == (
        statement.opening_cents,
        statement.closing_cents,
    )
    assert sum(movement.amount_cents for movement in movements) == sum(entry.cents for entry in statement.entries)
    assert len(movements) == sum(len(entry.details) or 1 for entry in statement.entries)


def test_a_notice_tells_the_same_movements_without_balances() -> None:
    statement = next(_of(RENTS.iban))
    told, notice = _read(notice_file(statement))
    assert notice.balances == bank.Balances()
    assert [movement.bank_reference for movement in told] == [
        movement.bank_reference for movement in _read(statement_file(statement))[0]
    ]


@pytest.mark.parametrize("account", [RENTS, FORMER], ids=["rents", "former"])
def test_each_day_opens_where_the_day_before_closed(account: Account) -> None:
    for before, after in pairwise(_of(account.iban)):
        assert after.opening_cents == before.closing_cents
        assert after.day > before.day


def test_the_banks_sums_are_what_the_tenants_paid_less_the_fees() -> None:
    scene = a_scene()
    paid = sum(payment.cents for payment in scene.payments if payment.habit is not Habit.CHEQUE)
    booked = sum(entry.cents for statement in scene.statements for entry in statement.entries)
    assert booked == paid - 2 * FEE_CENTS


def test_a_transfer_carries_its_virtual_iban_and_a_direct_debit_its_reference() -> None:
    scene = a_scene()
    movements = {
        movement.bank_reference: movement
        for statement in scene.statements
        for movement in _read(statement_file(statement))[0]
    }
    for payment in scene.payments:
        if payment.habit is Habit.CHEQUE:
            continue
        movement, address = movements[payment.bank_reference], scene.addresses[payment.lease_id]
        assert movement.amount_cents == payment.cents
        match payment.habit:
            case Habit.DIRECT_DEBIT | Habit.FORMER_ACCOUNT:
                assert movement.payment_reference == address.payment_reference
            case Habit.NO_EVIDENCE:
                assert movement.payment_reference is None
            case Habit.WRONG_IBAN:
                assert movement.virtual_iban not in {None, *(held.virtual_iban for held in scene.addresses.values())}
            case _:
                assert movement.virtual_iban == address.virtual_iban


def test_both_formats_satisfy_the_schemas_of_iso_20022() -> None:
    xmlschema = pytest.importorskip("xmlschema")
    if not SCHEMAS.exists():
        pytest.skip("the schemas are not here")
    for name, write in (("camt.053.001.08", statement_file), ("camt.054.001.08", notice_file)):
        schema = xmlschema.XMLSchema(SCHEMAS / f"{name}.xsd")
        for statement in a_scene().statements[:2] + a_scene().statements[-2:]:
            schema.validate(write(statement).decode())


def test_texts_are_escaped() -> None:
    scene = a_scene()
    statement = next(statement for statement in scene.statements if statement.entries)
    odd = Statement(
        statement.statement_id,
        statement.number,
        statement.account,
        "Dupont & <Fils>",
        statement.bic,
        statement.day,
        statement.opening_cents,
        statement.entries,
    )
    assert "Dupont & <Fils>" in "".join(fromstring(statement_file(odd)).itertext())
