"""Try again when others wrote the same rows at the same time."""

from __future__ import annotations

from collections.abc import Callable

from quitus.domain.errors import Contention
from quitus.services.ports import Clock
from quitus.services.table import Stale

_PATIENCE = 16


def until_written[T](
    attempt: Callable[[], T], clock: Clock, *, patience: int = _PATIENCE, busy: Contention | None = None
) -> T:
    """What `attempt` returns once it is not stale; each attempt reads afresh. `patience`: how many there are.

    Raises:
        Contention: others kept writing: `busy`, if given.
    """
    for tried in range(patience):
        try:
            return attempt()
        except Stale:
            clock.pause(tried)
    raise busy or rows_busy()


def rows_busy() -> Contention:
    """The refusal of what others kept from being written: it may be tried again."""
    return Contention("rows_busy", "Others kept writing to the same rows.")
