"""What the measured statements tell: rents as a French landlord's bank books them, no two alike, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from quitus.banking.references import french_account
from quitus.domain.ibans import VirtualIbanRange
from quitus.domain.incoming import Incoming, Source
from quitus.domain.movement import Movement

ACCOUNT = "FR7630006000011234567890189"
RANGE = VirtualIbanRange("17328", "89900", "4", "SWNBFR22XXX", "SEMIGA")
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


def rent_transfer(iban: str, place: int, channel: str, day: date) -> Incoming:
    """A transfer of a rent and some cents to a virtual IBAN, as most are: the fields that a bank fills."""
    movement = Movement(
        position=f"1.{place}.1",
        amount_cents=50000 + place,
        booking_date=day,
        value_date=day,
        virtual_iban=iban,
        virtual_iban_path="NtryDtls/TxDtls/RltdPties/CdtrAcct/Id/IBAN",
        bank_reference=f"2026309{place:09d}",
        end_to_end_id=f"LOYER-NOVEMBRE-{place:06d}",
        debtor_name="Mme Marie-Christine DELACROIX-MARTIN",
        debtor_iban="FR1420041010050500013M02606",
        remittance="VIREMENT LOYER NOVEMBRE 2026 LOGEMENT 12 RESIDENCE LES MICOCOULIERS",
        bank_code="PMNT/RCDT/ESCT",
    )
    source = Source(channel, "STMT-2026-11-05-00001", "0123456789abcdef0123")
    return Incoming(movement, ACCOUNT, source)
