"""The typed parts of a request, once they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from quitus.domain.errors import Invalid, Malformed, NotFound
from quitus.domain.ids import is_id
from quitus.services.idempotent_requests import Attempt
from quitus.web.access import Caller


@dataclass(frozen=True, slots=True)
class Call[B: BaseModel, Q: BaseModel]:
    """A request that passed every check: who calls, the ids of the path, the body and the query."""

    caller: Caller
    ids: Mapping[str, str]
    body: B
    query: Q
    listing: str
    """Names the list and its filters."""
    attempt: Attempt

    @property
    def landlord_id(self) -> str:
        """The landlord of the token."""
        return self.caller.landlord_id

    def id_of(self, name: str, code: str, message: str) -> str:
        """An id of the path; one that nothing can have is unknown like any other. Raises NotFound."""
        found = self.ids[name]
        if not is_id(found):
            raise NotFound(code, message, **{name: found})
        return found


def checked_body[B: BaseModel](model: type[B], body: bytes, *, is_needed: bool) -> B:
    """The body as a record; where none is needed, an empty one is an object without fields.

    Raises:
        Malformed: not JSON.
        Invalid: a field that breaks a rule, with every one named.
    """
    text = body if body or is_needed else b"{}"
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("malformed_json", "The body is not JSON.") from error
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise _invalid(error) from error


def checked_query[Q: BaseModel](model: type[Q], query: Mapping[str, str]) -> Q:
    """The parameters after the `?` as a record. Raises Invalid."""
    try:
        return model.model_validate(dict(query))
    except ValidationError as error:
        raise _invalid(error) from error


def _invalid(error: ValidationError) -> Invalid:
    """Names the fields and what is wrong with them, never what they held."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    fields = [
        {
            "field": ".".join(str(part) for part in problem["loc"]) or "body",
            "problem": problem["type"],
            "message": problem["msg"],
        }
        for problem in problems[:20]
    ]
    return Invalid("invalid_request", "Fields are missing, unknown or not as they must be.", fields=fields)
