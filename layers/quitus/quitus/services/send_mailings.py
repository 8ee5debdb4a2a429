"""Carries mailings out: divides the chosen leases into parts, then makes and sends each lease's link, part by part.

Every step finds what it did before: a part stays as it was divided, a message that was begun is not begun again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Protocol

from quitus.domain.calendar import instant_text, paris_day
from quitus.domain.errors import Invalid, QuitusError
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Account, Lease
from quitus.domain.mail_wording import link_letter
from quitus.domain.mailing import (
    LEASES_AT_ONCE,
    Channel,
    Dispatch,
    DispatchStatus,
    Letter,
    Mailing,
    Part,
    SkipReason,
    address_of,
    shown_address,
)
from quitus.domain.money import Cents
from quitus.domain.payment_link import LinkStatus, asked_for_all
from quitus.domain.wording import language_of
from quitus.services.contacts import Contacts
from quitus.services.idempotent_requests import Attempt
from quitus.services.mailings import Senders, sender_name
from quitus.services.messages import MailingStep
from quitus.services.payment_links import LinkDesk, LinkStanding, LinkWish
from quitus.services.ports import Clock, Landlords, Ledger, Queue
from quitus.services.read_leases import LeaseReader, Residences, every_lease
from quitus.services.table import Stale

LEFT_OUT = "left_out"
"""What is counted for a lease that was looked at and owes too little, or is none."""


class NotSent(QuitusError):
    """The sending service refused the message."""

    status = 502


class NotTaken(QuitusError):
    """The sending service takes no more for now: the message did not leave, and may be sent later."""

    status = 503


class MailingStore(Protocol):
    """Mailings, their parts and messages; strongly consistent."""

    def find(self, landlord_id: str, mailing_id: str) -> Mailing | None:
        """The mailing, or None."""
        ...

    def parts(self, landlord_id: str, mailing_id: str) -> Iterator[Part]:
        """Its parts, in order."""
        ...

    def part(self, landlord_id: str, mailing_id: str, number: int) -> Part | None:
        """A part, or None."""
        ...

    def divide(self, landlord_id: str, mailing_id: str, part: Part) -> None:
        """Keep a new part. Raises Stale: it is there already."""
        ...

    def divided(self, landlord_id: str, mailing_id: str, parts: int) -> None:
        """Keep how many parts there are."""
        ...

    def part_done(self, landlord_id: str, mailing_id: str, part: Part) -> None:
        """Keep what came of a part."""
        ...


class DispatchStore(Protocol):
    """Messages to tenants; strongly consistent."""

    def find(self, landlord_id: str, dispatch_id: str) -> Dispatch | None:
        """The message, or None."""
        ...

    def begin(self, landlord_id: str, dispatch: Dispatch) -> None:
        """Keep a new message. Raises Stale: it was begun before."""
        ...

    def resume(self, landlord_id: str, dispatch: Dispatch) -> None:
        """Keep that a message that was held is begun again. Raises Stale: it is held no more."""
        ...

    def handed_over(self, landlord_id: str, dispatch: Dispatch, address: str) -> None:
        """Keep that a message left for an address, or was refused."""
        ...

    def fails(self, landlord_id: str, address: str) -> bool:
        """Whether messages to an address came back."""
        ...


class Post(Protocol):
    """What sends messages."""

    def send(self, landlord: Landlord, channel: Channel, letter: Letter) -> str:
        """Send; the id under which the service tells of it.

        Raises:
            NotSent: it refused, nothing left.
            NotTaken: it takes no more for now, nothing left.
        """
        ...


@dataclass(frozen=True, slots=True)
class MailingSender:
    """Carries out the steps of mailings."""

    mailings: MailingStore
    dispatches: DispatchStore
    contacts: Contacts
    senders: Senders
    landlords: Landlords
    leases: LeaseReader
    residences: Residences
    ledger: Ledger
    links: LinkDesk
    post: Post
    queue: Queue
    clock: Clock

    def carry_out(self, step: MailingStep) -> None:
        """A step; again changes nothing that is done."""
        mailing = self.mailings.find(step.landlord_id, step.mailing_id)
        if mailing is None:
            return
        if step.number is None:
            self._divide(step.landlord_id, mailing)
        else:
            self._send_part(step.landlord_id, mailing, step.number)

    def _divide(self, landlord_id: str, mailing: Mailing) -> None:
        """Divide the leases that are not divided yet, and have every part sent."""
        if mailing.parts is not None:
            return
        held = list(self.mailings.parts(landlord_id, mailing.mailing_id))
        self.queue.send(MailingStep(landlord_id, mailing.mailing_id, part.number) for part in held)
        number = len(held)
        for leases in batched(self._chosen(landlord_id, mailing, held[-1:]), LEASES_AT_ONCE, strict=False):
            names = tuple(lease_id for _, lease_id in leases)
            self.mailings.divide(landlord_id, mailing.mailing_id, Part(number, names, leases[-1][0]))
            self.queue.send([MailingStep(landlord_id, mailing.mailing_id, number)])
            number += 1
        self.mailings.divided(landlord_id, mailing.mailing_id, number)

    def _chosen(self, landlord_id: str, mailing: Mailing, last: list[Part]) -> Iterator[tuple[str | None, str]]:
        """Residences and ids of the leases in question, in a lasting order, after the last one divided."""
        choice, after = mailing.choice, last[0] if last else None
        if choice.lease_ids is not None:
            names = sorted(set(choice.lease_ids))
            yield from ((None, name) for name in names if after is None or name > after.lease_ids[-1])
            return
        named = [choice.residence_id] if choice.residence_id else self.residences.residences(landlord_id)
        for residence_id in sorted(named):
            if after is None or residence_id >= (after.residence_id or ""):
                start = after.lease_ids[-1] if after and residence_id == after.residence_id else None
                leases = every_lease(self.leases, landlord_id, residence_id, start)
                yield from ((residence_id, lease.lease_id) for lease in leases)

    def _send_part(self, landlord_id: str, mailing: Mailing, number: int) -> None:
        part = self.mailings.part(landlord_id, mailing.mailing_id, number)
        if part is None or part.done is not None:
            return
        landlord = self.landlords.get(landlord_id)
        told = Counter(self._write_to(landlord, mailing, lease_id) for lease_id in part.lease_ids)
        self.mailings.part_done(landlord_id, mailing.mailing_id, replace(part, done=dict(told)))

    def _write_to(self, landlord: Landlord, mailing: Mailing, lease_id: str) -> str:
        """Send a lease's message; what came of it, in a word."""
        landlord_id, now = landlord.landlord_id, self.clock.now()
        begun = self.dispatches.find(landlord_id, mailing.attempt_of(lease_id))
        if begun is not None and begun.status is not DispatchStatus.HELD:
            return begun.status.value
        account = self.ledger.accounts(landlord_id, [lease_id]).get(lease_id)
        least = mailing.choice.min_overdue_cents or 0
        try:
            if account is None or account.overdue_cents(paris_day(now)) < least:
                return LEFT_OUT if begun is None else self._left_out(landlord_id, begun)
            lease = self.leases.lease(landlord_id, lease_id)
            return self._told(landlord, mailing, lease, account, now, held=begun is not None)
        except Stale:  # another worker began the same message
            return DispatchStatus.SENDING.value

    def _left_out(self, landlord_id: str, held: Dispatch) -> str:
        """Skip a message that was held, now that its lease owes too little."""
        skipped = replace(held, status=DispatchStatus.SKIPPED, reason=SkipReason.NOTHING_DUE)
        self.dispatches.resume(landlord_id, skipped)
        return skipped.status.value

    def _told(
        self, landlord: Landlord, mailing: Mailing, lease: Lease, account: Account, now: datetime, *, held: bool
    ) -> str:
        landlord_id, address = landlord.landlord_id, address_of(lease, mailing.channel)
        dispatch, asked = _dispatch(mailing, lease.lease_id, address, now), asked_for_all(account, now)
        reason = self._reason_to_skip(landlord_id, dispatch, address) if asked else SkipReason.NOTHING_DUE
        made = self._link(landlord_id, mailing, lease.lease_id, asked, now) if reason is None else reason
        begin = self.dispatches.resume if held else self.dispatches.begin
        if isinstance(made, SkipReason):
            skipped = replace(dispatch, status=DispatchStatus.SKIPPED, reason=made)
            begin(landlord_id, skipped)
            return skipped.status.value
        assert address is not None
        dispatch = replace(dispatch, link_id=made.link.link_id)
        begin(landlord_id, dispatch)
        url, language = self.links.url(landlord_id, made.link), language_of(lease.language)
        rest = made.asked.rest_cents
        letter = link_letter(landlord, lease.lease_id, rest, url, address, mailing.channel, language)
        return self._hand_over(landlord, dispatch, letter).status.value

    def _link(
        self, landlord_id: str, mailing: Mailing, lease_id: str, asked: Cents, now: datetime
    ) -> LinkStanding | SkipReason:
        """The lease's link of this mailing; the least amount is all that is asked, if that is less."""
        least = None if mailing.min_cents is None else min(mailing.min_cents, asked)
        wish = LinkWish(lease_id, min_cents=least, expires_in_days=mailing.expires_in_days)
        try:
            made = self.links.make(landlord_id, wish, mailing.ordered_by, Attempt(mailing.attempt_of(lease_id), now))
        except Invalid:  # something was paid since the account was read
            return SkipReason.NO_LINK
        if made.status is not LinkStatus.OPEN and made.asked.rest_cents:  # it was held, and the link ended since
            return SkipReason.NO_LINK
        return made if made.asked.rest_cents else SkipReason.NOTHING_DUE

    def _reason_to_skip(self, landlord_id: str, dispatch: Dispatch, address: str | None) -> SkipReason | None:
        if address is None:
            return SkipReason.NO_ADDRESS
        if not self.contacts.contact(landlord_id, dispatch.lease_id).allows(dispatch.channel):
            return SkipReason.OBJECTED
        return SkipReason.ADDRESS_FAILS if self.dispatches.fails(landlord_id, address) else None

    def _hand_over(self, landlord: Landlord, dispatch: Dispatch, letter: Letter) -> Dispatch:
        try:
            sent_as = self._posted(landlord, dispatch.channel, letter)
        except NotTaken:
            self.dispatches.handed_over(landlord.landlord_id, replace(dispatch, status=DispatchStatus.HELD), "")
            raise
        except NotSent:
            told = replace(dispatch, status=DispatchStatus.SKIPPED, reason=SkipReason.REFUSED)
        else:
            told = replace(dispatch, status=DispatchStatus.SENT, sent_as=sent_as)
        self.dispatches.handed_over(landlord.landlord_id, told, letter.address)
        return told

    def _posted(self, landlord: Landlord, channel: Channel, letter: Letter) -> str:
        """Send under the landlord's name, which must be its own even if its settings changed since the order."""
        name = sender_name(landlord, channel)
        if name is None or not self.senders.is_of(landlord.landlord_id, channel, name):
            raise NotSent("not_sent", "The sender is not the landlord's own.")
        return self.post.send(landlord, channel, letter)


def _dispatch(mailing: Mailing, lease_id: str, address: str | None, now: datetime) -> Dispatch:
    return Dispatch(
        dispatch_id=mailing.attempt_of(lease_id),
        mailing_id=mailing.mailing_id,
        lease_id=lease_id,
        channel=mailing.channel,
        status=DispatchStatus.SENDING,
        at=instant_text(now),
        address_told=shown_address(address, mailing.channel) if address else None,
    )
