"""What a bank's code says of a debit that is no return: a charge, or a payment that the landlord sent; and of a credit:
whether it brings values that were received otherwise. Pure.

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
BRINGING_FAMILIES: Final = frozenset({"MCRD", "RCHQ"})
BRINGING_SUB_FAMILIES: Final = frozenset({"CDPT"})
BRINGING_CFONB: Final = frozenset({"02", "04", "15", "30"})
"""Remittances of cards and cheques, deposits of cash."""
_PAYING_FAMILIES: Final = frozenset({"RCDT", "RRCT", "IDDT"})
_PAYING_CFONB: Final = frozenset({"05", "18", "A1", "B1", "C1", "C2"})
"""Transfers received, debits issued."""


def is_charge(code: str | None) -> bool:
    """Whether the bank takes it for a service, and says so."""
    return (code or "").rpartition("/")[2] in CHARGES


def is_sent(code: str | None) -> bool:
    """Whether, of a debit that is no return, it says that the landlord paid somebody."""
    parts = (code or "").split("/")
    return (len(parts) > 1 and parts[1] in _SENT_FAMILIES) or parts[0] in _SENT_CFONB


def brings_values(code: str | None) -> bool | None:
    """Whether, of a credit, it says that cards, cheques or cash reach the bank, or (False) that somebody pays."""
    parts = (code or "").split("/")
    family, sub_family = (*parts, "", "")[1:3]
    if family in BRINGING_FAMILIES or sub_family in BRINGING_SUB_FAMILIES or parts[0] in BRINGING_CFONB:
        return True
    return False if family in _PAYING_FAMILIES or parts[0] in _PAYING_CFONB else None
