"""Which rows are views: those that the table of `keys` marks. A digest of the table leaves them apart."""

from __future__ import annotations

from quitus.adapters import keys
from quitus.services.table import Key

_FAMILIES = frozenset(
    {
        *("names", "loose-entry", "payments", "other-lines", "payment-days", "receipts", "entries", "ledger-days"),
        *("collection", "residences", "virtual-iban-notice", "reversal-notice"),
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
