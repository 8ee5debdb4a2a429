"""What happens now, how far it is and since when: on stderr, a rewriting line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

_CLEAR: Final = "\r\x1b[K"
_SECONDS_BETWEEN_LINES: Final = 5.0
_SECONDS_BETWEEN_REWRITES: Final = 0.1


class Progress:
    """Stages one after the other; within a stage a count that rises."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._begun = time.monotonic()
        self._shown = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begun

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Stage]:
        """A stage; its line stays with its last count and how long it took."""
        stage = Stage(self, title, total)
        began = time.monotonic()
        self._shown = 0.0
        stage.show()
        yield stage
        took = time.monotonic() - began
        self._write(f"{stage.text} · {took:.1f} s", stays=True)

    def note(self, text: str) -> None:
        """A line that stays."""
        self._write(text, stays=True)

    def show(self, text: str) -> None:
        """A line that the next one replaces; where lines cannot be replaced, one every few seconds."""
        now = time.monotonic()
        pause = _SECONDS_BETWEEN_REWRITES if self._is_terminal else _SECONDS_BETWEEN_LINES
        if now - self._shown < pause:
            return
        self._shown = now
        self._write(text, stays=False)

    def _write(self, text: str, *, stays: bool) -> None:
        line = f"[{self.elapsed:6.1f} s] {text}"
        if self._is_terminal:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(_CLEAR + (f"{line}\n" if stays else line[:width]))
        else:
            self._stream.write(line + "\n")
        self._stream.flush()


class Stage:
    """One stage, as far as it got."""

    def __init__(self, progress: Progress, title: str, total: int | None) -> None:
        self._progress = progress
        self._title = title
        self._total = total
        self._done: int | None = None

    @property
    def text(self) -> str:
        """Title and count."""
        if self._done is None:
            return self._title if self._total is None else f"{self._title} · {number(self._total)}"
        of = "" if self._total is None else f" / {number(self._total)}"
        return f"{self._title} · {number(self._done)}{of}"

    def show(self) -> None:
        """The stage as it is now."""
        self._progress.show(f"{self.text} …")

    def tell(self, detail: str) -> None:
        """The stage as it is now, and a detail."""
        self._progress.show(f"{self.text} … {detail}".rstrip())

    def reached(self, done: int) -> None:
        """The count is this now."""
        self._done = done
        self.show()


def number(count: int) -> str:
    """With spaces between thousands."""
    return f"{count:,}".replace(",", " ")
