"""A landlord's own words of letters: shown, replaced, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from quitus.domain.letter_texts import LetterKind, LetterText, check_text
from quitus.services.idempotent_requests import Attempt
from quitus.services.ports import ActionLog


class LetterTexts(Protocol):
    """The landlords' own words."""

    def get(self, landlord_id: str, kind: LetterKind) -> LetterText:
        """The words of a kind of letter; none of its own where the landlord has none."""
        ...

    def all(self, landlord_id: str) -> Mapping[LetterKind, LetterText]:
        """The words of every kind that the landlord ever had its own of."""
        ...

    def put(self, landlord_id: str, kind: LetterKind, text: LetterText) -> None:
        """Replace the words of a kind of letter."""
        ...


@dataclass(frozen=True, slots=True)
class LetterTextDesk:
    """Shows and replaces words."""

    texts: LetterTexts
    log: ActionLog

    def show(self, landlord_id: str, kind: LetterKind) -> LetterText:
        """The landlord's own words."""
        return self.texts.get(landlord_id, kind)

    def replace(self, landlord_id: str, kind: LetterKind, text: LetterText, by: str, attempt: Attempt) -> LetterText:
        """Replace the words in both languages; None takes the usual ones again. Raises Invalid: `invalid_text`."""
        for field, words in (("fr", text.fr), ("en", text.en)):
            if words is not None:
                check_text(kind, words, field)
        body = {"text": kind.value, **msgspec.to_builtins(text), "by": by}
        self.log.record(landlord_id, "letter-texts", attempt.name, body, attempt.at)
        self.texts.put(landlord_id, kind, text)
        return text
