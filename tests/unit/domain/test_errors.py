"""The tree of errors: complete, and with the statuses that callers see."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import quitus
from quitus.domain import errors
from quitus.domain.errors import QuitusError

LINE = re.compile(r"^[│ ]*[├└]── (?P<name>\w+)(?: +(?P<status>\d{3}))?", re.MULTILINE)


def every_kind(kind: type[QuitusError]) -> dict[str, int]:
    below = (every_kind(one) for one in kind.__subclasses__())
    return {kind.__name__: kind.status} | {name: status for some in below for name, status in some.items()}


def test_the_tree_names_every_error_with_its_status() -> None:
    for module in pkgutil.walk_packages(quitus.__path__, "quitus."):
        import_module(module.name)
    kinds = {name: status for name, status in every_kind(QuitusError).items() if name != "QuitusError"}
    drawn = {found["name"]: found["status"] for found in LINE.finditer(errors.__doc__ or "")}
    assert drawn.keys() == kinds.keys()
    assert {name: int(status) for name, status in drawn.items() if status}.items() <= kinds.items()
