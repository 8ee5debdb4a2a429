"""What comes in: a movement as one channel reports it, on one of the landlord's accounts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from quitus.domain.bank_codes import brings_values, is_charge, is_sent
from quitus.domain.identity import Bucket, Report, account_tag, is_counter, reference_key, reference_tag
from quitus.domain.ledger import Role
from quitus.domain.movement import Means, Movement, Nature, Status
from quitus.domain.refund_names import named_by

MANUAL_ACCOUNT: Final = "manual"
"""The account of receipts typed in by people: no bank line stands behind it yet."""

EVENT_CHANNEL: Final = "event:"
"""Begins the channel of a source of payment events."""

EVENT_POSITION: Final = "event"
"""The place of a movement in the event that tells of it."""

_ANNOUNCED: Final = "announced"
_LISTED: Final = "listed"
_IN_COLLECTION: Final = frozenset({Means.CARD, Means.CHEQUE, Means.CASH})


@dataclass(frozen=True, slots=True)
class Source:
    """Who reported a movement: the channel, its message, and the file or event that brought the message."""

    channel: str
    message: str
    file_id: str | None = None
    event_id: str | None = None
    vouched: bool = False
    """Only a person answers for what the file says: it cannot prove itself, or contradicts what was told before."""

    @property
    def voice(self) -> str:
        """Who speaks, as far as identity goes: a vouched file is a channel of its own, so that whatever the bank's
        other files told, or tell later, of its movements is the same money.
        """
        return f"{self.channel}~{self.file_id}" if self.vouched else self.channel


@dataclass(frozen=True, slots=True)
class Incoming:
    """A reported movement on one of the landlord's accounts (an IBAN, or `manual` for receipts typed in by people)."""

    movement: Movement
    account: str
    source: Source
    lease_iban: str | None = None
    """The virtual IBAN of one of the landlord's leases that the movement names, once the register was asked."""
    exchanged: bool = False
    """It stands for its row by count alone (`identity`): what it says is about another row."""
    accepted_on: Role | None = None
    """The account (511 or 512) on which its event was accepted; 471 for a line of a list, whose money its transfer
    brought there; None where that is what its means say."""
    party_iban: str | None = None
    """The virtual IBAN of one of the lease's co-tenants that it names."""
    of_list_payer: bool = False
    """Somebody sent it who pays for many leases, by lists."""

    @property
    def bucket(self) -> Bucket:
        """Where its permanent row belongs: values in collection are never the bank line that brings them, nor is what
        the bank only announces, nor a line of a list its transfer.
        """
        return Bucket(account_tag(self._book), self.movement.booking_date, self.movement.amount_cents)

    @property
    def _book(self) -> str:
        if not self.is_booked:
            return f"{_ANNOUNCED}|{self.account}"
        if self.accepted_on is Role.SUSPENSE:
            return f"{_LISTED}|{self.source.message}"
        return self._collected_book if self.in_collection else self.account

    @property
    def _collected_book(self) -> str:
        return collected_book(self.source.channel, self.account)

    @property
    def books(self) -> Mapping[str, Role]:
        """The tags of where it may belong, once booked: the bank account, or what its channel has in collection."""
        return {account_tag(self.account): Role.BANK, account_tag(self._collected_book): Role.COLLECTION}

    def accepted(self, role: Role | None) -> Incoming:
        """The same on this account; where that is None, on the one that its means say."""
        return self if role in (None, bank_role(self)) else replace(self, accepted_on=role)

    @property
    def is_booked(self) -> bool:
        """Whether the bank has booked it; otherwise it only informs."""
        return self.movement.status is Status.BOOKED

    @property
    def in_collection(self) -> bool:
        """Card, cheque and cash wait in 511 for their bank line; what a bank file reports is on 512 already; an event
        that takes a payment back is where that stands.
        """
        if self.accepted_on is not None:
            return self.accepted_on is Role.COLLECTION
        unseen = self.account == MANUAL_ACCOUNT or self.movement.means in _IN_COLLECTION
        return self.source.file_id is None and unseen

    @property
    def voice(self) -> str:
        """Who speaks, as far as identity goes. Message after message tells again what is only announced: each counts
        alone.
        """
        return self.source.voice if self.is_booked else f"{self.source.voice}|{self.source.message}"

    @property
    def report(self) -> Report:
        """What the movement says of its identity."""
        movement = self.movement
        return Report(
            channel=self.voice,
            message=self.source.message,
            position=movement.position,
            references=frozenset(reference_key(ref) for ref in (movement.bank_reference, movement.uetr) if ref),
            end_to_end_id=movement.end_to_end_id and reference_key(movement.end_to_end_id),
            virtual_iban=movement.virtual_iban,
            lease_iban=self.lease_iban,
            party_iban=self.party_iban,
            payer=_payer_key(movement.debtor_name),
            is_total=movement.is_parked,
            takes_back=_takes_back(movement),
            of_list_payer=self.of_list_payer,
            brings=_brings(movement, is_event=self.source.event_id is not None),
            exchanged=self.exchanged,
        )

    @property
    def said(self) -> Movement:
        """What it says of the money of its row."""
        return self.movement.anonymous() if self.exchanged else self.movement

    @property
    def reference_told(self) -> str:
        """The bank's reference and who gave it, short; empty without one, and for a mere number, which many banks give
        anew in each message.
        """
        reference = self.movement.bank_reference or self.movement.uetr or ""
        return "" if not reference or is_counter(reference) else f"{reference_tag(reference)}@{self.source.channel}"


def collected_book(channel: str, account: str) -> str:
    """The book of what a channel has in collection for an account."""
    return f"{channel}|{account}"


def bank_role(incoming: Incoming) -> Role:
    """The account that a receipt debits."""
    if incoming.accepted_on is Role.SUSPENSE:
        return Role.SUSPENSE
    return Role.COLLECTION if incoming.in_collection else Role.BANK


def _takes_back(movement: Movement) -> bool | None:
    """Whether a debit takes a payment back: where its channel says so; never as a charge, or what the landlord paid;
    None where nothing says either.
    """
    if movement.amount_cents >= 0:
        return None
    if movement.nature is Nature.RETURN:
        return True
    code = movement.bank_code
    is_known_otherwise = movement.nature is Nature.CLEARING or is_charge(code) or is_sent(code) or named_by([movement])
    return False if is_known_otherwise else None


def _brings(movement: Movement, *, is_event: bool) -> bool | None:
    """Whether a credit brings values that were received otherwise: what its channel's code says, unless the register or
    the landlord's settings said otherwise (`payouts`); of an event, by its means.
    """
    if movement.amount_cents <= 0 or movement.is_parked:
        return None
    told = brings_values(movement.bank_code)
    if told is None and is_event and movement.means in _OF_PAYERS:
        told = False
    return told if told == (movement.nature is Nature.CLEARING) else None


_OF_PAYERS = frozenset({Means.TRANSFER, Means.INSTANT_TRANSFER, Means.DIRECT_DEBIT})


def _payer_key(name: str | None) -> str | None:
    return " ".join(sorted(name.casefold().split())) if name else None
