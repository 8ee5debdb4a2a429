"""What time brings about on plans: each told once, each closed once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from builders import (
    FixedClock,
    a_credit,
    a_due,
    a_landlord,
    a_poster,
    a_table_with,
    a_virtual_iban,
    an_account,
    an_open_due,
    reported,
)
from unit.web.office import Notebook

from quitus.adapters.alert_rows import AlertRows
from quitus.adapters.due_rows import DueRows, first_due_writes
from quitus.adapters.landlord_rows import LandlordRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.plan_rows import PlanRows
from quitus.adapters.view_rows import ViewRows
from quitus.domain.plan import Instalment
from quitus.services.plan_watch import PlanWatch
from quitus.services.plans import PlanDesk, PlanWish
from quitus.services.spend_credits import CreditSpender

START = date(2026, 11, 10)


class Watched:
    """A lease that owes 240.00 in three instalments of 80.00, a month apart."""

    def __init__(self) -> None:
        landlord = a_landlord()
        account = an_account(an_open_due("old", 24000, date(2026, 6, 10)))
        self.table = a_table_with(landlord, [(a_virtual_iban(1), account)])
        self.table.write(first_due_writes("semiga", a_due("old", 24000, date(2026, 6, 10))))
        self.clock, self.log = FixedClock(), Notebook()
        LandlordRows(self.table).put(landlord)
        ledger, alerts, store = LedgerRows(self.table), AlertRows(self.table), PlanRows(self.table)
        self.poster = a_poster(self.table, self.clock)
        spender = CreditSpender(ledger, DueRows(self.table), self.clock)
        desk = PlanDesk(store, ledger, alerts, self.log, self.clock, LandlordRows(self.table), spender)
        instalments = tuple(Instalment(START + timedelta(days=30 * n), 8000) for n in range(3))
        desk.put("semiga", "L1", PlanWish(instalments, None, None), "ada")
        self.watch = PlanWatch(store, ledger, alerts, self.clock)

    def on(self, day: date) -> list[tuple[str, bool]]:
        """Look on a day, twice; the alerts with whether they are open."""
        self.clock.instant = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        for _ in range(2):
            self.watch.review("semiga")
        return sorted((alert.kind, alert.closed_at is None) for alert in ViewRows(self.table).alerts("semiga", None))

    def kinds(self) -> list[str]:
        return [decision.kind.value for decision in PlanRows(self.table).decisions("semiga", "L1")]

    def runs(self) -> bool:
        return LedgerRows(self.table).accounts("semiga", ["L1"])["L1"].plan is not None


def test_a_missed_instalment_is_told_and_the_plan_runs_on() -> None:
    watched = Watched()
    assert watched.on(START + timedelta(days=4)) == []
    assert watched.on(START + timedelta(days=5)) == [("plan_instalment_missed", True)]
    assert (watched.kinds(), watched.runs()) == (["agreed"], True)


def test_two_missed_break_the_plan_once() -> None:
    watched = Watched()
    watched.on(START + timedelta(days=5))
    assert watched.on(START + timedelta(days=35)) == [("plan_broken", True), ("plan_instalment_missed", False)]
    assert watched.on(START + timedelta(days=90)) == [("plan_broken", True), ("plan_instalment_missed", False)]
    assert (watched.kinds(), watched.runs()) == (["agreed", "broken"], False)
    assert list(PlanRows(watched.table).running("semiga")) == []


def test_a_plan_that_is_paid_is_kept_and_closed() -> None:
    watched = Watched()
    watched.poster.post(a_landlord(), [reported(a_credit(24000, a_virtual_iban(1), booking_date=START))])
    assert watched.on(START) == []
    assert (watched.kinds(), watched.runs()) == (["agreed", "kept"], False)
