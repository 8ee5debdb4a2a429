"""Amounts, days, months and kinds of dues in the words of tenants: French, and English for who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from quitus.domain.lease import DueKind
from quitus.domain.money import Cents


class Language(StrEnum):
    """A language in which tenants are written to."""

    FR = "fr"
    EN = "en"


def language_of(code: str) -> Language:
    """The language of a lease: French, whatever else than English it says."""
    return Language.EN if code == Language.EN else Language.FR


_NARROW, _WIDE = "\u202f", "\u00a0"
"""Spaces at which no line breaks: within a number, before a sign."""

_MONTHS: Mapping[Language, tuple[str, ...]] = {
    Language.FR: (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

_KINDS: Mapping[DueKind, tuple[str, str]] = {
    DueKind.RENT: ("Loyer", "Rent"),
    DueKind.CHARGES: ("Charges", "Service charges"),
    DueKind.ADJUSTMENT: ("Régularisation", "Adjustment"),
    DueKind.INSTALMENT: ("Échéance du plan", "Plan instalment"),
    DueKind.INSURANCE: ("Assurance", "Insurance"),
    DueKind.ANNEX: ("Annexe", "Annex"),
    DueKind.FEE: ("Frais", "Fee"),
    DueKind.DEPOSIT: ("Dépôt de garantie", "Deposit"),
    DueKind.AID_APL: ("APL", "Housing benefit (APL)"),
    DueKind.AID_RLS: ("Réduction de loyer de solidarité (RLS)", "Rent rebate (RLS)"),
    DueKind.AID_OTHER: ("Aide au logement", "Housing aid"),
}


def euros(cents: Cents, language: Language) -> str:
    """An amount: `1 234,56 €`, `€1,234.56`."""
    whole, rest = divmod(abs(cents), 100)
    sign = "−" if cents < 0 else ""
    if language is Language.EN:
        return f"{sign}€{whole:,}.{rest:02d}"
    return f"{sign}{f'{whole:,}'.replace(',', _NARROW)},{rest:02d}{_WIDE}€"


def day(when: date, language: Language) -> str:
    """A day: `1er novembre 2026`, `1 November 2026`."""
    first = language is Language.FR and when.day == 1
    return f"{when.day}{'er' if first else ''} {_MONTHS[language][when.month - 1]} {when.year}"


def month(period: str, language: Language) -> str:
    """A month, `YYYY-MM`, in words: `novembre 2026`."""
    year, number = period.split("-")
    return f"{_MONTHS[language][int(number) - 1]} {year}"


def kind(of: DueKind, language: Language) -> str:
    """What a due is called."""
    french, english = _KINDS[of]
    return english if language is Language.EN else french


def iban_groups(iban: str) -> str:
    """An account number in groups of four, as banks print it; the spaces are plain ones, which a bank takes when the
    number is copied by hand.
    """
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
