"""On which port the demonstration starts its cloud, and that it leaves other people's alone."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest

from demonstration import __main__ as demo
from demonstration.cloud import Cloud
from demonstration.commands import PortTaken
from demonstration.progress import Progress

FREE = 50001


class Machine:
    """Ports that are taken, and what was done with the others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, taken: set[int]) -> None:
        self.up: list[int] = []
        self.down: list[int] = []

        def up(cloud: Cloud, tell: Callable[[str], object]) -> None:
            if cloud.port in taken:
                raise PortTaken("taken")
            self.up.append(cloud.port)

        monkeypatch.setattr(Cloud, "up", up)
        monkeypatch.setattr(Cloud, "down", lambda cloud: self.down.append(cloud.port))
        monkeypatch.setattr(demo, "free_port", lambda: FREE)


def a_progress() -> Progress:
    return Progress(StringIO())


def test_the_usual_port_if_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, taken=set())
    assert demo._cloud(None, a_progress()).port == 4570
    assert (machine.up, machine.down) == ([4570], [])


def test_another_port_beside_another_demonstration_whose_cloud_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, taken={4570})
    assert demo._cloud(None, a_progress()).port == FREE
    assert (machine.up, machine.down) == ([FREE], [])


def test_a_port_that_was_named_is_the_only_one_that_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, taken={4600})
    with pytest.raises(PortTaken):
        demo._cloud(4600, a_progress())
    assert (machine.up, machine.down) == ([], [])
