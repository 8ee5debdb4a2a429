"""3 000 notices with both codes, in files of 300: milliseconds of one letter, put together and set, and the memory."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from time import process_time

from benchmarks._measure import Figure
from quitus.adapters.press.typesetter import Typesetter
from quitus.domain.ibans import VirtualIbanRange
from quitus.domain.landlord import Contact, Landlord
from quitus.domain.lease import Account, Due, DueKind, DueStanding, Lease, LeaseStatus, UnitKind
from quitus.domain.letter import Letter
from quitus.domain.money import Cents
from quitus.services.compose_letters import Composer, DocumentKind
from quitus.services.read_leases import FullStanding, Standing

_LETTERS, _IN_A_FILE = 3_000, 300
_DAY = date(2026, 11, 10)
_RANGE = VirtualIbanRange("17328", "89900", "4", "SWNBFR22XXX", "SEMIGA")
_CALLED = ((DueKind.RENT, 420_00), (DueKind.CHARGES, 80_00), (DueKind.AID_RLS, -38_00), (DueKind.AID_APL, -190_00))


def run() -> Iterator[Figure]:
    """One figure."""
    contact = Contact("04 66 00 00 00", "accueil@example.org", "6 avenue du Général Leclerc\n30000 Nîmes")
    landlord = Landlord("semiga", "SEMIGA", "123456782", None, 0, (), _RANGE, contact=contact)
    composer, press = Composer(landlord, {}, date(2026, 11, 5), _Pages()), Typesetter()
    standings = [_standing(number) for number in range(_LETTERS)]
    press.set("Courriers", _letters(composer, standings[:1]), datetime(2026, 11, 5, tzinfo=UTC))
    began, size = process_time(), 0
    for start in range(0, _LETTERS, _IN_A_FILE):
        letters = _letters(composer, standings[start : start + _IN_A_FILE])
        pdf, _ = press.set("Courriers", letters, datetime(2026, 11, 5, tzinfo=UTC))
        size += len(pdf)
    yield {
        "name": "letters.notice_with_both_codes",
        "ms": round((process_time() - began) / _LETTERS * 1000, 2),
        "letters": _LETTERS,
        "kilobytes": round(size / _LETTERS / 1024, 1),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


class _Pages:
    def url(self, lease_id: str, cents: Cents, _: Sequence[str] | None) -> str:
        return f"https://pay.example.org/p/{lease_id:0>33}{cents:010d}"


def _letters(composer: Composer, standings: list[FullStanding]) -> list[Letter]:
    made = [composer.compose(DocumentKind.NOTICE, full, "2026-11") for full in standings]
    return [letter for letter in made if isinstance(letter, Letter)]


def _standing(number: int) -> FullStanding:
    iban = _RANGE.number(number, b"bench")
    lease = Lease(
        lease_id=f"L{number:05d}",
        status=LeaseStatus.ACTIVE,
        start_date=date(2020, 1, 1),
        end_date=None,
        unit_id=f"U{number:05d}",
        unit_kind=UnitKind.DWELLING,
        residence_id="R1",
        residence_name="Les Micocouliers",
        street=f"{number} rue des Arènes",
        postal_code="30900",
        commune="Nîmes",
        account_group=None,
        holder_name=f"Camille Roux {number}",
        holder_email=None,
        holder_phone=None,
        language="fr",
        e_receipt_consent=False,
        virtual_iban=iban.text,
        bic=_RANGE.bic,
        payee_name=_RANGE.payee_name,
        payment_reference=iban.payment_reference,
    )
    dues = [Due(f"{kind}-{number}", lease.lease_id, kind, "2026-11", _DAY, cents) for kind, cents in _CALLED]
    rent = dues[0].open(272_00)
    standings = tuple(DueStanding(due, 272_00 if due.kind is DueKind.RENT else 0) for due in dues)
    return FullStanding(Standing(lease, Account(lease.lease_id, open_dues=(rent,)), 0, is_late=False), standings, ())
