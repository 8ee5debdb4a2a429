"""Leases whose letters tests read, and the letters as a person and a machine see them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pypdf
import pypdfium2
from builders import a_due, a_landlord, a_lease, a_virtual_iban, an_account
from qr_readers import Picture

from quitus.adapters.press.typesetter import Typesetter
from quitus.domain.ibans import VirtualIban
from quitus.domain.landlord import Contact, Landlord
from quitus.domain.lease import Account, DueKind, DueStanding, Lease
from quitus.domain.letter import Letter
from quitus.domain.party import Party
from quitus.services.compose_letters import Composer, DocumentKind
from quitus.services.read_leases import FullStanding, Standing

TODAY = date(2026, 11, 5)
AT = datetime(2026, 11, 5, 9, 30, 0, 123456, tzinfo=UTC)
PERIOD = "2026-11"
DUE_DAY = date(2026, 11, 10)
CONTACT = Contact("04 66 00 00 00", "accueil@semiga.example", "6 avenue du Général Leclerc\n30000 Nîmes", "9 h à 17 h")


def the_landlord(**changes: Any) -> Landlord:
    return replace(a_landlord(contact=CONTACT), **changes)


def a_let(counter: int = 7, **changes: Any) -> Lease:
    """A lease with its own account number."""
    account = VirtualIban.parse(a_virtual_iban(counter))
    own = {"virtual_iban": account.text, "bic": "SWNBFR22XXX", "payee_name": "SEMIGA"}
    return a_lease(**{**own, "payment_reference": account.payment_reference, **changes})


def a_called(kind: DueKind, cents: int, open_cents: int = 0, aid_open: int = 0, **changes: Any) -> DueStanding:
    """A due of the month and what is open of it."""
    period = changes.pop("period", PERIOD)
    due_id = changes.pop("due_id", f"{kind.value}-{period}")
    return DueStanding(a_due(due_id, cents, DUE_DAY, kind, period=period, **changes), open_cents, aid_open)


def the_month(open_cents: int = 0, aid_open: int = 0) -> tuple[DueStanding, ...]:
    """sector.md §7, case 5: rent 420.00 + charges 80.00 − RLS 38.00 − APL 190.00 = 272.00."""
    return (
        a_called(DueKind.AID_APL, -190_00, aid_open=aid_open),
        a_called(DueKind.CHARGES, 80_00),
        a_called(DueKind.RENT, 420_00, open_cents),
        a_called(DueKind.AID_RLS, -38_00),
    )


def a_standing(
    *dues: DueStanding, lease: Lease | None = None, parties: Sequence[Party] = (), **account: Any
) -> FullStanding:
    open_dues = tuple(one.due.open(one.open_cents) for one in dues if one.open_cents)
    held: Account = an_account(*open_dues, **account)
    return FullStanding(Standing(lease or a_let(), held, 0, is_late=False), tuple(dues), tuple(parties))


@dataclass(frozen=True)
class OnePage:
    """A page on which everybody pays."""

    address: str

    def url(self, lease_id: str, cents: int, due_ids: Sequence[str] | None) -> str:
        return self.address


def composed(kind: DocumentKind, full: FullStanding, page_url: str | None = None, **landlord: Any) -> Letter:
    """The letter that a lease gets."""
    pages = None if page_url is None else OnePage(page_url)
    letter = Composer(the_landlord(**landlord), {}, TODAY, pages).compose(kind, full, PERIOD)
    assert isinstance(letter, Letter)
    return letter


def printed(*letters: Letter) -> bytes:
    return Typesetter().set("Courriers", letters, AT)[0]


def text_of(pdf: bytes) -> str:
    """All that can be read, blanks made plain."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return " ".join(" ".join(pages).split())


def seen(pdf: bytes, page: int = 0) -> Picture:
    """A page as a camera sees it, at 200 dots an inch."""
    bitmap = pypdfium2.PdfDocument(pdf)[page].render(scale=200 / 72, grayscale=True)
    return np.ascontiguousarray(bitmap.to_numpy().squeeze())
