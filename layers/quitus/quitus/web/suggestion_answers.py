"""What the API suggests about a payment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quitus.services.suggestions import SuggestionReason
from quitus.web.models import Answer


class SuggestionAnswer(Answer):
    """A lease that money of a payment may be meant for, its open dues, and how much of the money they would take."""

    reason: SuggestionReason
    lease_id: str
    due_ids: tuple[str, ...]
    amount_cents: Annotated[int, Field(gt=0)]


class SuggestionsAnswer(Answer):
    """What a person may want to do about a payment; nothing follows by itself."""

    payment_id: str
    suggestions: tuple[SuggestionAnswer, ...]
