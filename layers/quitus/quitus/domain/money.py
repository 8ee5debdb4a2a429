"""Money: integer euro cents, exact, never a float."""

from __future__ import annotations

import re

Cents = int
"""An amount in euro cents; the sign's meaning is said where it is used."""

MOST_CENTS = 10**15 - 1
"""Ten thousand milliards of euros: no account of a landlord moves more."""
_EUROS = re.compile(r"([+-]?)(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)
_AMOUNT = re.compile(r"(?=[.,]?\d)(\d{0,16})(?:[.,](\d{0,5}))?", re.ASCII)


class AmountError(ValueError):
    """A text that is no exact amount of euros and cents."""


def parse_euros(text: str) -> Cents:
    """Cents of a decimal amount of euros (`450.00`, `-56.00`, `12`); refuses what would need rounding.

    Raises:
        AmountError: not a decimal amount, or more than two decimals.
    """
    match = _EUROS.fullmatch(text)
    if match is None:
        raise AmountError(f"not an amount of euros: {text[:40]!r}")
    sign, euros, decimals = match.groups()
    cents = int(euros) * 100 + int((decimals or "").ljust(2, "0"))
    return -cents if sign == "-" else cents


def parse_bank_amount(text: str) -> Cents:
    """Cents of an unsigned ISO 20022 amount (up to sixteen digits and five decimals, which must be zeros beyond the
    second).

    Raises:
        AmountError: signed, not a number, or a fraction of a cent.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise AmountError(f"not a bank amount: {text[:40]!r}")
    euros, decimals = match.group(1), (match.group(2) or "").ljust(2, "0")
    if decimals[2:].strip("0"):
        raise AmountError(f"a fraction of a cent: {text[:40]!r}")
    cents = int(euros or "0") * 100 + int(decimals[:2])
    if cents > MOST_CENTS:
        raise AmountError(f"more money than there is: {text[:40]!r}")
    return cents


def format_euros(cents: Cents) -> str:
    """The decimal notation of the CSV files: `450.00`, `-56.00`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
