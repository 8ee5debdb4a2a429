"""A card payment begun on a link's page: recorded first, then asked of the provider, under its own name each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from quitus.domain.alert import Alert, AlertKind
from quitus.domain.calendar import instant_text
from quitus.domain.checkout import AWAITED, LEAST_CARD_CENTS, Checkout, CheckoutStatus, Progress, check_card_amount
from quitus.domain.errors import Conflict, ProviderRefusal
from quitus.domain.ids import derived_id
from quitus.domain.landlord import Landlord
from quitus.domain.money import Cents
from quitus.domain.payment_link import Asked, PaymentLink
from quitus.services.card_providers import CardProvider, CardProviders, ProviderBusy, ProviderFailed
from quitus.services.contention import until_written
from quitus.services.ports import ActionLog, Alerts, Clock

_PATIENCE: Final = 8
"""How often a provider that is busy is asked: two or three seconds in all, with the clock's pauses."""
_MOST_AWAITED: Final = 20
"""Among how many a payment that is not recorded yet is looked for: more are not begun in an hour."""


class CheckoutStore(Protocol):
    """Checkouts beside their link; strongly consistent."""

    def latest(self, landlord_id: str, link_id: str, most: int) -> Sequence[Checkout]:
        """Those that were begun last on a link's page, the last one first."""
        ...

    def find(self, landlord_id: str, link_id: str, number: int) -> Checkout | None:
        """The checkout, or None."""
        ...

    def begin(self, landlord_id: str, checkout: Checkout) -> None:
        """Keep a new one. Raises Stale: another one has its number."""
        ...

    def opened(self, landlord_id: str, checkout: Checkout) -> None:
        """Keep the provider's session and address."""
        ...

    def ended(self, landlord_id: str, checkout: Checkout) -> None:
        """Keep that it failed or expired, unless it ended before."""
        ...

    def is_recorded(self, landlord_id: str, checkout: Checkout) -> bool:
        """Whether the payment of a paid one is posted."""
        ...

    def paid(self, landlord_id: str, checkout: Checkout) -> None:
        """Keep by which payment, and on which day, it was paid. Raises Stale: it was paid before."""
        ...


class LeaseLinks(Protocol):
    """The payment links of leases; a listing, a little late."""

    def of_lease(self, landlord_id: str, lease_id: str, after: str | None) -> Iterator[PaymentLink]:
        """A lease's links, newest first, after one."""
        ...


class LeaseAccounts(Protocol):
    """What leases owe; strongly consistent."""

    def open_dues(self, landlord_id: str, lease_id: str) -> Mapping[str, Cents]:
        """What is open of each due of a lease."""
        ...


@dataclass(frozen=True, slots=True)
class CheckoutWish:
    """What a tenant asks for on the page: all that is left unless `amount_cents` is given."""

    amount_cents: Cents | None
    language: str
    page: str
    """The address of the link's page."""


