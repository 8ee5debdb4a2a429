"""Try again when others wrote the same rows at the same time."""

from __future__ import annotations

from collections.abc import Callable

from quitus.domain.errors import Contention
from quitus.services.ports import Clock
from quitus.services.table import Stale

_PATIENCE = 16
_PATIENCE_ON_LEASES = 20


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


def until_leases_written[T](landlord_id: str, attempt: Callable[[], T], clock: Clock) -> T:
    """The same for what changes leases, on which many may write at once. Raises Contention."""
    busy = Contention("lease_busy", "Others kept writing to the same leases.", landlord_id=landlord_id)
    return until_written(attempt, clock, patience=_PATIENCE_ON_LEASES, busy=busy)


def rows_busy() -> Contention:
    """The refusal of what others kept from being written: it may be tried again."""
    return Contention("rows_busy", "Others kept writing to the same rows.")
