"""The system's clock."""

from __future__ import annotations

from datetime import UTC, datetime

from quitus.adapters.pauses import pause


class SystemClock:
    """`ports.Clock`."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)

    def pause(self, attempt: int) -> None:
        """See `Clock.pause`."""
        pause(attempt)
