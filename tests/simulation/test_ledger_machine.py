"""A lease lives: dues come, change and go, money comes, is put elsewhere, goes back. After each step the books hold."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import DAY, a_credit, a_due, an_account, reported
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from quitus.domain.assigning import assign, unassign
from quitus.domain.charged import Charging, CreditUse, DueChange, History, Offset
from quitus.domain.charging import charge
from quitus.domain.denying import restored
from quitus.domain.errors import Conflict
from quitus.domain.folding import fold
from quitus.domain.household import Choice, Household
from quitus.domain.identity import Bucket
from quitus.domain.lease import Account, Debtor, Due, DueKind
from quitus.domain.ledger import Chart, Entry, Line, Role, seal
from quitus.domain.matching import Match, MatchRule, SuspenseReason
from quitus.domain.movement import Means
from quitus.domain.pairing import Pairing, Verdict
from quitus.domain.payment import Decision, Payment, PaymentStatus, Reversal
from quitus.domain.plan import Instalment, InstalmentPlan
from quitus.domain.posting import Posted, post_receipt
from quitus.domain.releasing import payments_of_dues
from quitus.domain.reversing import TakeBack, take_back
from quitus.domain.spreading import monthly, spread_over

CHART = Chart()
ON_LEASE = Match("L1", MatchRule.VIRTUAL_IBAN, {})
BY_PERSON = Match(None, MatchRule.PERSON, {"reason": "asked by the tenant"})
IN_SUSPENSE = replace(BY_PERSON, reason=SuspenseReason.UNASSIGNED)
AIDS = (DueKind.AID_APL, DueKind.AID_OTHER, DueKind.AID_RLS)
KINDS = st.sampled_from([DueKind.RENT, DueKind.CHARGES, DueKind.ADJUSTMENT, DueKind.ANNEX, *AIDS])
DAYS = st.dates(date(2026, 6, 1), date(2027, 1, 31))
LIVES = int(os.environ.get("QUITUS_MACHINES", "200"))


class LeaseLife(RuleBasedStateMachine):
    """The model: what was called, and which payments are on the lease."""

    def __init__(self) -> None:
        super().__init__()
        self.account: Account = an_account()
        self.dues: dict[str, Due] = {}
        self.offsets: list[Offset] = []
        self.charges: list[Entry] = []
        self.posted: list[Posted] = []
        self.decisions: dict[str, list[Decision]] = {}
        self.uses: dict[str, list[CreditUse]] = {}
        self.views_follow = True

    @initialize(follow=st.sampled_from([True, True, False]))
    def views_follow_or_are_late(self, follow: bool) -> None:
        self.views_follow = follow

    def payment(self, posted: Posted) -> Payment:
        name = posted.payment_id
        return fold(posted, self.decisions.get(name, []), self.uses.get(name, []), [])

    def payments(self, status: PaymentStatus) -> list[Payment]:
        return [payment for payment in map(self.payment, self.posted) if payment.status is status]

    @rule(name=st.sampled_from("abcde"), kind=KINDS, cents=st.integers(0, 90_000), day=DAYS)
    def the_erp_calls_or_changes_a_due(self, name: str, kind: DueKind, cents: int, day: date) -> None:
        sign = -1 if kind in AIDS or (kind is DueKind.ADJUSTMENT and name in "ab") else 1
        after, before = a_due(name, sign * cents, day, kind), self.dues.get(name)
        days = before.spread.days if before and before.spread else ()
        self.put(*(spread_over(after, before, days, self.dues) if before else [after]))

    @precondition(lambda self: any(is_spreadable(due) for due in self.dues.values()))
    @rule(data=st.data(), count=st.integers(2, 5))
    def an_adjustment_is_spread(self, data: st.DataObject, count: int) -> None:
        held = data.draw(st.sampled_from([due for due in self.dues.values() if is_spreadable(due)]))
        self.put(*spread_over(held.called, held, monthly(DAY, count), self.dues))

    def put(self, *dues: Due) -> None:
        changes = [DueChange(self.dues.get(due.due_id), due) for due in dues]
        known = map(self.payment, self.posted) if self.views_follow else ()
        paid = payments_of_dues(known, "L1", {due.due_id for due in dues})
        history = History({**self.dues, **{due.due_id: due for due in dues}}, self.offsets, paid)
        outcome = charge(self.account, changes, DAY, CHART, history)
        self.dues.update({due.due_id: due for due in dues})
        self.charges += [outcome.entry] if outcome.entry else []
        self.remember(outcome)

    def remember(self, made: Charging) -> None:
        self.account = made.account
        self.offsets = [*self.offsets, *made.offsets]
        for use in made.uses:
            self.uses.setdefault(use.payment_id, []).append(use)

    @rule(cents=st.integers(1, 120_000), means=st.sampled_from([Means.TRANSFER, Means.CAF]))
    def money_comes(self, cents: int, means: Means) -> None:
        place = Pairing(Verdict.NEW, Bucket("0123456789", DAY, cents), len(self.posted) + 1)
        incoming = reported(a_credit(cents, means=means))
        row, changed = post_receipt(CHART, Household.alone(self.account), incoming, ON_LEASE, place, "at")
        self.account = changed["L1"]
        self.posted.append(row)

    @precondition(lambda self: self.account.open_dues)
    @rule(data=st.data(), parts=st.integers(1, 4))
    def a_plan_is_agreed(self, data: st.DataObject, parts: int) -> None:
        some = st.lists(st.sampled_from(self.account.open_dues), min_size=1, unique=True)
        covered = tuple((due.due_id, due.open_cents) for due in data.draw(some))
        total = sum(cents for _, cents in covered)
        days = [DAY + timedelta(days=30 * n) for n in range(parts)]
        shares = [total // parts + (n < total % parts) for n in range(parts)]
        plan = InstalmentPlan(1, tuple(map(Instalment, days, shares)), covered)
        self.account = replace(self.account, plan=plan)

    @rule()
    def the_plan_ends(self) -> None:
        self.account = replace(self.account, plan=None)

    @precondition(lambda self: self.payments(PaymentStatus.POSTED))
    @rule(data=st.data())
    def a_person_takes_it_off(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.payments(PaymentStatus.POSTED)))
        accounts, histories = {"L1": self.account}, {"L1": History(dict(self.dues), self.offsets)}
        decision, (made,) = unassign(payment, accounts, histories, IN_SUSPENSE, CHART, DAY, "me", "at")
        self.decisions.setdefault(payment.payment_id, []).append(decision)
        self.remember(made)

    @precondition(lambda self: self.payments(PaymentStatus.SUSPENSE))
    @rule(data=st.data())
    def a_person_puts_it_back(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.payments(PaymentStatus.SUSPENSE)))
        target = data.draw(st.lists(st.sampled_from("abcde"), max_size=2))
        decision, (made,) = assign(
            payment, Household.alone(self.account), BY_PERSON, Choice(tuple(target)), CHART, DAY, "me", "at"
        )
        self.decisions.setdefault(payment.payment_id, []).append(decision)
        self.remember(made)

    @precondition(lambda self: self.reversible())
    @rule(data=st.data(), waited=st.booleans())
    def money_goes_back(self, data: st.DataObject, waited: bool) -> None:
        payment = data.draw(st.sampled_from(self.reversible()))
        whole = data.draw(st.booleans())
        cents = payment.left_cents if whole else data.draw(st.integers(1, payment.left_cents))
        reversal = Reversal(f"R{len(payment.reversals)}", cents, DAY, "AM04")
        order = TakeBack(reversal, Role.SUSPENSE if waited else Role.BANK, DAY, {}, "quitus", "at")
        accounts, histories = {"L1": self.account}, {"L1": History(dict(self.dues), self.offsets)}
        decision, made = take_back(payment, accounts, histories, order, CHART)
        self.decisions.setdefault(payment.payment_id, []).append(decision)
        for one in made:
            self.remember(one)

    def reversible(self) -> list[Payment]:
        return [*self.payments(PaymentStatus.POSTED), *self.payments(PaymentStatus.SUSPENSE)]

    @precondition(lambda self: self.deniable())
    @rule(data=st.data())
    def the_bank_never_booked_what_went_back(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.deniable()))
        decision = restored(payment, payment.reversals[0].reversal_id, {}, "me", "at")
        self.decisions[payment.payment_id].append(decision)

    def deniable(self) -> list[Payment]:
        return [payment for payment in self.payments(PaymentStatus.REVERSED) if len(payment.reversals) == 1]

    @precondition(lambda self: self.payments(PaymentStatus.REVERSED))
    @rule(data=st.data())
    def nobody_takes_back_more_than_there_is(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.payments(PaymentStatus.REVERSED)))
        order = TakeBack(Reversal("R", 1, DAY), Role.BANK, DAY, {}, "quitus", "at")
        with pytest.raises(Conflict):
            take_back(payment, {"L1": self.account}, {"L1": History()}, order, CHART)

    def came(self, debtor: Debtor) -> int:
        on_lease = self.payments(PaymentStatus.POSTED)
        return sum(payment.left_cents for payment in on_lease if payment.debtor is debtor)

    @invariant()
    def the_balance_is_what_was_called_less_what_came(self) -> None:
        called = sum(due.amount_cents for due in self.dues.values())
        assert self.account.balance_cents == called - self.came(Debtor.TENANT)

    @invariant()
    def the_payer_of_the_aid_owes_what_aids_call_less_what_it_sent(self) -> None:
        aids = sum(due.amount_cents for due in self.dues.values() if due.kind.is_awaited)
        assert self.account.aid_open_cents == -aids - self.came(Debtor.PAYER)

    @invariant()
    def the_entries_say_the_same(self) -> None:
        lines = [line for entry in (*self.entries(), *self.charges) for line in entry.lines]
        assert owed(line for line in lines if line.auxiliary == "L1") == self.account.balance_cents
        assert owed(line for line in lines if line.account in ("467", "4197")) == self.account.aid_open_cents

    @invariant()
    def the_chain_has_no_gap_and_every_hash_is_right(self) -> None:
        previous = None
        for sequence, entry in enumerate(self.entries(), 1):
            assert (entry.sequence, entry.previous_hash) == (sequence, previous)
            assert seal(entry).hash == entry.hash
            previous = entry.hash
        assert self.account.last_hash == previous

    @invariant()
    def each_payment_explains_where_every_cent_is(self) -> None:
        for payment in self.payments(PaymentStatus.POSTED):
            allocated = sum(allocation.amount_cents for allocation in payment.allocations)
            assert allocated + payment.credit_cents == payment.left_cents
            held = self.account.facing(payment.debtor).credits
            lots = sum(lot.cents for lot in held if lot.source == payment.payment_id)
            assert lots == payment.credit_cents

    @invariant()
    def allocations_follow_what_is_called(self) -> None:
        if not self.views_follow:
            return
        for debtor in Debtor:
            settled = Counter[str]()
            for payment in self.payments(PaymentStatus.POSTED):
                for item in payment.allocations if payment.debtor is debtor else ():
                    settled[item.due_id] += item.amount_cents
            held = {due.due_id: due.open_cents for due in self.account.facing(debtor).open_dues}
            called = {name: max(due.facing(debtor).amount_cents, 0) for name, due in self.dues.items()}
            assert all(0 < cents <= called[name] - held.get(name, 0) for name, cents in settled.items())

    @invariant()
    def nothing_is_left_of_what_went_back(self) -> None:
        for payment in self.payments(PaymentStatus.REVERSED):
            assert (payment.allocations, payment.credit_cents, payment.left_cents) == ((), 0, 0)

    @invariant()
    def nothing_is_owed_while_credit_lies_idle(self) -> None:
        for debtor in Debtor:
            facing = self.account.facing(debtor)
            assert not (facing.open_dues and facing.credits)
            called = {name: due.facing(debtor).amount_cents for name, due in self.dues.items()}
            assert all(0 < due.open_cents <= called[due.due_id] for due in facing.open_dues)

    @invariant()
    def no_spending_is_undone_beyond_what_was_spent(self) -> None:
        spent = Counter[tuple[Debtor, str, str]]()
        for offset in self.offsets:
            spent[offset.debtor, offset.source_due_id, offset.due_id] += offset.cents
        assert min(spent.values(), default=0) >= 0

    def entries(self) -> list[Entry]:
        found = [entry for posted in self.posted for entry in self.payment(posted).entries if entry.lease_id]
        return sorted(found, key=lambda entry: entry.sequence)


def is_spreadable(due: Due) -> bool:
    return due.kind is DueKind.ADJUSTMENT and due.line_of is None and due.called.amount_cents > 0


def owed(lines: Iterable[Line]) -> int:
    return sum(line.debit_cents - line.credit_cents for line in lines)


TestLeaseLife = LeaseLife.TestCase
TestLeaseLife.settings = settings(max_examples=LIVES, stateful_step_count=40, deadline=None)
