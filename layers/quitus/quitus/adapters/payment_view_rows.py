"""The views of payments on the table.

A payment's view row remembers what it added to the counters: one transaction replaces the row under its version and
adds the difference, so that a change that comes twice, late or out of order counts once. Entries beyond what one
transaction holds go before it, each once by its own row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import batched
from typing import Any

from quitus.adapters import keys, view_keys
from quitus.adapters.alert_rows import alert_row, announce
from quitus.adapters.ledger_rows import payment_of
from quitus.adapters.outbox_rows import entry_key, entry_puts, numbered_put, taken_back_put
from quitus.domain.alert import AlertKind
from quitus.domain.erp_batch import Feed, TakenBack
from quitus.domain.erp_notices import LastNotice
from quitus.domain.identity import Bucket, account_tag
from quitus.domain.ledger import Entry
from quitus.domain.movement import Means, Nature
from quitus.domain.payment import Awaiting, Payment, PaymentStatus
from quitus.domain.pending import detail_names, may_be_total, total_names
from quitus.domain.returned import Return
from quitus.domain.tracing import ties
from quitus.domain.views import (
    Collection,
    Contribution,
    Counter,
    Home,
    LedgerDay,
    ReceiptsCounter,
    Shown,
    ViewChange,
    alert_of,
    entry_rule,
    is_unstated,
    moved_by,
)
from quitus.services.payment_answer import payment_answer
from quitus.services.payment_views import PaymentName
from quitus.services.table import MAX_WRITES, Is, Key, New, Put, Row, Table, Update, Write

_LISTED = frozenset({PaymentStatus.SUSPENSE, PaymentStatus.PENDING})
OTHER = "other"
_ENTRIES_AT_ONCE = 40
NEVER_SHOWN = New()


class PaymentViewRows:
    """`payment_views.PaymentViewStore` on a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def payments(self, landlord_id: str, names: Iterable[PaymentName]) -> list[Payment]:
        """See `PaymentViewStore.payments`."""
        by_bucket: dict[Bucket, set[int]] = {}
        for bucket, ordinal in names:
            by_bucket.setdefault(bucket, set()).add(ordinal)
        found = (
            payment_of(bucket, ordinal, rows)
            for bucket, ordinals in by_bucket.items()
            for ordinal, rows in self._movements(landlord_id, bucket, ordinals)
        )
        return [payment for payment in found if payment is not None]

    def _movements(self, landlord_id: str, bucket: Bucket, ordinals: set[int]) -> Iterator[tuple[int, list[Row]]]:
        rows = self._table.query(keys.movement_partition(landlord_id, bucket)).rows
        for ordinal in sorted(ordinals):
            place = keys.ordinal_text(ordinal)
            yield ordinal, [row for row in rows if row["SK"].partition("#")[0] == place]

    def shown(self, landlord_id: str, payments: Iterable[Payment]) -> Mapping[str, Shown]:
        """See `PaymentViewStore.shown`."""
        wanted = {view_key(landlord_id, payment): payment.payment_id for payment in payments}
        return {wanted[key]: _shown_of(row) for key, row in self._table.batch_get(wanted).items()}

    def homes(self, landlord_id: str, lease_ids: Iterable[str]) -> Mapping[str, Home]:
        """See `PaymentViewStore.homes`."""
        wanted = {keys.lease(landlord_id, lease_id): lease_id for lease_id in lease_ids}
        rows = self._table.batch_get(wanted)
        return {wanted[key]: Home(row["residence_id"], row["commune"]) for key, row in rows.items()}

    def apply(self, landlord_id: str, changes: Sequence[ViewChange], at: str, *, pushed: bool) -> None:
        """See `PaymentViewStore.apply`."""
        self._open_days(landlord_id, {day for change in changes for day in _days(change.payment)})
        transaction = _Transaction(landlord_id, at, pushed=pushed)
        for change in changes:
            entries = change.new_entries
            if not _Transaction(landlord_id, at, pushed=pushed).holds(change, entries):
                self._record(landlord_id, change.payment, entries, pushed=pushed)
                entries = ()
            if not transaction.holds(change, entries):
                self._table.write(transaction.writes)
                transaction = _Transaction(landlord_id, at, pushed=pushed)
            transaction.add(change, entries)
        self._table.write(transaction.writes)
        for change in changes:
            for kind in change.raised:
                announce(landlord_id, alert_of(change.payment, kind))

    def _record(self, landlord_id: str, payment: Payment, entries: Sequence[Entry], *, pushed: bool) -> None:
        """Entries that are too many for the view's transaction; an attempt before may have written some of them."""
        places = {entry_key(landlord_id, entry, payment.payment_id): entry for entry in entries}
        recorded = self._table.batch_get(places)
        missing = [entry for key, entry in places.items() if key not in recorded]
        for some in batched(missing, _ENTRIES_AT_ONCE, strict=False):
            self._table.write(_entry_writes(landlord_id, payment, some, pushed=pushed))

    def _open_days(self, landlord_id: str, days: set[date]) -> None:
        wanted = {Key(view_keys.payment_days(landlord_id), day.isoformat()) for day in days}
        for key in wanted - self._table.batch_get(wanted).keys():
            self._table.write([Put(key.row(day=key.sk))])


