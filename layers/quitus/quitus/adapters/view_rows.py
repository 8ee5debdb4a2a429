"""Reading the views: lists and counters that `update_views` keeps, seconds behind the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from heapq import merge
from itertools import takewhile
from typing import Any

from quitus.adapters import closing_keys, keys, records, view_keys
from quitus.adapters.alert_rows import shown_alert
from quitus.adapters.listings import listed
from quitus.adapters.payment_view_rows import OTHER, homes_of
from quitus.adapters.shown_payments import payments_on, view_place
from quitus.domain.identity import account_tag
from quitus.domain.matching import PAYER, SuspenseReason
from quitus.domain.money import Cents
from quitus.domain.movement import Means
from quitus.domain.payment import Awaiting, PaymentStatus
from quitus.services.dashboard import Receipts
from quitus.services.pending_checks import ListedPayment
from quitus.services.proof import LedgerSide, Unstated
from quitus.services.read_alerts import ShownAlert
from quitus.services.read_payments import BankLine, ShownPayment, Standing
from quitus.services.table import Row, Table
from quitus.services.write_exports import BookedEntry

_READ_AT_ONCE = 200
_ONE_DAY = timedelta(days=1)


class ViewRows:
    """The reading ports of the API and of exports on a table's views."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def residences(self, landlord_id: str) -> Mapping[str, str]:
        """See `read_leases.Residences`."""
        return {row["SK"]: row["name"] for row in self._partition(view_keys.residences(landlord_id))}

    def payments(
        self, landlord_id: str, first: date | None, last: date | None, after: tuple[str, str] | None
    ) -> Iterator[ShownPayment]:
        """See `read_payments.PaymentListings`."""
        started_on, payment_id = after or (None, None)
        newest = date.fromisoformat(started_on) if started_on else last
        for day in self._days(landlord_id, first, newest, newest_first=True):
            start = payment_id if day.isoformat() == started_on else None
            for row in self._payments_of_day(landlord_id, day, after=start):
                if "payment" in row:
                    yield _shown(row)

    def payments_with_status(
        self, landlord_id: str, status: str, after: tuple[str, str] | None
    ) -> Iterator[ShownPayment]:
        """See `read_payments.PaymentListings`. Goes on by place: a row may leave the list between two pages."""
        found = listed(self._table, view_keys.payments_with_status(landlord_id, status), newest_first=True)
        for shown in map(_shown, found):
            if after is None or (shown.day, shown.payment_id) < after:
                yield shown

    def bank_lines(self, landlord_id: str, day: date, after: str | None) -> Iterator[BankLine]:
        """See `PaymentListings`."""
        for row in self._partition(view_keys.other_lines_of_day(landlord_id, day), after=after):
            if row["status"] == OTHER and not row.get("is_said"):
                yield _bank_line(row)

    def payments_between(self, landlord_id: str, first: date, last: date) -> Iterator[ShownPayment]:
        """See `write_exports.Books`."""
        for day in self._days(landlord_id, first, last):
            yield from (_shown(row) for row in self._payments_of_day(landlord_id, day) if "payment" in row)

    def waiting(self, landlord_id: str) -> Iterator[ListedPayment]:
        """See `pending_checks.PendingLists`."""
        for status in (PaymentStatus.PENDING, PaymentStatus.SUSPENSE):
            listing = view_keys.payments_with_status(landlord_id, status.value)
            yield from map(_listed, listed(self._table, listing, newest_first=True))

    def of_days(self, landlord_id: str, first: date, last: date) -> Iterator[ListedPayment]:
        """See `pending_checks.PendingLists`."""
        for day in self._days(landlord_id, first, last):
            yield from map(_listed, self._payments_of_day(landlord_id, day))

    def entries_between(self, landlord_id: str, first: date, last: date) -> Iterator[BookedEntry]:
        """See `write_exports.Books`."""
        for day in self._days(landlord_id, first, last):
            yield from map(_booked, self._partition(closing_keys.entries_of_day(landlord_id, day)))

    def entries(self, landlord_id: str, lease_id: str, after: int | None) -> Iterator[BookedEntry]:
        """See `read_entries.Journals`."""
        start = None if after is None else keys.entry(landlord_id, lease_id, after).sk
        pk = keys.lease_partition(landlord_id, lease_id)
        yield from map(_booked, self._partition(pk, keys.CHAIN, after=start))

    def payments_on(self, landlord_id: str, lease_id: str) -> Iterator[Mapping[str, Any]]:
        """See `read_shares.LeasePayments`."""
        return payments_on(self._table, landlord_id, lease_id)

    def charges(self, landlord_id: str, lease_id: str, after: int | None) -> Iterator[BookedEntry]:
        """See `read_entries.Journals`."""
        start = None if after is None else keys.charge(landlord_id, lease_id, after).sk
        for row in self._partition(keys.lease_partition(landlord_id, lease_id), keys.CHARGES, after=start):
            if row.get("entry"):
                yield BookedEntry(records.entry_of(row["entry"]), None, None)

    def standings(self, landlord_id: str, payment_ids: Iterable[str]) -> Mapping[str, Standing]:
        """See `read_payments.Standings`."""
        places = {view_place(landlord_id, name): name for name in payment_ids}
        rows = self._table.batch_get(places)
        return {places[key]: _standing(row) for key, row in rows.items()}

    def receipts(self, landlord_id: str, first: date, last: date) -> Iterator[Receipts]:
        """See `dashboard.Counters`."""
        for day in self._days(landlord_id, first, last):
            for row in self._partition(view_keys.receipts_of_day(landlord_id, day)):
                yield _receipts(row)

    def suspense(self, landlord_id: str) -> Iterator[tuple[date, Cents]]:
        """See `dashboard.Counters`."""
        listing = listed(self._table, view_keys.payments_with_status(landlord_id, "suspense"), newest_first=True)
        for row in listing:
            left = "left_cents" if "left_cents" in row else "amount_cents"
            yield date.fromisoformat(row["booking_date"]), row[left]

    def collected(self, landlord_id: str) -> Mapping[str, Cents]:
        """See `dashboard.Counters`."""
        rows = self._table.batch_get(view_keys.collection(landlord_id, means.value, None) for means in Means)
        return {row["means"]: row.get("received_cents", 0) - row.get("cleared_cents", 0) for row in rows.values()}

    def received_in_collection(self, landlord_id: str, means: str) -> Iterator[tuple[date, Cents]]:
        """See `dashboard.Counters`."""
        pk, of_means = view_keys.collection(landlord_id, means, None)[:2]
        for row in self._partition(pk, f"{of_means}#", newest_first=True):
            yield date.fromisoformat(row["day"]), row.get("received_cents", 0)

    def first_day(self, landlord_id: str) -> date | None:
        """See `close_days.FirstDays`."""
        return next(self._days(landlord_id, None, None), None)

    def ledger_sides(self, landlord_id: str, account: str, first: date, last: date) -> Mapping[date, LedgerSide]:
        """See `proof.LedgerDays`."""
        before = (first - _ONE_DAY).isoformat()
        rows = self._partition(view_keys.ledger_days(landlord_id, account_tag(account)), after=before)
        inside = takewhile(lambda row: row["SK"] <= last.isoformat(), rows)
        return {date.fromisoformat(row["SK"]): _ledger_side(row) for row in inside}

    def unstated(self, landlord_id: str, account: str, day: date) -> Iterator[Unstated]:
        """See `proof.LedgerDays`."""
        tag = account_tag(account)
        partitions = (view_keys.payments_of_day(landlord_id, day), view_keys.other_lines_of_day(landlord_id, day))
        for row in (row for partition in partitions for row in self._partition(partition)):
            if row["account"] == tag and not row["stated"]:
                taken_back = row["nature"] == "return"
                yield Unstated(row["payment_id"], -row["amount_cents"] if taken_back else row["amount_cents"])

    def debits_of(self, landlord_id: str, cents: Cents, first: date, last: date) -> Iterator[str]:
        """See `settle_refunds.BankLines`."""
        for number in range((last - first).days + 1):
            rows = self._partition(view_keys.other_lines_of_day(landlord_id, first + number * _ONE_DAY))
            yield from (row["payment_id"] for row in rows if row["amount_cents"] == -cents)

    def alerts(self, landlord_id: str, after: str | None) -> Iterator[ShownAlert]:
        """See `read_alerts.AlertLists`."""
        start = None if after is None else keys.alert(landlord_id, after)
        yield from map(shown_alert, listed(self._table, keys.alerts(landlord_id), after=start, newest_first=True))

    def _payments_of_day(self, landlord_id: str, day: date, *, after: str | None = None) -> Iterator[Row]:
        """By payment id; those too that stand among the bank's lines, because they were first told as such."""
        others = self._partition(view_keys.other_lines_of_day(landlord_id, day), after=after)
        turned = (row for row in others if row["status"] != OTHER)
        return merge(self._partition(view_keys.payments_of_day(landlord_id, day), after=after), turned, key=_place)

    def _days(
        self, landlord_id: str, first: date | None, last: date | None, *, newest_first: bool = False
    ) -> Iterator[date]:
        """The days between two, inclusive, on which anything was booked."""
        begin, end = (last, first) if newest_first else (first, last)
        before = None if begin is None else (begin + _ONE_DAY if newest_first else begin - _ONE_DAY).isoformat()
        for row in self._partition(view_keys.payment_days(landlord_id), after=before, newest_first=newest_first):
            day = date.fromisoformat(row["SK"])
            if end is not None and (day < end if newest_first else day > end):
                return
            yield day

    def _partition(
        self, pk: str, prefix: str = "", *, after: str | None = None, newest_first: bool = False
    ) -> Iterator[Row]:
        while True:
            page = self._table.query(pk, prefix, after=after, limit=_READ_AT_ONCE, newest_first=newest_first)
            yield from page.rows
            if page.after is None:
                return
            after = page.after.sk


