"""Remember who paid for which lease, from payments that certainly are on theirs; told by changes, seconds later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quitus.domain.known_payers import Lesson, changed_by, lessons_of
from quitus.domain.payment import Payment
from quitus.services.contention import until_written
from quitus.services.ports import Clock

if TYPE_CHECKING:
    from quitus.services.attribution import KnownPayers


@dataclass(frozen=True, slots=True)
class PayerTeacher:
    """Teaches memory what payments say; again changes nothing, and trust that a person took away stays away."""

    payers: KnownPayers
    clock: Clock

    def learn(self, landlord_id: str, payments: Sequence[Payment]) -> None:
        """Remember what these payments teach.

        Raises:
            Contention: others kept writing; nothing is lost, try again.
        """
        lessons = [lesson for payment in payments for lesson in lessons_of(payment)]
        if lessons:
            until_written(lambda: self._learn(landlord_id, lessons), self.clock)

    def _learn(self, landlord_id: str, lessons: Sequence[Lesson]) -> None:
        known = self.payers.known(landlord_id, {lesson.payer for lesson in lessons})
        changed = changed_by(lessons, known)
        if changed:
            self.payers.remember(landlord_id, changed)
