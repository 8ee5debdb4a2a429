"""What the API suggests about a payment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quitus.domain.likely import Reason
from quitus.web.models import Answer


class SuggestionAnswer(Answer):
    """A lease that money of a payment may be meant for and why (`reason` is the strongest of `reasons`), the open dues
    that it would settle there, and how much of it they would take.
    """

    reason: Reason
    reasons: tuple[Reason, ...]
    lease_id: str
    due_ids: tuple[str, ...]
    amount_cents: Annotated[int, Field(ge=0)]


class SuggestionsAnswer(Answer):
    """What a person may want to do about a payment, the likeliest first; nothing follows by itself."""

    payment_id: str
    suggestions: tuple[SuggestionAnswer, ...]
