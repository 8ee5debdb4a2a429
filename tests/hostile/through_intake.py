"""A spoiled file dropped by SFTP, without a cloud: what is quarantined posts nothing and queues nothing."""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Sequence
from dataclasses import replace

from hostile.campaign import Spoiled, examined
from hostile.oracle import Outcome, Read, Verdict, facts, landlord_of
from unit.intake.counter import LANDLORD, Counter, counts

from quitus.domain.movement import Movement, Statement, Status
from quitus.services.registry import FileStatus


def take_in(file: Spoiled, verdict: Verdict) -> None:
    """Drop a file for a landlord who has never dropped one, and let everything that follows happen.

    Raises:
        AssertionError: intake did something else than the verdict asks for.
    """
    counter = Counter(landlord_of(file.sample))
    dropped = counter.put("releve", file.data)
    counter.intake().take(dropped)
    queued = list(counter.movements.sent)
    counter.work()
    taken = counter.file(dropped.file_id)
    if verdict.outcome is Outcome.REFUSED:
        assert (taken.status, taken.reason) == (FileStatus.QUARANTINED, verdict.reason)
        assert (queued, counter.posted(), counts(taken)) == ([], [], {}), "something of a quarantined file was posted"
        assert counter.alerts() == ["file_quarantined"]
        assert counter.raw.held == {f"{LANDLORD}/{taken.raw}": file.data}, "the quarantined bytes are not kept"
        return
    assert (taken.status, taken.reason) == (FileStatus.PROCESSED, None)
    posted = Counts(counter.posted())
    least, most = booked(verdict.read)
    assert least <= posted <= most, f"not posted {least - posted}, posted too often {posted - most}"


def examined_and_taken_in(file: Spoiled) -> Verdict:
    """The verdict on a file, and intake agrees.

    Raises:
        AssertionError: see `examined` and `take_in`.
    """
    verdict = examined(file)
    take_in(file, verdict)
    return verdict


def booked(read: Read) -> tuple[Counts[int], Counts[int]]:
    """The booked amounts that must be posted at least, and at most: a statement that a file repeats counts once.

    Statements that differ in who paid or in references only, and what several statements report under one reference,
    may be one or several: that is for the rules of identity to say, which have tests of their own.
    """
    told: set[tuple[object, ...]] = set()
    least, most = Counts[int](), Counts[int]()
    for at, (statement, movements) in enumerate(read):
        names = [(movement, _names(statement, movement)) for movement in movements if movement.status is Status.BOOKED]
        alike = [other for other in read[:at] if facts([other]) == facts([read[at]])]
        if not alike:
            least.update(movement.amount_cents for movement, named in names if told.isdisjoint(named))
        if not any(_unplaced(other) == _unplaced(movements) for _, other in alike):
            most.update(movement.amount_cents for movement, _ in names)
        told.update(name for _, named in names for name in named)
    return least, most


def _unplaced(movements: Sequence[Movement]) -> list[Movement]:
    return [replace(movement, position="") for movement in movements]


def _names(statement: Statement, movement: Movement) -> set[tuple[object, ...]]:
    references = {movement.bank_reference, movement.uetr, movement.end_to_end_id} - {None}
    return {(statement.account, movement.booking_date, movement.amount_cents, reference) for reference in references}
