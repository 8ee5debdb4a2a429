"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from quitus.domain.alert import Alert, AlertKind
    from quitus.domain.charged import Charging, CreditUse, History
    from quitus.domain.household import Households
    from quitus.domain.identity import Bucket
    from quitus.domain.landlord import Landlord
    from quitus.domain.lease import Account, Due, Recent
    from quitus.domain.matching import Holder
    from quitus.domain.pairing import Register
    from quitus.domain.payment import Decision, Payment
    from quitus.domain.posting import Claim, Plan, Posted
    from quitus.services.table import Write


class Clock(Protocol):
    """The instant, aware. Never decides about money."""

    def now(self) -> datetime:
        """The present instant."""
        ...

    def pause(self, attempt: int) -> None:
        """Wait a little before trying again, longer each time."""
        ...


class Landlords(Protocol):
    """The settings of the landlords."""

    def find(self, landlord_id: str) -> Landlord | None:
        """The landlord, or None."""
        ...

    def get(self, landlord_id: str) -> Landlord:
        """The landlord. Raises NotFound."""
        ...


class Ledger(Protocol):
    """Accounts of leases and permanent rows of movements. Everything read here is strongly consistent."""

    def holders_of(self, landlord_id: str, ibans: Iterable[str]) -> dict[str, Holder | None]:
        """Whom each virtual IBAN was issued for, None for one of the pool that nobody has; others are left out."""
        ...

    def leases_of_dues(self, landlord_id: str, due_ids: Iterable[str]) -> dict[str, str]:
        """The lease of each of these dues that exists."""
        ...

    def accounts(self, landlord_id: str, lease_ids: Iterable[str]) -> dict[str, Account]:
        """The accounts of these leases; unknown leases are left out."""
        ...

    def households(self, landlord_id: str, lease_ids: Iterable[str]) -> Households:
        """The accounts of these leases and of all leases of their account groups; unknown leases are left out."""
        ...

    def virtual_iban_of(self, landlord_id: str, lease_id: str) -> str | None:
        """The virtual IBAN of a lease."""
        ...

    def dues(self, landlord_id: str, lease_id: str) -> dict[str, Due]:
        """Every due of a lease, settled and cancelled ones too."""
        ...

    def history(self, landlord_id: str, lease_id: str) -> History:
        """Every due of a lease and every offset made by its chargings."""
        ...

    def register(self, landlord_id: str, buckets: Iterable[Bucket], channels: Iterable[str]) -> Register:
        """The known rows of these buckets and of their neighbours, with the reports of these channels."""
        ...

    def channels(self, landlord_id: str, account_tag: str) -> frozenset[str]:
        """The channels that ever reported on an account."""
        ...

    def add_channel(self, landlord_id: str, account_tag: str, channel: str) -> None:
        """Remember that a channel reports on an account."""
        ...

    def collectors(self, landlord_id: str, account_tag: str) -> frozenset[str]:
        """The channels that ever told of values in collection for a bank account."""
        ...

    def add_collector(self, landlord_id: str, account_tag: str, channel: str) -> None:
        """Remember that a channel tells of values in collection for a bank account."""
        ...

    def posted(self, landlord_id: str, rows: Iterable[tuple[Bucket, int]]) -> dict[tuple[Bucket, int], Posted]:
        """The permanent rows with these ordinals."""
        ...

    def told_receipts(self, landlord_id: str, account_tag: str, days: Collection[date]) -> list[Recent]:
        """The receipts of an account that are in suspense, and all those of these days and the ones beside them, under
        each reference that a channel gave them; as the views show them, seconds late.
        """
        ...

    def commit(self, landlord_id: str, plan: Plan, at: str, decided: Mapping[str, Decision] | None = None) -> None:
        """Write a plan, in transactions that keep each lease and account group whole, and each claim with what is
        decided of the row that it turns (`decided`, by payment id).

        Raises:
            Stale: part of it may be written, decide again.
            Oversized: nothing is written, plan less at a time.
        """
        ...

    def payment(self, landlord_id: str, payment_id: str) -> Payment:
        """A payment. Raises NotFound."""
        ...

    def payments(self, landlord_id: str, buckets: Iterable[Bucket]) -> list[Payment]:
        """All payments of these buckets."""
        ...

    def add_claims(self, landlord_id: str, claims: Sequence[Claim], at: str) -> None:
        """Write further reports of known rows, each once; again changes nothing."""
        ...

    def commit_replacement(self, landlord_id: str, payment: Payment, decision: Decision) -> None:
        """Write a decision that touches no lease. Raises Stale: another one was made."""
        ...

    def commit_decision(
        self,
        landlord_id: str,
        payment: Payment,
        decision: Decision,
        made: Sequence[Charging],
        beside: Sequence[Write] = (),
    ) -> None:
        """Write a decision with the accounts, offsets and credit uses that follow, and what is to change with it, all
        or nothing. Raises Stale.
        """
        ...

    def commit_move(
        self,
        landlord_id: str,
        payment: Payment,
        off: tuple[Decision, Sequence[Charging]],
        onto: tuple[Decision, Sequence[Charging]],
    ) -> None:
        """Write two decisions, off a lease and onto another, with what follows, all or nothing. Raises Stale."""
        ...

    def commit_reversal(
        self,
        landlord_id: str,
        payment: Payment,
        decision: Decision,
        made: Sequence[Charging],
        returned: Posted | tuple[Payment, Decision] | None,
    ) -> None:
        """Write that a payment is taken back, with the new row of the return, or the decision on one that waited, all
        or nothing. Raises Stale.
        """
        ...

    def named_by_event(self, landlord_id: str, channel: str, reference: str) -> Bucket | None:
        """Where the payment is that an event of a channel reported under a reference."""
        ...

    def commit_uses(self, landlord_id: str, uses: Sequence[CreditUse], accounts: Iterable[Account], at: str) -> None:
        """Write credit uses with the accounts that they change, all or nothing. Raises Stale."""
        ...


