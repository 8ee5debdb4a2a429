"""Scripts of the project, run and listened to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Thread
from typing import IO, Final

_SCRIPTS: Final = Path(__file__).resolve().parents[1]
_TICK_SECONDS: Final = 0.5
_LINES_TOLD: Final = 20
_PORT_TAKEN: Final = 3


class CommandFailed(Exception):
    """A script of the project ended with an error; what it said is its text."""


class PortTaken(CommandFailed):
    """Another program has the port, or another local cloud."""


def silence(_: str) -> None:
    """Hear nothing."""


class Command:
    """A running `scripts/local`. It ends with this process at the latest, if it heeds the end of its standard input."""

    def __init__(self, name: str, *arguments: str) -> None:
        self._name = f"scripts/local {name}"
        self._process = subprocess.Popen(
            [str(_SCRIPTS / "local"), name, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._heard: list[str] = []
        self._hearing = Thread(target=self._hear, daemon=True)
        self._hearing.start()

    def _hear(self) -> None:
        for line in self._process.stderr or ():
            self._heard.append(line.rstrip())

    def first_line(self, tell: Callable[[str], object]) -> str:
        """The first line of its answer; it may go on. `tell` hears, again and again, the latest that it said on stderr.

        Raises:
            CommandFailed: it ended without one.
        """
        line = self._read(lambda answer: answer.readline(), tell)
        if not line:
            self._end()
            raise CommandFailed(f"{self._name} ended without an answer")
        return line.rstrip()

    def answer(self, tell: Callable[[str], object] = silence) -> str:
        """Its whole answer, once it has ended. Raises CommandFailed."""
        said = self._read(lambda answer: answer.read(), tell)
        self._end()
        return said

    def end(self) -> None:
        """Tell it to end, and wait until it did."""
        if self._process.stdin:
            self._process.stdin.close()
        self._ended()

    def _read(self, read: Callable[[IO[str]], str], tell: Callable[[str], object]) -> str:
        answer = self._process.stdout
        assert answer is not None
        with ThreadPoolExecutor(1) as reader:
            reading = reader.submit(read, answer)
            while wait([reading], _TICK_SECONDS).not_done:
                tell(self._heard[-1] if self._heard else "")
            return reading.result()

    def _ended(self) -> int:
        """Its exit code, once all that it said is heard."""
        code = self._process.wait()
        self._hearing.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return code

    def _end(self) -> None:
        code = self._ended()
        if code == _PORT_TAKEN:
            raise PortTaken(self._heard[-1].removeprefix(f"{self._name}: "))
        if code:
            raise CommandFailed("\n".join([f"{self._name} ended with {code}:", *self._heard[-_LINES_TOLD:]]))