class _Transaction:
    """Changes of several payments with one update per counter."""

    def __init__(self, landlord_id: str, at: str, *, pushed: bool) -> None:
        self._landlord_id = landlord_id
        self._at = at
        self._pushed = pushed
        self._rows: list[Write] = []
        self._counters: dict[Counter, dict[str, int]] = {}

    @property
    def writes(self) -> list[Write]:
        """Everything to write."""
        counters = (_counter_update(self._landlord_id, *item) for item in self._counters.items())
        return [*self._rows, *counters]

    def holds(self, change: ViewChange, entries: Sequence[Entry]) -> bool:
        """Whether there is room for this change and these entries too."""
        rows = 1 + 2 * len(entries) + len(change.raised) + len(change.closed)
        rows += len(change.new_reversals) + len(change.told_anew)
        counters = self._counters.keys() | change.counters.keys()
        return len(self._rows) + rows + len(counters) <= MAX_WRITES

    def add(self, change: ViewChange, entries: Sequence[Entry]) -> None:
        """Add the change of one payment with these of its new entries."""
        self._rows.append(_view_put(self._landlord_id, change))
        self._rows += _entry_writes(self._landlord_id, change.payment, entries, pushed=self._pushed)
        if self._pushed:
            self._rows += _reversal_writes(self._landlord_id, change)
            self._rows += (numbered_put(self._landlord_id, *notice) for notice in change.new_notices)
        self._rows += _alert_writes(self._landlord_id, change, self._at)
        for counter, amounts in change.counters.items():
            held = self._counters.setdefault(counter, {})
            for name, amount in amounts.items():
                held[name] = held.get(name, 0) + amount


def _entry_writes(landlord_id: str, payment: Payment, entries: Iterable[Entry], *, pushed: bool) -> list[Write]:
    payment_id = payment.payment_id
    return [
        put
        for entry in entries
        for put in entry_puts(
            landlord_id, entry, payment_id, entry_rule(payment, entry), moved_by(payment, entry), pushed=pushed
        )
    ]


def _reversal_writes(landlord_id: str, change: ViewChange) -> Iterator[Write]:
    payment, new = change.payment, change.new_reversals
    told = payment.void_reversals + len(payment.reversals) - len(new)
    for number, reversal in enumerate(new, told + 1):
        taken = TakenBack(
            reversal.reversal_id,
            payment.payment_id,
            payment.lease_id,
            reversal.amount_cents,
            reversal.booking_date.isoformat(),
            reversal.reason,
        )
        yield taken_back_put(landlord_id, taken, number)


def view_key(landlord_id: str, payment: Payment) -> Key:
    """Where the view of a payment stands: for ever, so that what can become a payment, or be one no more, stands where
    payments do; bank lines that never are one stand apart, with those that turned out to be returns.
    """
    day = payment.posted.bucket.day
    partition = view_keys.other_lines_of_day if _stands_apart(payment) else view_keys.payments_of_day
    return Key(partition(landlord_id, day), payment.payment_id)


def _stands_apart(payment: Payment) -> bool:
    return (payment.is_turned and not payment.posted.is_return) or _is_no_payment(payment)


def _is_no_payment(payment: Payment) -> bool:
    return payment.is_other or bool(payment.refund_ids)


def _days(payment: Payment) -> set[date]:
    """The days on which lists and counters may show it."""
    own = set() if _is_no_payment(payment) else {payment.posted.bucket.day}
    taken_back = {reversal.booking_date for reversal in payment.reversals}
    return own | taken_back | {entry.booking_date for entry in payment.entries}


def _view_put(landlord_id: str, change: ViewChange) -> Put:
    key = view_key(landlord_id, change.payment)
    row = key.row(**_public(change.payment, change.after), **_private(change.payment, change.after))
    if change.payment.is_listed:
        row |= {"payment": payment_answer(change.payment)} | _listing(landlord_id, change.payment)
    return Put(row, NEVER_SHOWN if change.before is None else Is("version", change.before.version))


def _public(payment: Payment, shown: Shown) -> Row:
    home = shown.homes.get(payment.lease_id or "")
    movement = payment.posted.incoming.said
    row: Row = {
        "payment_id": payment.payment_id,
        "status": OTHER if payment.is_bank_line else payment.status.value,
        "nature": _nature(payment).value,
        "amount_cents": payment.amount_cents if payment.is_bank_line else abs(payment.amount_cents),
        "left_cents": payment.left_cents if payment.reversals else None,
        "booking_date": movement.booking_date.isoformat(),
        "means": movement.means.value,
        "debtor_name": movement.debtor_name,
        "remittance": movement.remittance,
        "lease_id": payment.lease_id,
        "residence_id": home.residence_id if home else None,
        "commune": home.commune if home else None,
        "account": payment.posted.bucket.account,
        "stated": not is_unstated(payment),
        "is_said": True if payment.is_bank_line and not payment.is_other else None,
        "credit_cents": payment.credit_cents,
        "posted_at": payment.posted.posted_at,
    }
    return {name: value for name, value in row.items() if value is not None}