class Files(Protocol):
    """The registry of dropped files."""

    def batch_done(
        self, landlord_id: str, file_id: str, number: int, counts: Mapping[str, int], results: Sequence[Any], at: str
    ) -> bool:
        """Record a worked batch once (again changes nothing); True when it was the file's last one."""
        ...


class ActionLog(Protocol):
    """Accepted inputs and decisions, outside the table, in a locked bucket, before the answer."""

    def record(self, landlord_id: str, kind: str, name: str, body: Mapping[str, Any], at: datetime) -> None:
        """Keep an action for ever; the same name again changes nothing."""
        ...


class Alerts(Protocol):
    """What people should look at."""

    def alert(self, landlord_id: str, alert: Alert, at: str) -> None:
        """Raise an alert; while it is open, again changes nothing."""
        ...

    def close(self, landlord_id: str, kind: AlertKind, subject: str, at: str) -> None:
        """Close an open alert; no alert, nothing happens."""
        ...


class Queue(Protocol):
    """One queue."""

    def send(self, messages: Iterable[object], delay_seconds: int = 0) -> None:
        """Send records as JSON, in as few calls as possible; all are accepted or it raises."""
        ...


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """What an event was accepted as: what may never differ under its reference (`digest`), where its payment is, and
    the virtual IBAN that it names, empty without one.
    """

    digest: str
    bucket: Bucket
    virtual_iban: str

    def contradicts(self, held: AcceptedEvent) -> bool:
        """Whether it says other money, or another payee, than the one that holds; it may leave the payee out."""
        return self.digest != held.digest or self.virtual_iban not in ("", held.virtual_iban)


class Events(Protocol):
    """Payment events by their source's reference: each is accepted once, for ever."""

    def accept(self, landlord_id: str, source: str, reference: str, event: AcceptedEvent, at: str) -> AcceptedEvent:
        """Accept an event, unless one with this reference of this source was accepted before: the one that holds."""
        ...

    def reject(self, landlord_id: str, name: str, reason: str, at: str) -> None:
        """Remember that an event was refused and why."""
        ...
