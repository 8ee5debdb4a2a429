"""What a rebuild finds wrong, each told once and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Wrong(StrEnum):
    """Why the rebuilt rows are not to be trusted as they are."""

    RAW_MISSING = "raw_missing"
    RAW_ALTERED = "raw_altered"
    RAW_UNREADABLE = "raw_unreadable"
    NO_ROW = "bank_line_without_row"
    OTHER_MONEY = "bank_line_with_other_money"
    NO_BANK_LINE = "row_without_bank_line"
    NO_EVENT_ROW = "event_without_row"
    CHAIN_BROKEN = "chain_broken"
    ACCOUNT_BEHIND = "account_differs_from_its_entries"


SHOWN = 20
"""How many of each sort are told; all are counted."""


@dataclass(slots=True)
class Findings:
    """What is wrong, by sort."""

    counts: Counter[Wrong] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, wrong: Wrong, about: str) -> None:
        """Count one, and tell it while there are few."""
        self.counts[wrong] += 1
        if self.counts[wrong] <= SHOWN:
            self.told.append(f"{wrong}: {about}")
