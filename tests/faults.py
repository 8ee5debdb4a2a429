"""A table that fails where a test says: before a call, after it (the answer is lost), or by killing the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quitus.adapters.memory import MemoryTable


class Killed(BaseException):
    """The process died here."""


class FaultyTable:
    """Counts every call on a table and kills the process before or after the nth one."""

    def __init__(self, table: MemoryTable, call: int, *, after: bool) -> None:
        self._table = table
        self._left = call
        self._after = after

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._table, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Killed
            answer = method(*arguments, **named)
            if self._left == 0:
                raise Killed
            return answer

        return call


class InterruptedTable:
    """Lets something else happen just before the nth call."""

    def __init__(self, table: MemoryTable, call: int, interruption: Callable[[], object]) -> None:
        self._table = table
        self._left = call
        self._interruption = interruption

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._table, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                self._interruption()
            return method(*arguments, **named)

        return call
