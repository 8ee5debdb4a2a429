"""What a tenant sees behind a payment link: found by its token, without any effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from quitus.domain.epc_qr import Transfer
from quitus.domain.household import Household
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Due, Lease
from quitus.domain.payment_link import Asked, PaymentLink, called_now, token_digest
from quitus.services.ports import Clock

TOKEN_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Addressee:
    """The landlord and the link that a token is of."""

    landlord_id: str
    link_id: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a link: whose it is, and what is due. `dues` are those that it asks for, as the ERP calls
    them.
    """

    landlord: Landlord
    lease: Lease
    household: Household
    dues: Mapping[str, Due]


class PageStore(Protocol):
    """What the page shows; strongly consistent."""

    def addressee(self, digest: str) -> Addressee | None:
        """Whose link has the token with this digest."""
        ...

    def find(self, landlord_id: str, link_id: str) -> PaymentLink | None:
        """The link, or None."""
        ...

    def behind(self, landlord_id: str, link: PaymentLink) -> Behind | None:
        """What stands behind it, or None."""
        ...


@dataclass(frozen=True, slots=True)
class PayView:
    """A live link and what is due by it now."""

    landlord: Landlord
    lease: Lease
    link: PaymentLink
    asked: Asked
    labels: Mapping[str, str]
    """The ERP's own words for dues."""

    def transfer(self) -> Transfer:
        """The transfer that pays what is left: to the lease's own account, under the name that it answers with."""
        lease = self.lease
        return Transfer(
            name=lease.payee_name,
            iban=lease.virtual_iban,
            cents=self.asked.rest_cents or None,
            bic=lease.bic,
            reference=lease.payment_reference,
        )


@dataclass(frozen=True, slots=True)
class PageDesk:
    """Finds pages."""

    store: PageStore
    clock: Clock

    def view(self, token: str) -> PayView | None:
        """The page of a live link; None for one that is unknown, has ended or was revoked: nobody learns which."""
        if len(token) != TOKEN_LENGTH:
            return None
        found = self.store.addressee(token_digest(token))
        link = self.store.find(found.landlord_id, found.link_id) if found else None
        now = self.clock.now()
        if found is None or link is None or not link.is_live(now):
            return None
        behind = self.store.behind(found.landlord_id, link)
        return None if behind is None else _view(behind, link, now)


def _view(behind: Behind, link: PaymentLink, now: datetime) -> PayView:
    asked = link.asked(behind.household, now, called_now(behind.dues.values()))
    labels = {due_id: due.label for due_id, due in behind.dues.items() if due.label}
    return PayView(behind.landlord, behind.lease, link, asked, labels)
