"""The day on which the tests run."""

from datetime import UTC, datetime
from typing import Final

from quitus.domain.calendar import paris_day

TODAY: Final = paris_day(datetime.now(UTC))
"""As the office counts days: for an hour or two before midnight in UTC it is the next day in Paris already."""
