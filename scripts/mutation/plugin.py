"""A pytest plugin that plays mutants against the tests: these are collected once and run once, to see which functions
each enters; then each mutant is a fork in which its function has other code, and meets the tests that enter it, the
quickest first, until one fails.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol

_TOOL = 4
"""A free place among the tools of `sys.monitoring`."""
_MOST_MEMORY = 4 << 30
_MOST_SECONDS = 15.0
"""Processor time of the tests that a mutant meets: what no quick test notices is not told by unit tests."""
_PATIENCE = 10.0
"""So much longer than it takes otherwise a test runs before the mutant hangs."""

type Target = tuple[str, str]
"""A module and the qualified name of a function."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function of a module, what its lines were and are, and the source that it makes."""

    module: str
    function: str
    line: int
    was: str
    now: str
    source: str

    @property
    def target(self) -> Target:
        """Names the function."""
        return self.module, self.function

    def code(self) -> CodeType:
        """The function's code in the mutated source."""
        whole = compile(self.source, f"<mutant of {self.module}>", "exec", dont_inherit=True)
        return next(code for code in _codes(whole) if code.co_qualname == self.function)

    def told(self, fate: str) -> str:
        """What became of it."""
        told = {"module": self.module, "function": self.function, "line": self.line, "was": self.was, "is": self.now}
        return json.dumps(told | {"fate": fate}, ensure_ascii=False)


@dataclass(slots=True)
class _Entered:
    """Which tests enter a function, and the processor time that each takes."""

    tests: dict[Target, list[pytest.Item]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def of(self, target: Target) -> list[pytest.Item]:
        """The tests, quickest first, as many as a mutant meets."""
        left, found = _MOST_SECONDS, list[pytest.Item]()
        for item in sorted(self.tests.get(target, ()), key=lambda item: self.seconds[item.nodeid]):
            left -= self.seconds[item.nodeid]
            if found and left < 0:
                break
            found.append(item)
        return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where mutants come from, where what became of them goes, how many are played at once."""
    parser.addoption("--mutants", type=Path, required=True)
    parser.addoption("--fates", type=Path, required=True)
    parser.addoption("--jobs", type=int, default=1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Instead of running the tests: run them once, then every mutant."""
    mutants = list(_read(session.config.getoption("--mutants")))
    functions = {mutant.target: function_of(*mutant.target) for mutant in mutants}
    entered = _run_once(session, functions)
    if session.testsfailed:
        return True
    with session.config.getoption("--fates").open("w", encoding="utf-8") as fates:
        for number, told in enumerate(_play(mutants, functions, entered, session.config.getoption("--jobs")), 1):
            print(told, file=fates, flush=True)
            if number % 100 == 0:
                print(f"{number} of {len(mutants)} mutants", file=sys.__stderr__, flush=True)
    return True


def function_of(module: str, name: str) -> FunctionType:
    """The function of this qualified name, whatever wraps it."""
    held: Any = import_module(module)
    for part in name.split("."):
        held = vars(held)[part]
    while not isinstance(held, FunctionType):
        wrapped = (getattr(held, wrapper, None) for wrapper in ("fget", "__func__", "__wrapped__"))
        held = next(inner for inner in wrapped if inner is not None)
    return held


def _read(path: Path) -> Iterator[Mutant]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            yield Mutant(told["module"], told["function"], told["line"], told["was"], told["is"], told["source"])


def _run_once(session: pytest.Session, functions: Mapping[Target, FunctionType]) -> _Entered:
    entered, monitoring = _Entered(), sys.monitoring
    targets = {code: target for target, function in functions.items() for code in _codes(function.__code__)}
    seen = set[Target]()
    monitoring.use_tool_id(_TOOL, "mutation")
    monitoring.register_callback(_TOOL, monitoring.events.PY_START, lambda code, _: seen.add(targets[code]))
    for code in targets:
        monitoring.set_local_events(_TOOL, code, monitoring.events.PY_START)
    for place, item in enumerate(session.items):
        following = session.items[place + 1] if place + 1 < len(session.items) else None
        seen.clear()
        began = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        entered.seconds[item.nodeid] = time.process_time() - began
        for target in seen:
            entered.tests.setdefault(target, []).append(item)
    monitoring.free_tool_id(_TOOL)
    return entered


def _play(
    mutants: Iterable[Mutant], functions: Mapping[Target, FunctionType], entered: _Entered, jobs: int
) -> Iterator[str]:
    running = dict[int, Mutant]()
    for mutant in mutants:
        items = entered.of(mutant.target)
        if not items:
            yield mutant.told("no_test")
            continue
        child = os.fork()
        if child == 0:
            _be(mutant, functions[mutant.target], items, entered.seconds)
        running[child] = mutant
        while len(running) >= jobs:
            yield _next_fate(running)
    while running:
        yield _next_fate(running)


def _next_fate(running: dict[int, Mutant]) -> str:
    child, status = os.wait()
    return running.pop(child).told("survived" if status == 0 else "noticed")


def _be(mutant: Mutant, function: FunctionType, items: list[pytest.Item], seconds: Mapping[str, float]) -> NoReturn:
    """In the fork: exit code 1 once a test fails, 0 when none does; the system ends what hangs or takes too much."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        function.__code__ = mutant.code()
        for place, item in enumerate(items):
            signal.setitimer(signal.ITIMER_PROF, _PATIENCE * (1 + seconds[item.nodeid]))
            following = items[place + 1] if place + 1 < len(items) else None
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                os._exit(1)
    except BaseException:  # noqa: BLE001 - a mutant may raise anything: it was noticed
        os._exit(1)
    os._exit(0)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
