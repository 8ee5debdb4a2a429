"""Payment links as the landlord's people make and see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from quitus.domain.calendar import instant_text
from quitus.domain.errors import NotFound
from quitus.domain.household import Household
from quitus.domain.money import Cents
from quitus.domain.payment_link import (
    Asked,
    LinkStatus,
    PaymentLink,
    asked_for_all,
    called_now,
    check_amounts,
    expiry,
    linked_dues,
    token_digest,
)
from quitus.services.contention import until_written
from quitus.services.idempotent_requests import Attempt
from quitus.services.manual_receipts import check_dues, household_of
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import ActionLog, Clock, Ledger


class LinkStore(Protocol):
    """Payment links; strongly consistent, but for the listing."""

    def find(self, landlord_id: str, link_id: str) -> PaymentLink | None:
        """The link, or None."""
        ...

    def make(self, landlord_id: str, link: PaymentLink, digest: str) -> None:
        """Keep a new link under the digest of its token. Raises Stale: it is there already."""
        ...

    def revoke(self, landlord_id: str, link: PaymentLink) -> None:
        """Keep that a link is revoked. Raises Stale: it was already."""
        ...

    def of_lease(self, landlord_id: str, lease_id: str, after: str | None) -> Iterator[PaymentLink]:
        """A lease's links, newest first, after one; a listing, a little late."""
        ...


class LinkTokens(Protocol):
    """The secret part of the links' addresses: made from their ids, never stored."""

    def token(self, landlord_id: str, link_id: str) -> str:
        """The token of a link; always the same. At least 128 bits that nobody else can tell."""
        ...


class Addresses(Protocol):
    """Where outsiders reach the API."""

    def public_url(self) -> str:
        """Without a trailing slash."""
        ...


@dataclass(frozen=True, slots=True)
class LinkWish:
    """What a link is to ask for: see `PaymentLink`; `due_ids` None asks for all that is open."""

    lease_id: str
    amount_cents: Cents | None = None
    due_ids: tuple[str, ...] | None = None
    min_cents: Cents | None = None
    expires_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """A link and how it stands."""

    link: PaymentLink
    status: LinkStatus
    asked: Asked


@dataclass(frozen=True, slots=True)
class _Owed:
    """What a lease's household owes, and what the ERP calls of each of the lease's dues."""

    household: Household
    called: Mapping[str, Cents]


@dataclass(frozen=True, slots=True)
class LinkDesk:
    """Keeps links."""

    links: LinkStore
    ledger: Ledger
    tokens: LinkTokens
    addresses: Addresses
    log: ActionLog
    clock: Clock

    def make(self, landlord_id: str, wish: LinkWish, by: str, attempt: Attempt) -> LinkStanding:
        """Make a link; the same attempt again finds the one that it made.

        Raises:
            NotFound: no such lease.
            Invalid: dues that are not the lease's or not open, or amounts that do not fit them.
            Contention: others kept writing.
        """
        owed = self._owed(landlord_id, wish.lease_id)
        made = until_written(lambda: self._made(landlord_id, owed, wish, by, attempt), self.clock)
        return self._standing(made, owed)

    def url(self, landlord_id: str, link: PaymentLink) -> str:
        """The address of the link's page: whoever has it may see and pay."""
        return f"{self.addresses.public_url()}/p/{self.tokens.token(landlord_id, link.link_id)}"

    def one(self, landlord_id: str, link_id: str) -> LinkStanding:
        """A link. Raises NotFound."""
        link = found(self.links, landlord_id, link_id)
        return self._standing(link, self._owed(landlord_id, link.lease_id))

    def page(
        self, landlord_id: str, lease_id: str, status: LinkStatus | None, after: Place | None, limit: int
    ) -> Listed[LinkStanding]:
        """A page of a lease's links, newest first. Raises NotFound."""
        owed = self._owed(landlord_id, lease_id)
        links = self.links.of_lease(landlord_id, lease_id, after[0] if after else None)
        standings = (self._standing(link, owed) for link in links)
        return fill((((one.link.link_id,), one if status in (None, one.status) else None) for one in standings), limit)

    def _made(self, landlord_id: str, owed: _Owed, wish: LinkWish, by: str, attempt: Attempt) -> PaymentLink:
        held = self.links.find(landlord_id, attempt.name)
        if held is not None:
            return held
        link = self._new(landlord_id, owed, wish, by, attempt)
        body = {
            "kind": "make_link",
            "link_id": link.link_id,
            "lease_id": link.lease_id,
            "due_ids": list(link.due_ids),
            "amount_cents": link.amount_cents,
            "expires_at": link.expires_at,
            "by": by,
        }
        self.log.record(landlord_id, "payment-links", link.link_id, body, attempt.at)
        self.links.make(landlord_id, link, token_digest(self.tokens.token(landlord_id, link.link_id)))
        return link

    def _new(self, landlord_id: str, owed: _Owed, wish: LinkWish, by: str, attempt: Attempt) -> PaymentLink:
        account = owed.household.main_account
        check_dues(self.ledger, landlord_id, [wish.lease_id], wish.due_ids or ())
        dues = linked_dues(account, wish.due_ids, owed.called, attempt.at)
        by_plan = account.plan is not None and wish.due_ids is None
        amount = wish.amount_cents
        if amount is None and by_plan:
            amount = asked_for_all(account, attempt.at)
        check_amounts(dues, amount, wish.min_cents)
        return PaymentLink(
            link_id=attempt.name,
            lease_id=wish.lease_id,
            virtual_iban=self.ledger.virtual_iban_of(landlord_id, wish.lease_id) or "",
            dues=dues,
            made_by=by,
            made_at=attempt.instant,
            expires_at=instant_text(expiry(attempt.at, wish.expires_in_days)),
            amount_cents=amount,
            min_cents=wish.min_cents,
            by_plan=by_plan,
        )

    def _owed(self, landlord_id: str, lease_id: str) -> _Owed:
        """Raises NotFound: no such lease."""
        household = household_of(self.ledger, landlord_id, lease_id)
        return _Owed(household, called_now(self.ledger.dues(landlord_id, lease_id).values()))

    def _standing(self, link: PaymentLink, owed: _Owed) -> LinkStanding:
        now = self.clock.now()
        asked = link.asked(owed.household, now, owed.called)
        return LinkStanding(link, link.status(asked, now), asked)


def found(links: LinkStore, landlord_id: str, link_id: str) -> PaymentLink:
    """A link. Raises NotFound."""
    link = links.find(landlord_id, link_id)
    if link is None:
        raise NotFound("payment_link_not_found", "There is no payment link with this id.", link_id=link_id)
    return link
