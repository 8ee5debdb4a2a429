"""Bugs that others have made, each as it would be sown into the code, and what must find it.

A bug that nothing finds any more says that the simulation has grown blind, not that the code is right.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from simulation.cloud import Fault
from simulation.day import by_chance, in_order
from simulation.pairs import Moments, end, schedules_of
from simulation.story import check
from simulation.world import World, single

import forward_changes.app
import post_movements.app
import update_views.app
from quitus import bootstrap
from quitus.adapters import account_records, action_log, file_rows, ledger_rows, outbox_rows, payment_view_rows
from quitus.adapters.changes import forward as forward_changed
from quitus.adapters.erp_outbox import ErpOutboxRows
from quitus.adapters.ledger_rows import LedgerRows
from quitus.adapters.payment_view_rows import PaymentViewRows
from quitus.adapters.sqs_batch import each_message
from quitus.banking.camt import entries
from quitus.domain import allocation, household, ledger, posting, reversing, taking_off, views
from quitus.domain.erp_batch import Outcome
from quitus.domain.identity import Bucket
from quitus.domain.incoming import Incoming
from quitus.domain.ledger import Chart, Entry, seal
from quitus.domain.pairing import Pairing, Register, Verdict
from quitus.services import bank_intake, idempotent_requests, push_erp, take_back
from quitus.services import post_movements as posting_of_movements
from quitus.services.idempotent_requests import Attempt, Once
from quitus.services.resume import unsent
from quitus.services.sweep import Sweep
from quitus.services.table import Put, Stale, Update, Write

type Sow = Callable[[pytest.MonkeyPatch], None]
type Instrument = Callable[[World, Moments], Iterator[None]]
"""Plays what shows the bug, one thing after the other; raises when something does not hold."""


@dataclass(frozen=True)
class Bug:
    """What is sown, and the instrument that must find it."""

    sow: Sow
    instrument: Instrument | None
    """None: small stories find it."""


_BUGS: dict[str, Bug] = {}
BUGS: Mapping[str, Bug] = MappingProxyType(_BUGS)


SMALL_STORIES = None


def found_by(instrument: Instrument | None) -> Callable[[Sow], Sow]:
    """Adds a bug to the library."""

    def add(sow: Sow) -> Sow:
        _BUGS[sow.__name__] = Bug(sow, instrument)
        return sow

    return add


def the_day(world: World, moments: Moments) -> Iterator[None]:
    """The day as it usually goes."""
    world.forget_and_become(moments.morning)
    in_order(world)
    check(world)
    yield


def fault(kind: Fault, name: str) -> Instrument:
    """The day with one fault, at each call of a name in turn."""

    def play(world: World, moments: Moments) -> Iterator[None]:
        yield from the_day(world, moments)
        calls = [call for call, called in enumerate(world.turnstile.names, 1) if called == name]
        for call in calls:
            world.forget_and_become(moments.morning)
            world.turnstile.plan = single(call, kind)
            in_order(world)
            check(world)
            yield

    return play


def pair(name: str) -> Instrument:
    """Two handlers at once."""

    def play(world: World, moments: Moments) -> Iterator[None]:
        for _ in schedules_of(world, moments, name).each():
            end(world)
            yield

    return play


def chances(seeds: Iterable[int]) -> Instrument:
    """The day by chance."""

    def play(world: World, moments: Moments) -> Iterator[None]:
        for seed in seeds:
            world.forget_and_become(moments.morning)
            by_chance(world, random.Random(seed))
            check(world)
            yield

    return play


def unconditional(write: Write) -> Write:
    return replace(write, condition=None)


# Writing to the table


@found_by(SMALL_STORIES)
def a_row_is_written_over(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger_rows, "NEVER_POSTED", None)


@found_by(pair("notice and statement"))
def an_account_is_read_changed_and_written_back(patch: pytest.MonkeyPatch) -> None:
    true = ledger_rows.account_write
    patch.setattr(ledger_rows, "account_write", lambda *of: unconditional(true(*of)))


@found_by(SMALL_STORIES)
def a_posting_is_two_transactions(patch: pytest.MonkeyPatch) -> None:
    def commit(rows: LedgerRows, landlord_id: str, plan: posting.Plan, at: str, decided: Any = None) -> None:
        for unit in rows._units(landlord_id, plan, at, decided or {}):
            for write in unit:
                rows._table.write([write])

    patch.setattr(LedgerRows, "commit", commit)


@found_by(SMALL_STORIES)
def a_conflict_is_taken_for_success(patch: pytest.MonkeyPatch) -> None:
    true = LedgerRows.commit

    def commit(rows: LedgerRows, *of: Any) -> None:
        try:
            true(rows, *of)
        except Stale:
            return

    patch.setattr(LedgerRows, "commit", commit)


@found_by(SMALL_STORIES)
def a_credit_is_not_kept(patch: pytest.MonkeyPatch) -> None:
    true = account_records.account_row
    patch.setattr(ledger_rows, "account_row", lambda account: true(replace(account, credits=())))


# Telling movements apart


@found_by(SMALL_STORIES)
def a_debit_stays_what_it_was_told_as_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(posting_of_movements, "turned_to_return", lambda *of: None)


@found_by(SMALL_STORIES)
def every_report_is_new(patch: pytest.MonkeyPatch) -> None:
    true = Register.pair

    def pair(register: Register, bucket: Bucket, reports: Sequence[Any]) -> list[Pairing]:
        found = true(register, bucket, reports)
        free = max((known.ordinal for known in register.of(bucket)), default=0)
        return [
            Pairing(Verdict.NEW, bucket, free + place) if one.verdict is Verdict.SAME else one
            for place, one in enumerate(found, 1)
        ]

    patch.setattr(Register, "pair", pair)


@found_by(the_day)
def equal_payments_are_one(patch: pytest.MonkeyPatch) -> None:
    true = Register.pair

    def pair(register: Register, bucket: Bucket, reports: Sequence[Any]) -> list[Pairing]:
        found, first = true(register, bucket, reports), Pairing(Verdict.SAME, bucket, 1)
        return [first if one.verdict is Verdict.NEW and one.ordinal > 1 else one for one in found]

    patch.setattr(Register, "pair", pair)


@found_by(the_day)
def other_channels_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LedgerRows, "register", lambda *of: Register())


@found_by(the_day)
def the_day_is_that_of_the_message(patch: pytest.MonkeyPatch) -> None:
    true = vars(Incoming)["bucket"].fget

    def bucket(incoming: Incoming) -> Bucket:
        of_movement: Bucket = true(incoming)
        return of_movement._replace(day=of_movement.day.replace(day=1 + len(incoming.source.channel)))

    patch.setattr(Incoming, "bucket", property(bucket))


@found_by(fault(Fault.KILLED_AFTER, "table.write"))
def an_event_counts_as_posted_once_it_was_seen(patch: pytest.MonkeyPatch) -> None:
    seen = set[str]()

    class Hasty:
        """Posts nothing of an event that it saw before."""

        def post(self, body: str) -> None:
            if body not in seen:
                seen.add(body)
                true().post(body)

    true = bootstrap.event_poster
    patch.setattr(bootstrap, "event_poster", Hasty)


# Amounts and signs


@found_by(the_day)
def amounts_are_floats(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(entries, "cents", lambda text: int(float(text) * 100))


@found_by(SMALL_STORIES)
def what_goes_back_is_received_again(patch: pytest.MonkeyPatch) -> None:
    true = reversing.take_back

    def twice(payment: Any, accounts: Any, histories: Any, order: Any, chart: Chart) -> Any:
        decision, made = true(payment, accounts, histories, order, chart)
        received = replace(order.reversal, amount_cents=-order.reversal.amount_cents)
        return replace(decision, reversal=received), made

    patch.setattr(take_back, "take_back", twice)


@found_by(SMALL_STORIES)
def what_was_paid_stays_owed(patch: pytest.MonkeyPatch) -> None:
    true = allocation.settle
    patch.setattr(household, "settle", lambda dues, *of, **how: true(dues, *of, **how)._replace(open_dues=tuple(dues)))


@found_by(the_day)
def what_is_too_much_is_dropped(patch: pytest.MonkeyPatch) -> None:
    true = allocation.settle
    patch.setattr(household, "settle", lambda *of, **how: true(*of, **how)._replace(rest_cents=0))


@found_by(SMALL_STORIES)
def dues_are_not_owed_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(taking_off, "reopen", lambda account, *of: (account, ()))


@found_by(the_day)
def debit_and_credit_are_swapped(patch: pytest.MonkeyPatch) -> None:
    debit, credit = Chart.debit, Chart.credit
    patch.setattr(Chart, "debit", credit)
    patch.setattr(Chart, "credit", debit)


@found_by(SMALL_STORIES)
def an_entry_is_not_chained(patch: pytest.MonkeyPatch) -> None:
    true = ledger.sealed
    patch.setattr(household, "sealed", lambda *fields: seal(replace(true(*fields), previous_hash=None)))


@found_by(the_day)
def an_entry_is_not_counted(patch: pytest.MonkeyPatch) -> None:
    true = account_records.account_row
    patch.setattr(ledger_rows, "account_row", lambda account: true(replace(account, sequence=account.sequence // 2)))


# Messages


@found_by(SMALL_STORIES)
def a_message_is_done_before_it_is_worked(patch: pytest.MonkeyPatch) -> None:
    true = each_message

    def each(*of: Any) -> dict[str, Any]:
        true(*of)
        return {"batchItemFailures": []}

    patch.setattr(post_movements.app, "each_message", each)


@found_by(SMALL_STORIES)
def what_fails_is_swallowed(patch: pytest.MonkeyPatch) -> None:
    true = post_movements.app.post

    def post(message: Any) -> None:
        try:
            true(message)
        except Exception:  # noqa: BLE001 - the bug itself
            return

    patch.setattr(post_movements.app, "post", post)


@found_by(fault(Fault.SLOW_DOWN, "sqs.send_message_batch"))
def the_stream_forgets_what_it_could_not_forward(patch: pytest.MonkeyPatch) -> None:
    true = forward_changed

    def forward(*of: Any) -> None:
        try:
            true(*of)
        except Exception:  # noqa: BLE001 - the bug itself
            return

    patch.setattr(forward_changes.app, "forward", forward)


@found_by(the_day)
def changes_are_not_followed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(update_views.app, "changed", lambda told: [])


# Files


@found_by(pair("statement twice"))
def a_batch_is_counted_each_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(file_rows, "NEVER_WORKED", None)


@found_by(SMALL_STORIES)
def nothing_is_swept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sweep, "_listed", lambda sweep: iter(()))
    patch.setattr(Sweep, "_expected", lambda sweep: iter(()))


@found_by(SMALL_STORIES)
def a_file_goes_on_behind_where_it_stopped(patch: pytest.MonkeyPatch) -> None:
    true = unsent
    patch.setattr(bank_intake, "unsent", lambda files, file, total: [] if file.batches else true(files, file, total))


# Requests


@found_by(pair("cheque twice"))
def a_request_that_comes_again_is_a_new_one(patch: pytest.MonkeyPatch) -> None:
    def run(once: Once, landlord: str, key: str, said: str, work: Callable[[Attempt], Any], **how: object) -> Any:
        return work(Attempt(uuid.uuid4().hex, once.clock.now()))

    patch.setattr(Once, "run", run)


@found_by(fault(Fault.LOST_ANSWER, "table.write"))
def a_request_has_another_name_when_it_comes_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(idempotent_requests, "_attempt", lambda key, now, kept: Attempt(uuid.uuid4().hex, now))


# The ERP


@found_by(SMALL_STORIES)
def the_erp_gets_a_new_key_each_time(patch: pytest.MonkeyPatch) -> None:
    true = ErpOutboxRows.lane

    def lane(rows: ErpOutboxRows, *of: Any) -> Any:
        held = true(rows, *of)
        return replace(held, batch_id=uuid.uuid4().hex) if held.batch else held

    patch.setattr(ErpOutboxRows, "lane", lane)


@found_by(chances(range(40)))
def a_batch_is_sent_again_with_what_came_since(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ErpOutboxRows, "items", lambda rows, feed, refs: rows.ready("semiga", feed, 100))


@found_by(SMALL_STORIES)
def an_entry_overtakes_the_one_before(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ErpOutboxRows, "_firsts", lambda rows, waiting: dict(sorted(waiting.items(), reverse=True)))


@found_by(SMALL_STORIES)
def what_the_erp_did_not_take_counts_as_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(push_erp, "Outcome", SimpleNamespace(ACCEPTED=Outcome.FAILED, REFUSED=Outcome.REFUSED))


@found_by(SMALL_STORIES)
def an_entry_is_told_to_the_erp_at_each_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox_rows, "NEVER_RECORDED", None)
    patch.setattr(views.ViewChange, "new_entries", property(lambda change: change.payment.entries))


@found_by(SMALL_STORIES)
def what_is_on_no_lease_is_not_told(patch: pytest.MonkeyPatch) -> None:
    true = outbox_rows.entry_puts

    def puts(landlord_id: str, entry: Entry, *of: Any, pushed: bool) -> list[Put]:
        return true(landlord_id, entry, *of, pushed=pushed and entry.lease_id is not None)

    patch.setattr(payment_view_rows, "entry_puts", puts)


@found_by(SMALL_STORIES)
def what_goes_back_is_not_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(views.ViewChange, "new_reversals", property(lambda change: ()))


# Views


@found_by(SMALL_STORIES)
def counters_are_added_to_at_each_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(views.ViewChange, "counters", property(lambda change: change.after.contribution))


@found_by(pair("views of two payments"))
def a_counter_is_read_changed_and_written_back(patch: pytest.MonkeyPatch) -> None:
    true = PaymentViewRows.__init__
    patch.setattr(PaymentViewRows, "__init__", lambda rows, table: true(rows, _Careless(table)))


class _Careless:
    """A table that does not add, but reads and sets."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def write(self, writes: Sequence[Write]) -> None:
        self._table.write([self._without_add(write) for write in writes])

    def _without_add(self, write: Write) -> Write:
        if not isinstance(write, Update) or not write.add:
            return write
        held = self._table.get(write.key) or {}
        sums = {name: held.get(name, 0) + amount for name, amount in write.add.items()}
        return replace(write, add={}, set={**write.set, **sums})


# The action log


@found_by(the_day)
def what_was_decided_is_not_logged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(action_log.S3ActionLog, "record", lambda *of: None)
