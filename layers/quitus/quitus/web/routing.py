"""Routes: a method and a path, who may, what comes in, what goes out. The description of the API is made from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel

from quitus.domain.access import Role
from quitus.domain.errors import NotFound
from quitus.web.desk import Desk
from quitus.web.models import Nothing
from quitus.web.replies import Reply
from quitus.web.requests import Call

PARAMETER = re.compile(r"\{(\w+)\}")
"""An id in a path."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API. `answers` are its good answers by status; a public one (no `roles`) needs no token."""

    method: str
    path: str
    operation: Callable[[Desk, Call[Any, Any]], Reply]
    answers: Mapping[int, type[BaseModel]]
    summary: str
    roles: frozenset[Role] | None = None
    body: type[BaseModel] = Nothing
    query: type[BaseModel] = Nothing
    refusals: tuple[str, ...] = ()
    """The codes of the refusals that are its own."""
    keeps_answer: bool = True
    """Whether the answer is kept under the request's key; one that shows a secret is made again instead."""
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pattern = PARAMETER.sub(r"(?P<\1>[^/]{1,200})", self.path)
        object.__setattr__(self, "_pattern", re.compile(pattern))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the ids in the path."""
        return tuple(PARAMETER.findall(self.path))

    @property
    def needs_body(self) -> bool:
        """Whether a request says nothing without a body: what replaces must say by what, even where no field must."""
        return self.method == "PUT" and self.body is not Nothing

    def ids(self, method: str, path: str) -> Mapping[str, str] | None:
        """The ids of a path that is this route's, else None."""
        match = self._pattern.fullmatch(path) if method == self.method else None
        return None if match is None else {name: unquote(value) for name, value in match.groupdict().items()}


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    """The route of a request and its ids. Raises NotFound."""
    for route in routes:
        ids = route.ids(method, path)
        if ids is not None:
            return route, ids
    raise NotFound("route_not_found", "There is no such route.")
