"""Payers who send one transfer for many leases, and a list of whose money it is: the CAF and the MSA for aids, the FSL.

The lists' layouts are not public and differ from payer to payer (sector.md §2): how a payer's lists are read is the
landlord's own data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from quitus.domain.ibans import compact_iban
from quitus.domain.lease import Debtor
from quitus.domain.matching import PAYER, Match, SuspenseReason
from quitus.domain.movement import Means, Movement, Nature, Status
from quitus.domain.names import joined, words_of


class AmountStyle(StrEnum):
    """How a list writes amounts; a minus before or after, or brackets around, make a recovery."""

    COMMA = "comma"
    """`1 234,56`, `1.234,56`"""
    POINT = "point"
    """`1,234.56`, `1234.56`"""
    CENTS = "cents"
    """`123456`"""


class ListEncoding(StrEnum):
    """How a list's bytes are characters."""

    UTF_8 = "utf-8"
    LATIN_9 = "iso-8859-15"
    WINDOWS_1252 = "windows-1252"


@dataclass(frozen=True, slots=True)
class ListColumns:
    """The names of the columns, as the list's header has them. One of `beneficiary` and `lease` is always there.

    `beneficiary` is the payer's own number of the tenant, `lease` the landlord's id of the lease, `period` the month
    that is paid for, `reference` what the transfer says too.
    """

    amount: str
    beneficiary: str | None = None
    lease: str | None = None
    name: str | None = None
    period: str | None = None
    reference: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that must be there."""
        every = (self.amount, self.beneficiary, self.lease, self.name, self.period, self.reference)
        return tuple(name for name in every if name is not None)


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How the lists of a payer are read: lines before the header are skipped; a line that begins with `total_label`
    gives the sum of the others.
    """

    columns: ListColumns
    separator: str = ";"
    encoding: ListEncoding = ListEncoding.UTF_8
    amounts: AmountStyle = AmountStyle.COMMA
    skipped_lines: int = 0
    total_label: str | None = None


@dataclass(frozen=True, slots=True)
class BulkPayer:
    """A payer: how its transfers are recognised (accounts, names), what they are (`caf`: aids), how its lists are
    read.
    """

    payer_id: str
    name: str
    means: Means
    layout: ListLayout
    ibans: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=())
    """How the bank calls it; a transfer's name may go on after it."""

    @property
    def pays_aids(self) -> bool:
        """Whether its money is aids, never what tenants owe themselves."""
        return self.means.debtor is Debtor.PAYER

    def sent(self, movement: Movement) -> bool:
        """Whether a movement says that this payer sent it."""
        return is_sent_by(movement, self.ibans, self.names)

    def shares_with(self, other: BulkPayer) -> bool:
        """Whether a transfer could say that both sent it: by one account, or one name that begins the other's."""
        pairs = product(self.names, other.names)
        alike = any(_begins(mine, theirs) or _begins(theirs, mine) for mine, theirs in pairs)
        return alike or not set(self.ibans).isdisjoint(other.ibans)


def is_sent_by(movement: Movement, ibans: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a movement says that it comes from one of these accounts, or of somebody whose name begins so."""
    if movement.debtor_iban and compact_iban(movement.debtor_iban) in ibans:
        return True
    return any(_begins(movement.debtor_name or "", name) for name in names)


def _begins(text: str, name: str) -> bool:
    """Whether a text begins with the words of a name, however accents, blanks and apostrophes are written."""
    words, wanted = words_of(text), joined(name)
    return bool(wanted) and any("".join(words[:count]) == wanted for count in range(1, len(words) + 1))


def awaiting_list(movement: Movement, match: Match, payers: tuple[BulkPayer, ...]) -> Match:
    """The match of a transfer, once it is known whether a payer sent it who tells by a list whose it is: then neither
    memory nor names say more; nor, of aids, a virtual IBAN or anything else that it names (sector.md §2).
    """
    is_credit = movement.amount_cents > 0 and movement.nature is Nature.RECEIPT and movement.status is Status.BOOKED
    is_open = match.reason is SuspenseReason.NO_EVIDENCE
    possible = [payer for payer in payers if is_open or payer.pays_aids] if is_credit else []
    sender = next((payer for payer in possible if payer.sent(movement)), None)
    if sender is None:
        return match
    return Match(None, None, {PAYER: sender.payer_id}, SuspenseReason.AWAITING_LIST)
