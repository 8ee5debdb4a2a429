"""Work of a schedule for every landlord: what fails for one is logged and does not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from quitus.adapters.log import logger
from quitus.services.failures import told


def each_landlord(landlord_ids: Iterable[str], do: Callable[[str], object]) -> None:
    """Do something for each landlord. Raises the first error once all had their turn, so that the run is repeated."""
    failed: list[Exception] = []
    for landlord_id in landlord_ids:
        try:
            do(landlord_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others have their turn first
            logger().error("A landlord's turn failed", extra={"landlord_id": landlord_id, **told(error)})
            failed.append(error)
    if failed:
        raise failed[0]
