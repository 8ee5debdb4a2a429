"""What the measured statements tell: rents as a French landlord's bank books them, no two alike, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from quitus.banking.references import french_account

ACCOUNT = "FR7630006000011234567890189"
_FIRST_DAY = date(2026, 11, 2)
_DAYS = 20
_SURNAMES = ("MARTIN", "LEFEBVRE", "BENALI", "DIALLO", "ROUX", "GARCIA", "MÉNARD", "DA SILVA", "NGUYEN", "PETIT")
_GIVEN = ("JEANNE", "KARIM", "AÏCHA", "LUCAS", "MARIE-ODILE", "PAUL", "ZOÉ")
_KINDS = (("transfer", 78), ("instant", 10), ("long", 6), ("return", 3), ("fee", 2), ("cheque", 1))


@dataclass(frozen=True)
class Payment:
    """One movement; `cents` is signed, `kind` one of `_KINDS`, with their frequency in a hundred."""

    number: int
    kind: str
    cents: int
    day: date
    payer: str
    payer_iban: str
    virtual_iban: str
    reference: str
    remittance: str


def payments(count: int) -> Iterator[Payment]:
    """So many movements over the working days of a month, in the order of booking."""
    kinds = [kind for kind, times in _KINDS for _ in range(times)]
    for number in range(count):
        kind = kinds[number * 37 % 100]
        cents = 30_000 + number * 7919 % 60_000
        text = f"LOYER NOVEMBRE 2026 RESIDENCE LES OLIVIERS LOT {number}"
        yield Payment(
            number=number,
            kind=kind,
            cents=-cents if kind in {"return", "fee"} else cents,
            day=_FIRST_DAY + timedelta(days=number * _DAYS // count),
            payer=f"{_SURNAMES[number % 10]} {_GIVEN[number % 7]} {number}",
            payer_iban=_payer_account(number),
            virtual_iban=french_account("17328", "89900", f"4{number * 104_729 % 10**10:010d}"),
            reference=f"LOYER-2026-11-{number:06d}",
            remittance=f"{text} BATIMENT C ESCALIER 2 TROISIEME ETAGE GAUCHE" if kind == "long" else text,
        )


def _payer_account(number: int) -> str:
    """Three in four are digits only; the others, as those of La Banque Postale, have a letter."""
    if number % 4:
        return french_account("30006", f"{number % 90_000:05d}", f"{number:011d}")
    return french_account("20041", "01005", f"{number:07d}M026")