@dataclass(frozen=True, slots=True)
class CheckoutDesk:
    """Begins card payments."""

    checkouts: CheckoutStore
    links: LeaseLinks
    accounts: LeaseAccounts
    providers: CardProviders
    alerts: Alerts
    log: ActionLog
    clock: Clock

    def provider_of(self, landlord: Landlord) -> CardProvider | None:
        """Who takes the landlord's card payments; None when nobody does: then the page shows no such button."""
        name = landlord.card_provider or self.providers.usual()
        return self.providers.named(name) if name and landlord.card_account else None

    def provider_for(self, landlord: Landlord, asked: Asked) -> CardProvider | None:
        """Who takes a card payment of what is left; None also where that is less than cards take."""
        return self.provider_of(landlord) if asked.rest_cents >= LEAST_CARD_CENTS else None

    def progress(self, landlord: Landlord, link: PaymentLink, asked: Asked, *, back: bool) -> Progress | None:
        """What a link's page says of the card payments that were begun on it: one that was made is awaited, whichever;
        else it is about the last one. `back`: the tenant comes from it.
        """
        begun, now = self.checkouts.latest(landlord.landlord_id, link.link_id, _MOST_AWAITED), self.clock.now()
        made = [one for one in begun if one.is_awaited(now)]
        if not all(self.checkouts.is_recorded(landlord.landlord_id, one) for one in made):
            return Progress.RUNNING
        return begun[0].progress(asked.rest_cents, now, back=back) if begun else None

    def start(self, landlord: Landlord, link: PaymentLink, asked: Asked, wish: CheckoutWish) -> Checkout:
        """A card payment for a live link, of which so much is left; its `url` is known. Whoever asks again a moment
        later is led to the same one.

        Raises:
            Conflict: `card_unavailable`; nothing is left to pay: `link_paid`, `nothing_due`; or what was paid a moment
                ago is not recorded, or not even told of, yet: `payment_in_progress`.
            Invalid: `amount_not_allowed`, `amount_not_for_cards`.
            Unavailable: the provider did not answer.
            ProviderRefusal: it does not take what is asked; the landlord is alerted.
        """
        cents = _cents(asked, wish)
        if self.progress(landlord, link, asked, back=False) is Progress.RUNNING:
            raise _in_progress()
        provider = self.provider_of(landlord)
        if provider is None:
            raise Conflict("card_unavailable", "The landlord takes no cards.")
        new = Checkout(
            link_id=link.link_id,
            number=1,
            lease_id=link.lease_id,
            amount_cents=cents,
            rest_cents=asked.rest_cents,
            provider=provider.name,
            account_iban=landlord.card_account or "",
            language=wish.language,
            started_at=instant_text(self.clock.now()),
        )
        self._agree_with_others(landlord, link, new)
        checkout = until_written(lambda: self._begun(landlord, new), self.clock)
        return checkout if checkout.url else self._opened(landlord, provider, checkout, wish.page)

    def end(self, landlord: Landlord, link_id: str) -> None:
        """Let nobody pay any more on the hosted page of a link that was revoked. What was paid there stays paid.

        Raises:
            Unavailable: the provider did not answer.
        """
        last = next(iter(self.checkouts.latest(landlord.landlord_id, link_id, 1)), None)
        if last is not None:
            self._is_closed(landlord, last)

    def _begun(self, landlord: Landlord, wanted: Checkout) -> Checkout:
        landlord_id = landlord.landlord_id
        last = next(iter(self.checkouts.latest(landlord_id, wanted.link_id, 1)), None)
        if last is not None and last.is_same(wanted):
            return last
        if last is not None:
            self._make_way(landlord, last)
        new = replace(wanted, number=last.number + 1 if last else 1)
        said = {
            "kind": "start_checkout",
            "checkout_id": new.checkout_id,
            "lease_id": new.lease_id,
            "amount_cents": new.amount_cents,
            "provider": new.provider,
            "account_iban": new.account_iban,
        }
        at = datetime.fromisoformat(new.started_at)
        name = derived_id(new.checkout_id, f"{new.started_at} {new.amount_cents}")  # two may begin at once, one does
        self.log.record(landlord_id, "checkouts", name, said, at)
        self.checkouts.begin(landlord_id, new)
        return new

    def _agree_with_others(self, landlord: Landlord, link: PaymentLink, new: Checkout) -> None:
        """Of the same dues no more is taken than is left of them, whichever links were opened: what was paid by other
        links and is not recorded yet is waited for, hosted pages that could take too much are ended.
        """
        landlord_id, now = landlord.landlord_id, self.clock.now()
        due_ids, awaited, pages = set(link.due_ids), list[Checkout](), list[Checkout]()
        for other in self._beside(landlord_id, link, now):
            begun = self.checkouts.latest(landlord_id, other.link_id, _MOST_AWAITED)
            unknown = [one for one in begun if one.is_awaited(now) and not self.checkouts.is_recorded(landlord_id, one)]
            page = [one for one in begun[:1] if one.may_be_paid(now)]
            if unknown or page:
                due_ids |= set(other.due_ids)
            awaited += unknown
            pages += page
        left = self.accounts.open_dues(landlord_id, link.lease_id)
        room = sum(cents for due_id, cents in left.items() if due_id in due_ids) - _cents_of(awaited)
        if new.amount_cents > min(room, sum(left.get(due_id, 0) for due_id in link.due_ids)):
            raise _in_progress()
        while pages and _cents_of(pages) + new.amount_cents > room:
            self._make_way(landlord, pages.pop())

    def _beside(self, landlord_id: str, link: PaymentLink, now: datetime) -> Iterator[PaymentLink]:
        """The other links of the lease for any of the same dues, whose payments may still come."""
        for other in self.links.of_lease(landlord_id, link.lease_id, None):
            is_alive = now < datetime.fromisoformat(other.expires_at) + AWAITED
            if is_alive and other.link_id != link.link_id and not set(other.due_ids).isdisjoint(link.due_ids):
                yield other

    def _make_way(self, landlord: Landlord, last: Checkout) -> None:
        """Of a link's hosted pages one takes money, the last."""
        if not self._is_closed(landlord, last):
            raise _in_progress()

    def _is_closed(self, landlord: Landlord, last: Checkout) -> bool:
        """End a hosted page: whether none is open then, and it took nothing. A provider that refuses to end one knows
        it no more.
        """
        provider = self.providers.named(last.provider)
        if provider is None or not last.may_be_paid(self.clock.now()):
            return True
        try:
            closed = provider.close(landlord, last)
        except ProviderRefusal:
            return True
        if closed:
            self.checkouts.ended(landlord.landlord_id, replace(last, status=CheckoutStatus.EXPIRED))
        return closed

    def _opened(self, landlord: Landlord, provider: CardProvider, checkout: Checkout, page: str) -> Checkout:
        """The checkout with its page. What the provider answered with anything else is over: it would hear the same
        again under the same key, so whoever comes next gets another one.
        """
        at = instant_text(self.clock.now())
        try:
            opened = self._led(landlord, provider, checkout, page)
        except (ProviderFailed, ProviderRefusal) as refusal:
            self.checkouts.ended(landlord.landlord_id, replace(checkout, status=CheckoutStatus.EXPIRED))
            if isinstance(refusal, ProviderRefusal):
                alert = Alert(AlertKind.CARD_PROVIDER_REFUSES, provider.name, {"code": refusal.code, **refusal.detail})
                self.alerts.alert(landlord.landlord_id, alert, at)
            raise
        self.alerts.close(landlord.landlord_id, AlertKind.CARD_PROVIDER_REFUSES, provider.name, at)
        return opened

    def _led(self, landlord: Landlord, provider: CardProvider, checkout: Checkout, page: str) -> Checkout:
        """The checkout with the page that the provider opens for it, or opened for who asked at the same time."""
        for tried in range(_PATIENCE):
            try:
                session = provider.open(landlord, checkout, page)
            except ProviderBusy:
                self.clock.pause(tried)
                held = self.checkouts.find(landlord.landlord_id, checkout.link_id, checkout.number)
                if held is not None and held.url:
                    return held
                continue
            opened = replace(checkout, session_id=session.session_id, url=session.url)
            self.checkouts.opened(landlord.landlord_id, opened)
            return opened
        raise ProviderBusy("card_provider_busy", "The provider of card payments asks to wait.")


def _cents_of(checkouts: Sequence[Checkout]) -> Cents:
    return sum(one.amount_cents for one in checkouts)


def _in_progress() -> Conflict:
    return Conflict("payment_in_progress", "A payment was made, and is not recorded yet.")


def _cents(asked: Asked, wish: CheckoutWish) -> Cents:
    asked.check_left()
    cents = asked.rest_cents if wish.amount_cents is None else wish.amount_cents
    asked.check(cents)
    check_card_amount(cents)
    return cents
