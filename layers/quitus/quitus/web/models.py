"""What every body, query and answer of the API is made from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from quitus.web.fields import Cursor, Limit

NotNegative = Annotated[int, Field(ge=0)]


class Body(BaseModel):
    """A JSON object of a request."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Query(BaseModel):
    """The parameters after the `?`; an empty one counts as absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Nothing(Body):
    """No field at all."""


class PageQuery(Query):
    """Which page of a list."""

    cursor: Cursor | None = None
    limit: Limit = 100


class Gone(BaseModel):
    """No body at all: the answer of a DELETE."""


class Answer(BaseModel):
    """A JSON object of an answer."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, validate_by_name=True, from_attributes=True
    )


class ErrorBody(Answer):
    """`code` is stable (docs/api.md lists them), `message` is for people, `detail` for programs."""

    code: str
    message: str
    detail: dict[str, Any]


class ErrorAnswer(Answer):
    """Every refusal, the gateway's own ones too."""

    error: ErrorBody


class PageAnswer[T: Answer](Answer):
    """A page of a list; `next_cursor` is null at the end."""

    items: tuple[T, ...]
    next_cursor: str | None
