"""The refunds that a line of the bank's names: banks give back what an order of payment says, cut anywhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from quitus.domain.movement import Movement
from quitus.domain.names import joined

_NAME: Final = re.compile("RB[0-9A-F]{16}")
"""A refund's id within letters and digits only."""


def said_by(movements: Iterable[Movement]) -> str:
    """All that their texts say, capitals and digits without blanks."""
    return joined(" ".join(text for movement in movements for text in _texts(movement)))


def named_by(movements: Iterable[Movement]) -> tuple[str, ...]:
    """The ids of refunds, each once, that their texts say, whether there are such refunds or not."""
    return tuple(dict.fromkeys(_NAME.findall(said_by(movements))))


def _texts(movement: Movement) -> Iterable[str]:
    said = (movement.end_to_end_id, movement.remittance, movement.note, movement.bank_reference, movement.debtor_iban)
    return (text for text in (*said, *movement.batch_references) if text)
