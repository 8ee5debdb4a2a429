"""Mailings as the landlord's people order and follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from quitus.domain.errors import Conflict, NotFound
from quitus.domain.landlord import Landlord, Sender
from quitus.domain.mailing import Channel, Choice, Dispatch, DispatchStatus, Mailing, Part, summed
from quitus.domain.money import Cents
from quitus.services.idempotent_requests import Attempt
from quitus.services.messages import MailingStep
from quitus.services.paging import Listed, Place, fill
from quitus.services.ports import ActionLog, Landlords, Ledger, Queue


class MailingReader(Protocol):
    """Mailings and what was sent; strongly consistent, but for the listing."""

    def add(self, landlord_id: str, mailing: Mailing) -> None:
        """Keep a mailing; one that is there already stays as it is."""
        ...

    def find(self, landlord_id: str, mailing_id: str) -> Mailing | None:
        """The mailing, or None."""
        ...

    def page(self, landlord_id: str, after: str | None) -> Iterator[Mailing]:
        """A landlord's mailings, newest first, after one; a listing, a little late."""
        ...

    def parts(self, landlord_id: str, mailing_id: str) -> Iterator[Part]:
        """Its parts, in order."""
        ...

    def dispatches(self, landlord_id: str, mailing: Mailing, after: Place | None) -> Iterator[tuple[Place, Dispatch]]:
        """What came of each lease of a mailing so far, in the order of its parts, with the place of each."""
        ...

    def of_lease(self, landlord_id: str, lease_id: str, after: str | None) -> Iterator[Dispatch]:
        """What was sent to a lease, newest first; a listing, a little late."""
        ...


class Senders(Protocol):
    """Who may write under which name; strongly consistent."""

    def is_of(self, landlord_id: str, channel: Channel, name: str) -> bool:
        """Whether an operator let the landlord write under this address, or this name of SMS."""
        ...


def sender_name(landlord: Landlord, channel: Channel) -> str | None:
    """The address, or the name of SMS, under which a landlord says that it writes."""
    sender = landlord.sender or Sender()
    return sender.email if channel is Channel.EMAIL else sender.sms_name


@dataclass(frozen=True, slots=True)
class MailingWish:
    """To whom, how, and what the links allow (see `LinkWish`)."""

    channel: Channel
    choice: Choice
    min_cents: Cents | None = None
    expires_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class MailingProgress:
    """A mailing, and what came of the leases that are done; `is_done` once all of them are."""

    mailing: Mailing
    counts: Mapping[str, int]
    chosen: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class MailingDesk:
    """Takes orders."""

    mailings: MailingReader
    landlords: Landlords
    ledger: Ledger
    senders: Senders
    queue: Queue
    log: ActionLog

    def order(self, landlord_id: str, wish: MailingWish, by: str, attempt: Attempt) -> Mailing:
        """Keep the order and begin it; the same attempt again begins nothing twice.

        Raises:
            Conflict: `no_sender`: the landlord has not said under which address or name it writes;
                `sender_not_confirmed`: nobody confirmed that it is its own.
        """
        sender = sender_name(self.landlords.get(landlord_id), wish.channel)
        if sender is None:
            message = "The landlord's settings name no sender for this channel."
            raise Conflict("no_sender", message, channel=wish.channel.value)
        if not self.senders.is_of(landlord_id, wish.channel, sender):
            message = "The sender is not confirmed as the landlord's own."
            raise Conflict("sender_not_confirmed", message, channel=wish.channel.value)
        mailing = Mailing(
            mailing_id=attempt.name,
            channel=wish.channel,
            choice=wish.choice,
            ordered_by=by,
            ordered_at=attempt.instant,
            min_cents=wish.min_cents,
            expires_in_days=wish.expires_in_days,
        )
        body = {"kind": "order_mailing", **msgspec.to_builtins(mailing), "by": by}
        self.log.record(landlord_id, "mailings", mailing.mailing_id, body, attempt.at)
        self.mailings.add(landlord_id, mailing)
        self.queue.send([MailingStep(landlord_id, mailing.mailing_id)])
        return mailing

    def one(self, landlord_id: str, mailing_id: str) -> MailingProgress:
        """How far a mailing is. Raises NotFound."""
        mailing = self._mailing(landlord_id, mailing_id)
        parts = list(self.mailings.parts(landlord_id, mailing_id))
        done = [part for part in parts if part.done is not None]
        chosen = sum(len(part.lease_ids) for part in parts)
        return MailingProgress(mailing, summed(done), chosen, is_done=len(done) == mailing.parts)

    def page(self, landlord_id: str, after: Place | None, limit: int) -> Listed[Mailing]:
        """A page of a landlord's mailings, newest first."""
        found = self.mailings.page(landlord_id, after[0] if after else None)
        return fill((((one.mailing_id,), one) for one in found), limit)

    def dispatches(
        self, landlord_id: str, mailing_id: str, status: DispatchStatus | None, after: Place | None, limit: int
    ) -> Listed[Dispatch]:
        """A page of a mailing's messages, also those that were skipped; of one status, if told. Raises NotFound."""
        found = self.mailings.dispatches(landlord_id, self._mailing(landlord_id, mailing_id), after)
        return fill(((place, one if status in (None, one.status) else None) for place, one in found), limit)

    def _mailing(self, landlord_id: str, mailing_id: str) -> Mailing:
        mailing = self.mailings.find(landlord_id, mailing_id)
        if mailing is None:
            raise NotFound("mailing_not_found", "There is no mailing with this id.", mailing_id=mailing_id)
        return mailing

    def sent_to(self, landlord_id: str, lease_id: str, after: Place | None, limit: int) -> Listed[Dispatch]:
        """What was sent to a lease, newest first. Raises NotFound: no such lease."""
        if not self.ledger.accounts(landlord_id, [lease_id]):
            raise NotFound("lease_not_found", "There is no lease with this id.", lease_id=lease_id)
        found = self.mailings.of_lease(landlord_id, lease_id, after[0] if after else None)
        return fill((((one.dispatch_id,), one) for one in found), limit)