def _nature(payment: Payment) -> Nature:
    if payment.is_return:
        return Nature.RETURN
    return Nature.OTHER if payment.posted.is_plain else payment.posted.incoming.movement.nature


def _listing(landlord_id: str, payment: Payment) -> Row:
    if payment.status not in _LISTED:
        return {}
    return {
        "GSI1PK": view_keys.payments_with_status(landlord_id, payment.status.value),
        "GSI1SK": f"{payment.posted.bucket.day.isoformat()}#{payment.payment_id}",
    }


def _private(payment: Payment, shown: Shown) -> Row:
    row: Row = {
        "version": shown.version,
        "contribution": [_counted(counter, amounts) for counter, amounts in shown.contribution.items()],
        "entries": sorted(shown.entries),
        "alerts": sorted(kind.value for kind in shown.alerts),
    }
    if len(shown.homes) > 1:
        row["homes"] = {lease_id: [home.residence_id, home.commune] for lease_id, home in shown.homes.items()}
    if shown.reversals:
        row["reversals"] = shown.reversals
    if shown.notices:
        row["notices"] = {feed.value: [last.number, last.digest] for feed, last in shown.notices.items()}
    if told := sorted({report.reference_told for report in payment.reports if report.reference_told}):
        row["told"] = told
    names = total_names(payment) if may_be_total(payment) else detail_names(payment)
    if names:
        row["batch"] = sorted(names)
    if payment.awaiting is Awaiting.ORIGINAL:
        returned = Return(payment.reports)
        row |= {"takes_back": sorted(returned.amounts), "originals": sorted(returned.named)}
        row["ties"] = sorted(ties(returned))
    if payment.is_replaced:
        row["replaced_by"] = list(payment.replaced_by)
    return row


def _shown_of(row: Row) -> Shown:
    return Shown(
        version=row["version"],
        homes=homes_of(row),
        contribution=_contribution_of(row["contribution"]),
        entries=frozenset(row["entries"]),
        alerts=frozenset(AlertKind(kind) for kind in row["alerts"]),
        reversals=row.get("reversals", 0),
        notices={Feed(feed): LastNotice(*last) for feed, last in row.get("notices", {}).items()},
    )


def homes_of(row: Row) -> dict[str, Home]:
    """Where the leases are that a shown payment is of, its own first."""
    own = {row["lease_id"]: Home(row["residence_id"], row["commune"])} if "residence_id" in row else {}
    return own | {lease_id: Home(*place) for lease_id, place in row.get("homes", {}).items()}


def _counted(counter: Counter, amounts: Mapping[str, int]) -> list[Any]:
    match counter:
        case ReceiptsCounter(day, residence_id, commune, means):
            return ["receipts", [day.isoformat(), residence_id, commune, means.value], dict(amounts)]
        case LedgerDay(account, day):
            return ["ledger", [account, day.isoformat()], dict(amounts)]
        case Collection(day, means):
            return ["collection", [day.isoformat() if day else None, means.value], dict(amounts)]


def _contribution_of(rows: Iterable[Sequence[Any]]) -> Contribution:
    found: dict[Counter, Mapping[str, int]] = {}
    for kind, place, amounts in rows:
        if kind == "receipts":
            day, residence_id, commune, means = place
            found[ReceiptsCounter(date.fromisoformat(day), residence_id, commune, Means(means))] = amounts
        elif kind == "collection":
            day, means = place
            found[Collection(date.fromisoformat(day) if day else None, Means(means))] = amounts
        else:
            account, day = place
            found[LedgerDay(account, date.fromisoformat(day))] = amounts
    return found


def _counter_update(landlord_id: str, counter: Counter, amounts: Mapping[str, int]) -> Update:
    match counter:
        case ReceiptsCounter(day, residence_id, commune, means):
            key = Key(view_keys.receipts_of_day(landlord_id, day), f"{residence_id}#{commune}#{means.value}")
            named = {"residence_id": residence_id, "commune": commune, "means": means.value}
        case LedgerDay(account, day):
            key = Key(view_keys.ledger_days(landlord_id, account_tag(account)), day.isoformat())
            named = {"account": account}
        case Collection(day, means):
            key = view_keys.collection(landlord_id, means.value, day)
            named = {"means": means.value}
    return Update(key, set=({"day": day.isoformat()} if day else {}) | named, add=amounts)


def _alert_writes(landlord_id: str, change: ViewChange, at: str) -> Iterator[Write]:
    since = at if change.before else change.payment.posted.posted_at
    for kind in sorted(change.raised):
        yield Put(alert_row(landlord_id, alert_of(change.payment, kind), since))
    for kind in sorted(change.closed):
        alert = alert_of(change.payment, kind)
        yield Update(keys.alert(landlord_id, alert.alert_id), set={"closed_at": at})
