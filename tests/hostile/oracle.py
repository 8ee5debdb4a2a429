"""What may come of a spoiled file: read as before, read as another file that proves itself, or refused with a reason.

The judge reads as intake does (`open_bank_file`, then `prove`: an account of the landlord, euros, sums that close) and
allows three answers only; all else is an error of ours:

- **refused**: `UnreadableFile` with a code that is enumerated (`Reason`, or one of intake's own);
- **same**: account, balances, and of each movement the amount, the days and the status are those of the good file.
  Texts, names and references may differ: whoever spoils a free text has spoiled a free text;
- **other**: the file is well formed and says something else. Where a format carries balances this is only accepted if
  they prove it: opening + Σ booked = closing, computed here anew from the movements that were handed out, for every
  statement. A camt.053 whose opening or closing balance went missing has nothing to prove (production posts it and
  keeps its day open), and neither have camt.052 and camt.054, which carry no balances: no arithmetic can tell a spoiled
  notice of 460 € from a good one of 460 €. What is claimed for these, and for every camt that is not refused, is
  exactness: each entry is what a second, plain reading of the same bytes says (`plain_camt`), none lost, none doubled,
  none altered by being read. An amount changed inside a well-formed notice is thus another notice, correctly read.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from builders import a_landlord
from hostile.plain_camt import PlainEntry, plainly
from hostile.sample import Sample

from quitus.banking.problems import Reason
from quitus.banking.reading import read_bank_file
from quitus.banking.recognition import BankFile, open_bank_file
from quitus.domain.errors import UnreadableFile
from quitus.domain.landlord import BankAccount, Landlord
from quitus.domain.movement import CLOSING_CHANNELS, Movement, Statement, Status
from quitus.services.bank_statements import prove
from quitus.services.registry import Area, DroppedFile
from quitus.services.releases import UNKNOWN_ACCOUNT

REASONS: Final = frozenset({*(reason.value for reason in Reason), UNKNOWN_ACCOUNT})

CHANNELS: Final = CLOSING_CHANNELS | {"camt.052", "camt.054"}

type Read = list[tuple[Statement, list[Movement]]]


class Outcome(StrEnum):
    """What came of a file."""

    REFUSED = "refused"
    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, with the reason of a refusal; `read` is what was understood, empty when refused."""

    outcome: Outcome
    reason: str
    read: Read


def landlord_of(sample: Sample) -> Landlord:
    """A landlord who has declared the accounts of a file."""
    return a_landlord(bank_accounts=tuple(BankAccount(account, "AGRIFRPP") for account in sorted(sample.accounts)))


def judged(sample: Sample, spoiled: bytes, landlord: Landlord | None = None) -> Verdict:
    """What came of a spoiled file.

    Raises:
        AssertionError: it was trusted without proof, or read wrongly.
    """
    landlord = landlord or landlord_of(sample)
    try:
        with open_bank_file(io.BytesIO(spoiled)) as opened:
            file = DroppedFile(landlord.landlord_id, "F", Area.BANK, "x", "2026-11-24T06:00:00+00:00")
            proved = prove(landlord, opened, file)
            read = _movements(read_bank_file(opened))
            _check(opened, read)
    except UnreadableFile as refusal:
        return _refused(str(refusal.code))
    assert [item.statement for item in proved] == [statement for statement, _ in read], "two passes, two readings"
    same = facts(read) == good_facts(sample)
    return Verdict(Outcome.SAME if same else Outcome.OTHER, "", read)


def _refused(reason: str) -> Verdict:
    assert reason in REASONS, f"{reason} is not enumerated"
    return Verdict(Outcome.REFUSED, reason, [])


@lru_cache(maxsize=64)
def good_facts(sample: Sample) -> list[tuple[object, ...]]:
    """What the good file says."""
    with open_bank_file(io.BytesIO(sample.data)) as opened:
        return facts(_movements(read_bank_file(opened)))


def facts(read: Read) -> list[tuple[object, ...]]:
    """What decides about money."""
    return [
        (statement.account, statement.balances, [_facts(movement) for movement in movements])
        for statement, movements in read
    ]


def _facts(movement: Movement) -> tuple[object, ...]:
    return movement.amount_cents, movement.booking_date, movement.value_date, movement.status


def _movements(parts: Iterable[Movement | Statement]) -> Read:
    read: Read = []
    waiting: list[Movement] = []
    for part in parts:
        if isinstance(part, Movement):
            waiting.append(part)
        else:
            read.append((part, waiting))
            waiting = []
    assert not waiting, "movements after the last statement"
    return read


def _check(opened: BankFile, read: Read) -> None:
    """Every statement that was trusted proves itself, and a camt says what its plain reading says."""
    assert opened.format in CHANNELS, f"taken in as {opened.format}"
    for statement, movements in read:
        opening, closing = statement.balances.opening_cents, statement.balances.closing_cents
        if opened.format not in CLOSING_CHANNELS:
            continue
        if opening is None or closing is None:
            assert opened.format == "camt.053", "a statement without its balances"
            continue
        moved = sum(movement.amount_cents for movement in movements if movement.status is Status.BOOKED)
        assert opening + moved == closing, f"{opening} + {moved} is not {closing}"
    if opened.format.startswith("camt"):
        _compare(plainly(opened.rewound().read()), read)


def _compare(plain: Sequence[tuple[str, Sequence[PlainEntry]]], read: Read) -> None:
    assert [account for account, _ in plain] == [statement.account for statement, _ in read]
    for (_, entries), (_, movements) in zip(plain, read, strict=True):
        groups: dict[str, list[Movement]] = {}
        for movement in movements:
            groups.setdefault(movement.position.split(".")[1], []).append(movement)
        assert len(groups) == len(entries), f"{len(entries)} entries, {len(groups)} read"
        for entry, group in zip(entries, groups.values(), strict=True):
            read_as = {_plain(movement, sum(one.amount_cents for one in group)) for movement in group}
            assert {_said(entry, one) for one in read_as} == read_as, f"{entry} was read as {read_as}"


def _plain(movement: Movement, total: int) -> PlainEntry:
    value = movement.value_date.isoformat() if movement.value_date else None
    return PlainEntry(total, movement.booking_date.isoformat(), value, movement.status is Status.BOOKED)


def _said(entry: PlainEntry, read: PlainEntry) -> PlainEntry:
    """The entry; where it says nothing, what was read stands: details give the amount, the statement the day."""
    cents = read.cents if entry.cents is None else entry.cents
    return PlainEntry(cents, entry.booking or entry.value or read.booking, entry.value, entry.booked)
