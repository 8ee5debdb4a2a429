"""Keys of views, and which rows are views: those that the table of `keys` marks. A digest leaves them apart."""

from __future__ import annotations

from datetime import date

from quitus.adapters import keys
from quitus.domain.identity import parse_payment_id
from quitus.services.table import Key

_FAMILIES = frozenset(
    {
        *("names", "loose-entry", "payments", "other-lines", "payment-days", "receipts", "entries", "ledger-days"),
        *("collection", "residences", "virtual-iban-notice", "reversal-notice", "receipt-notice", "allocation-notice"),
    }
)
"""Families of which every row is a view."""


def is_view(key: Key) -> bool:
    """Whether the row is made from others by `update_views`, and follows them by moments."""
    if key.pk == keys.ERP_LANDLORDS:
        return True
    match keys.parse(key.pk), key.sk:
        case (_, "lease", _), "names":
            return True
        case (_, "lease", _), place if place.startswith(keys.CHAIN):
            return True
        case (_, "landlord", _), "issued":
            return True
        case (_, family, _), _:
            return family in _FAMILIES


def payments_of_day(landlord_id: str, day: date) -> str:
    """The payments booked on a day."""
    return f"{landlord_id}#payments#{day.isoformat()}"


def other_lines_of_day(landlord_id: str, day: date) -> str:
    """The bank lines booked on a day that are neither receipt nor reversal."""
    return f"{landlord_id}#other-lines#{day.isoformat()}"


def places_of(landlord_id: str, payment_id: str) -> tuple[Key, Key]:
    """Where the view of a payment, or of a bank line that is none, may stand."""
    day = parse_payment_id(payment_id)[0].day
    return (
        Key(payments_of_day(landlord_id, day), payment_id),
        Key(other_lines_of_day(landlord_id, day), payment_id),
    )


def payment_days(landlord_id: str) -> str:
    """The days that have payments."""
    return f"{landlord_id}#payment-days"


def payments_with_status(landlord_id: str, status: str) -> str:
    """Listing partition: payments in suspense, or pending."""
    return f"{landlord_id}#payments#{status}"


def receipts_of_day(landlord_id: str, day: date) -> str:
    """The receipts of a day by residence, commune and means."""
    return f"{landlord_id}#receipts#{day.isoformat()}"


def ledger_days(landlord_id: str, account_tag: str) -> str:
    """The ledger days of a bank account."""
    return f"{landlord_id}#ledger-days#{account_tag}"


def collection(landlord_id: str, means: str, day: date | None) -> Key:
    """What came into 511 by a means, and left it: on a day, or ever."""
    return Key(f"{landlord_id}#collection", f"{means}#{day.isoformat()}" if day else means)


def residences(landlord_id: str) -> str:
    """The landlord's residences."""
    return f"{landlord_id}#residences"
