"""What is remembered of a payer: on which leases a person or a certain match put its money, and with what it came.

Learned only so, never from a match that was itself drawn from memory or likeness; once a person takes a payer's money
off a lease, memory does not put any there again until a person does (decision 0024).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain

from quitus.domain.ibans import compact_iban
from quitus.domain.lease import Debtor
from quitus.domain.matching import SPLIT
from quitus.domain.money import Cents
from quitus.domain.movement import Movement, Nature, Status
from quitus.domain.names import persons_of
from quitus.domain.payment import Payment, PaymentStatus

MOST_LEASES = 50
"""A payer of more leases (a guardian, a social service) is known for none."""

_AMOUNTS = 6
_STANDING_IDS = 3
"""Banks that make a new end-to-end id for each transfer would fill memory with what never comes again."""
_SHORTEST_IBAN = 15


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid: the account, or where the bank does not tell it (CFONB) the name. Kept under a keyed hash only."""

    by: str
    """`iban` or `name`."""
    text: str

    @property
    def has_account(self) -> bool:
        """Whether it is known by its account, which is one payer's; a name may be several people's."""
        return self.by == "iban"


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What a payer's money was on one lease: the latest amounts, the first end-to-end ids, the payment last learned."""

    learned_from: str
    cents: tuple[Cents, ...] = ()
    standing_ids: tuple[str, ...] = ()
    """Tags of end-to-end ids; one that comes again is a standing order's."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one payment teaches of its payer."""

    payer: Payer
    lease_id: str
    payment_id: str
    cents: Cents
    end_to_end_id: str | None


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """A payer's leases. `distrusted`: those off which a person took its money."""

    leases: Mapping[str, Acquaintance] = field(default_factory=dict)
    distrusted: frozenset[str] = frozenset()
    version: int = 0

    @property
    def trusted(self) -> Mapping[str, Acquaintance]:
        """The leases on which its money may be put by memory."""
        if len(self.leases) > MOST_LEASES:
            return {}
        return {name: held for name, held in self.leases.items() if name not in self.distrusted}

    def learned(self, lesson: Lesson) -> KnownPayer:
        """With what a payment teaches; distrust stays. The same lesson again changes nothing."""
        held = self.leases.get(lesson.lease_id)
        if held is None and len(self.leases) > MOST_LEASES:
            return self
        known = _with(held or Acquaintance(lesson.payment_id), lesson)
        return self if known == held else replace(self, leases={**self.leases, lesson.lease_id: known})

    def assured(self, lesson: Lesson) -> KnownPayer:
        """With what a person decided: the lease is trusted from now on, whatever was before."""
        return replace(self.learned(lesson), distrusted=self.distrusted - {lesson.lease_id})

    def disowned(self, lease_id: str) -> KnownPayer:
        """Without trust in a lease off which a person took the payer's money."""
        return replace(self, distrusted=self.distrusted | {lease_id})


def payers_of(movement: Movement) -> tuple[Payer, ...]:
    """Who sent it, as its channel tells: by the account if that is told, and by the name."""
    iban = compact_iban(movement.debtor_iban or "")
    name = "/".join(sorted(" ".join(sorted(person)) for person in persons_of(movement.debtor_name or "")))
    told = (("iban", iban if len(iban) >= _SHORTEST_IBAN else ""), ("name", name))
    return tuple(Payer(by, text) for by, text in told if text)


def standing_tag(end_to_end_id: str) -> str:
    """Names an end-to-end id in memory, short."""
    return sha256(end_to_end_id.strip().encode()).hexdigest()[:16]


def is_distinctive(end_to_end_id: str) -> bool:
    """Whether an id is nobody else's by chance: a word that anybody may write (`LOYER`) is not."""
    return len(end_to_end_id.strip()) >= 8 and sum(char.isdigit() for char in end_to_end_id) >= 4


def lessons_of(payment: Payment, lease_id: str | None = None) -> list[Lesson]:
    """What a payment teaches: its payers, as every channel tells them, pay for the lease that it certainly is on.

    `lease_id`: what it will be on once a person's present decision is taken.
    """
    match = payment.match
    certain = payment.status is PaymentStatus.POSTED and match is not None and match.is_certain
    known = lease_id or (payment.lease_id if certain else None)
    is_split = match is not None and SPLIT in match.evidence
    if known is None or is_split or payment.debtor is not Debtor.TENANT:
        return []
    return list(dict.fromkeys(_lessons(payment, known)))


def payers_told(payment: Payment) -> tuple[Payer, ...]:
    """Everybody whom some channel tells as the payer of a payment."""
    return tuple(dict.fromkeys(chain.from_iterable(payers_of(report.said) for report in payment.reports)))


def changed_by(lessons: Iterable[Lesson], known: Mapping[Payer, KnownPayer]) -> dict[Payer, KnownPayer]:
    """The payers of whom the lessons tell something new, as they are known then."""
    after = dict(known)
    for lesson in lessons:
        after[lesson.payer] = after.get(lesson.payer, KnownPayer()).learned(lesson)
    return {payer: held for payer, held in after.items() if held != known.get(payer, KnownPayer())}


def _lessons(payment: Payment, lease_id: str) -> Iterator[Lesson]:
    for report in payment.reports:
        said = report.said
        is_receipt = said.nature is Nature.RECEIPT and said.status is Status.BOOKED and said.amount_cents > 0
        for payer in payers_of(said)[:1] if is_receipt else ():
            if payer.has_account or said.end_to_end_id:
                yield Lesson(payer, lease_id, payment.payment_id, said.amount_cents, said.end_to_end_id)


def _with(held: Acquaintance, lesson: Lesson) -> Acquaintance:
    tag = standing_tag(lesson.end_to_end_id) if lesson.end_to_end_id else None
    is_new_id = tag is not None and tag not in held.standing_ids and len(held.standing_ids) < _STANDING_IDS
    is_new_amount = lesson.cents not in held.cents
    return replace(
        held,
        cents=(*held.cents, lesson.cents)[-_AMOUNTS:] if is_new_amount else held.cents,
        standing_ids=(*held.standing_ids, tag) if is_new_id and tag else held.standing_ids,
        learned_from=lesson.payment_id if is_new_amount or is_new_id else held.learned_from,
    )
