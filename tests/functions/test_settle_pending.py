"""The handler that settles what is pending, told of a change or by the schedule."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from acceptance.case import list_settler, refund_settler
from builders import FixedClock, a_credit, reported
from unit.views.estate import IBANS, Estate, L
from unit.web.office import Notebook

from quitus import bootstrap
from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.due_rows import DueRows
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.plan_rows import PlanRows
from quitus.adapters.statement_rows import StatementRows
from quitus.adapters.view_rows import ViewRows
from quitus.bootstrap import settling
from quitus.domain.movement import Status
from quitus.domain.plan import Instalment
from quitus.services.messages import PendingCheck, to_json
from quitus.services.plan_watch import PlanWatch
from quitus.services.plans import PlanDesk, PlanWish
from quitus.services.proof import ProofDesk
from quitus.services.proof_watch import ProofWatch
from quitus.services.spend_credits import CreditSpender
from settle_pending.app import handler

EVENTS = Path(__file__).parents[2] / "events"
CHECK = json.loads((EVENTS / "pending_check.json").read_text(encoding="utf-8"))
SCHEDULE = json.loads((EVENTS / "erp_schedule.json").read_text(encoding="utf-8"))


@pytest.fixture
def estate(monkeypatch: pytest.MonkeyPatch) -> Estate:
    estate = Estate()
    landlords = LandlordRows(estate.table)
    proofs = ProofDesk(landlords, StatementRows(estate.table), ViewRows(estate.table))
    monkeypatch.setattr(settling, "pending_settler", estate.settler)
    monkeypatch.setattr(settling, "list_settler", lambda: list_settler(estate.table, FixedClock()))
    monkeypatch.setattr(settling, "refund_settler", lambda: refund_settler(estate.table, FixedClock()))
    monkeypatch.setattr(bootstrap, "landlords", lambda: landlords)
    watch = ProofWatch(proofs, AlertRows(estate.table), FixedClock())
    monkeypatch.setattr(settling, "proof_watch", lambda: watch)
    plans = PlanWatch(PlanRows(estate.table), LedgerRows(estate.table), AlertRows(estate.table), FixedClock())
    monkeypatch.setattr(settling, "plan_watch", lambda: plans)
    return estate


def announced_and_booked(estate: Estate) -> str:
    movement = a_credit(45000, IBANS["L1"])
    waiting = estate.post(reported(replace(movement, status=Status.PENDING), "camt.052", "M1"))
    estate.post(reported(movement))
    estate.refresh()
    return waiting


def run(event: dict[str, Any]) -> Any:
    return handler(event, None)


def test_a_check_settles_what_the_change_was_about(estate: Estate) -> None:
    waiting = announced_and_booked(estate)
    told = [CHECK["Records"][0] | {"body": to_json(check)} for check in estate.checks]
    assert run({"Records": told}) == {"batchItemFailures": []}
    assert estate.payment(waiting).is_replaced


def test_a_check_of_a_payment_that_is_not_there_fails_alone_and_others_are_settled(estate: Estate) -> None:
    waiting = announced_and_booked(estate)
    good = CHECK["Records"][0] | {"messageId": "good", "body": to_json(PendingCheck(L, (waiting,)))}
    assert run({"Records": [CHECK["Records"][0], good]}) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert estate.payment(waiting).is_replaced


def test_the_schedule_reviews_every_landlord(estate: Estate) -> None:
    waiting = announced_and_booked(estate)
    assert run(SCHEDULE) is None
    assert estate.payment(waiting).is_replaced


def test_on_the_schedule_a_plan_that_two_instalments_were_missed_of_is_broken(estate: Estate) -> None:
    ledger, alerts = LedgerRows(estate.table), AlertRows(estate.table)
    landlords, spender = LandlordRows(estate.table), CreditSpender(ledger, DueRows(estate.table), FixedClock())
    desk = PlanDesk(PlanRows(estate.table), ledger, alerts, Notebook(), FixedClock(), landlords, spender)
    days = (date(2026, 10, 1), date(2026, 10, 31))
    wish = PlanWish(tuple(Instalment(day, 22500) for day in days), ("nov-L1",), None)
    desk.put(L, "L1", wish, "ada")
    for _ in range(2):
        run(SCHEDULE)
    raised = [alert for alert in ViewRows(estate.table).alerts(L, None) if alert.kind == "plan_broken"]
    assert [(alert.subject, alert.closed_at) for alert in raised] == [("L1", None)]
