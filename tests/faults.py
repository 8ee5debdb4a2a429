"""A table that fails where a test says: before a call, after it (the answer is lost), or by killing the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from quitus.adapters.memory import MemoryTable
from quitus.services.table import Key, Page, Row, Write


class Killed(BaseException):
    """The process died here."""


class Fault:
    """Kills the process before or after the nth call of whatever it is put on."""

    def __init__(self, call: int, *, after: bool) -> None:
        self._left = call
        self._after = after

    def on(self, port: object) -> Any:
        """The same table, queue or log, until the process dies."""
        return _Faulty(self, port)

    def around(self, call: Callable[[], Any]) -> Any:
        """Count a call, and let it be the last one."""
        self._left -= 1
        dies = self._left == 0
        if dies and not self._after:
            raise Killed
        answer = call()
        if dies:
            raise Killed
        return answer


class _Faulty:
    def __init__(self, fault: Fault, port: object) -> None:
        self._fault = fault
        self._port = port

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        return lambda *arguments, **named: self._fault.around(lambda: method(*arguments, **named))


class FaultyTable:
    """Counts every call on a table and kills the process before or after the nth one."""

    def __init__(self, table: MemoryTable, call: int, *, after: bool) -> None:
        self._faulty = Fault(call, after=after).on(table)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._faulty, name)
        return method


class Death:
    """One of the places where a process may die; `with` it, the process runs until it does, or to its end."""

    def __init__(self, call: int, *, after: bool) -> None:
        self._call, self._after = call, after
        self.came = False

    def on(self, table: MemoryTable) -> FaultyTable:
        """The table, until the process dies."""
        return FaultyTable(table, self._call, after=self._after)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        self.came = kind is Killed
        return self.came


def every_death(*, after: bool) -> Iterator[Death]:
    """Each place where a process may die, one after the other, and at last none: it has died at every call by then."""
    for call in count(1):
        death = Death(call, after=after)
        yield death
        if not death.came:
            assert call > 1, "nothing was called"
            return


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


@dataclass
class Moment:
    """The moment just before a call, at which something else may come between; `came` says whether it did."""

    call: int
    came: bool = False

    def on(self, table: MemoryTable, interruption: Callable[[], object]) -> Any:
        """The table, until the moment comes: then something else is first."""

        def come() -> None:
            self.came = True
            interruption()

        return InterruptedTable(table, self.call, come)


def every_moment() -> Iterator[Moment]:
    """Each moment at which something may come between, and at last none: it has come before every call by then."""
    for call in count(1):
        moment = Moment(call)
        yield moment
        if not moment.came:
            assert call > 1, "nothing was called"
            return


class CountedTable(MemoryTable):
    """A table that counts its calls, and the rows that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.rows_read = 0

    def get(self, key: Key) -> Row | None:
        return self._counted(super().get(key), 1)

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Row]:
        found = super().batch_get(keys)
        return self._counted(found, len(found))

    def query(self, *given: Any, **named: Any) -> Page:
        page = super().query(*given, **named)
        return self._counted(page, len(page.rows))

    def query_listing(self, *given: Any, **named: Any) -> Page:
        page = super().query_listing(*given, **named)
        return self._counted(page, len(page.rows))

    def write(self, writes: Sequence[Write]) -> None:
        self._counted(super().write(writes), 0)

    def _counted[T](self, answer: T, rows: int) -> T:
        self.calls, self.rows_read = self.calls + 1, self.rows_read + rows
        return answer
