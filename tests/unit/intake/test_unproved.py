"""A statement without its balances is posted, and somebody is told that its day is not proved."""

from __future__ import annotations

import re

import pytest
from builders import BANK_ACCOUNT, FixedClock
from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt, notice

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.statement_rows import StatementRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.identity import account_tag
from quitus.services.proof import ProofDesk
from quitus.services.proof_watch import ProofWatch
from quitus.services.registry import FileStatus

SUBJECT = f"{account_tag(BANK_ACCOUNT)}/2026-11-05"


def without(balance: str, statement: bytes) -> bytes:
    return re.sub(rb"<Bal><Tp><CdOrPrtry><Cd>" + balance.encode() + rb".*?</Bal>", b"", statement)


def review(counter: Counter) -> dict[str, bool]:
    """The subjects of alerts on unproved statements: whether each is open."""
    proofs = ProofDesk(LandlordRows(counter.memory), StatementRows(counter.memory), ViewRows(counter.memory))
    ProofWatch(proofs, AlertRows(counter.memory), FixedClock()).review(LANDLORD)
    alerts = ViewRows(counter.memory).alerts(LANDLORD, None)
    return {one.subject: one.closed_at is None for one in alerts if one.kind == "statement_unproved"}


@pytest.mark.parametrize("missing", ["OPBD", "CLBD", "OPBD|CLBD"])
def test_a_statement_without_balances_is_posted_and_told_until_another_proves_its_day(missing: str) -> None:
    counter = Counter()
    whole = camt(a_statement([Entry(45_000)]))
    partly = whole
    for balance in missing.split("|"):
        partly = without(balance, partly)
    file = counter.drop(partly)
    assert (file.status, counter.posted()) == (FileStatus.PROCESSED, [45_000])
    assert review(counter) == {SUBJECT: True}
    counter.drop(whole, "complet.xml")
    assert counter.posted() == [45_000]
    assert review(counter) == {SUBJECT: False}


def test_a_notice_proves_no_day_and_nobody_expects_it_to() -> None:
    counter = Counter()
    counter.drop(notice([Entry(45_000)]))
    assert review(counter) == {}


def test_pages_in_files_of_their_own_are_all_posted() -> None:
    counter = Counter()
    for number, cents in enumerate((45_000, 45_000, 31_050), 1):
        page = without(
            "OPBD", without("CLBD", camt(a_statement([Entry(cents, reference=f"REF-{number}")]), message=f"M{number}"))
        )
        file = counter.drop(page.replace(b"</GrpHdr>", b"<MsgPgntn><PgNb>%d</PgNb></MsgPgntn></GrpHdr>" % number))
        assert file.status is FileStatus.PROCESSED
    assert counter.posted() == [31_050, 45_000, 45_000]
