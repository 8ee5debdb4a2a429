"""Bodies and answers about letters' texts and documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from quitus.domain.letter_texts import LONGEST_LETTER_TEXT, LetterKind
from quitus.web.models import Answer, Body

LetterWords = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LETTER_TEXT)]
"""A template: plain text with placeholders in braces."""


class LetterTextBody(Body):
    """A landlord's own words; null: the usual ones."""

    fr: LetterWords | None = None
    en: LetterWords | None = None


class LetterTextAnswer(Answer):
    """The words of a kind of letter. `placeholders` may stand in them in braces, `required` must."""

    kind: LetterKind
    fr: str | None
    en: str | None
    usual_fr: str
    usual_en: str
    placeholders: tuple[str, ...]
    required: tuple[str, ...]
