"""What a bank's code says of a debit that is no return: a charge, or a payment that the landlord sent. Pure.

ISO 20022 external bank transaction codes (domain/family/sub-family), CFONB interbank codes; MT940 says neither.
"""

from __future__ import annotations

from typing import Final

CHARGES: Final = frozenset({"CHRG", "COMM", "COME", "COMI", "COMT", "FEES", "INTR", "TAXE", "LBOX"})
"""Sub-families of charges, commissions, interest, taxes and lockbox services."""
_SENT_FAMILIES: Final = frozenset({"ICDT", "IRCT", "RDDT", "ICHQ"})
"""Transfers and cheques issued, debits received."""
_SENT_CFONB: Final = frozenset({"01", "06"})
"""Cheques paid, transfers issued."""


def is_charge(code: str | None) -> bool:
    """Whether the bank takes it for a service, and says so."""
    return (code or "").rpartition("/")[2] in CHARGES


def is_sent(code: str | None) -> bool:
    """Whether, of a debit that is no return, it says that the landlord paid somebody."""
    parts = (code or "").split("/")
    return (len(parts) > 1 and parts[1] in _SENT_FAMILIES) or parts[0] in _SENT_CFONB