def _place(row: Row) -> str:
    return str(row["SK"])


def _shown(row: Row) -> ShownPayment:
    return ShownPayment(
        payment_id=row["payment_id"],
        day=row["booking_date"],
        homes=tuple(homes_of(row).values()),
        answer=row["payment"],
    )


def _bank_line(row: Row) -> BankLine:
    booked = date.fromisoformat(row["booking_date"])
    return BankLine(row["payment_id"], booked, row["amount_cents"], row.get("debtor_name"), row.get("remittance"))


def _listed(row: Row) -> ListedPayment:
    shown = row.get("payment", {})
    awaiting, match = shown.get("awaiting"), shown.get("match", {})
    awaits_list = match.get("reason") == SuspenseReason.AWAITING_LIST.value
    return ListedPayment(
        payment_id=row["payment_id"],
        awaiting=Awaiting(awaiting) if awaiting else None,
        batch_names=frozenset(row.get("batch", ())),
        replaced_by=tuple(row.get("replaced_by", ())),
        takes_back=frozenset(row.get("takes_back", ())),
        original_references=frozenset(row.get("originals", ())),
        ties=frozenset(row.get("ties", ())),
        payer_id=match["evidence"].get(PAYER) if awaits_list else None,
    )


def _standing(row: Row) -> Standing:
    match = row.get("payment", {}).get("match", {})
    return Standing(row["status"], row.get("lease_id"), match.get("reason"))


def _booked(row: Row) -> BookedEntry:
    return BookedEntry(records.entry_of(row), row.get("payment_id"), row.get("rule"))


def _ledger_side(row: Row) -> LedgerSide:
    return LedgerSide(**{field.name: row.get(field.name, 0) for field in fields(LedgerSide)})


def _receipts(row: Row) -> Receipts:
    return Receipts(
        day=row["day"],
        residence_id=row["residence_id"],
        commune=row["commune"],
        means=row["means"],
        count=row.get("count", 0),
        amount_cents=row.get("amount_cents", 0),
    )
