"""`/v1/landlords/{landlord_id}/texts/{kind}`: the landlord's own words of letters."""

from __future__ import annotations

from typing import Any

from quitus.domain.errors import NotFound
from quitus.domain.letter_texts import DEFAULTS, REQUIRED, LetterKind, LetterText, placeholders
from quitus.domain.wording import Language
from quitus.web.access import ADMINS, READERS
from quitus.web.desk import Desk
from quitus.web.document_models import LetterTextAnswer, LetterTextBody
from quitus.web.models import Gone, Nothing
from quitus.web.replies import Reply, gone, ok
from quitus.web.requests import Call
from quitus.web.routing import Route


def show(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    kind = _kind(call)
    return ok(_answer(kind, desk.letter_texts.show(call.landlord_id, kind)))


def replace(desk: Desk, call: Call[LetterTextBody, Nothing]) -> Reply:
    kind, own = _kind(call), LetterText(call.body.fr, call.body.en)
    return ok(_answer(kind, desk.letter_texts.replace(call.landlord_id, kind, own, call.caller.subject, call.attempt)))


def take_back(desk: Desk, call: Call[Nothing, Nothing]) -> Reply:
    desk.letter_texts.replace(call.landlord_id, _kind(call), LetterText(), call.caller.subject, call.attempt)
    return gone()


def _kind(call: Call[Any, Nothing]) -> LetterKind:
    try:
        return LetterKind(call.ids["kind"])
    except ValueError as error:
        kinds = [kind.value for kind in LetterKind]
        raise NotFound("text_not_found", "No letter is of this kind.", kinds=kinds) from error


def _answer(kind: LetterKind, own: LetterText) -> LetterTextAnswer:
    return LetterTextAnswer(
        kind=kind,
        fr=own.fr,
        en=own.en,
        usual_fr=DEFAULTS[kind][Language.FR],
        usual_en=DEFAULTS[kind][Language.EN],
        placeholders=placeholders(kind),
        required=REQUIRED[kind],
    )


ROUTES = (
    Route(
        "GET", "/v1/landlords/{landlord_id}/texts/{kind}", show, {200: LetterTextAnswer},
        "The words of a kind of letter: the landlord's own and the usual ones", READERS,
        refusals=("landlord_not_found", "text_not_found"),
    ),
    Route(
        "PUT", "/v1/landlords/{landlord_id}/texts/{kind}", replace, {200: LetterTextAnswer},
        "Replace the words of a kind of letter", ADMINS, LetterTextBody,
        refusals=("landlord_not_found", "text_not_found", "invalid_text"),
    ),
    Route(
        "DELETE", "/v1/landlords/{landlord_id}/texts/{kind}", take_back, {204: Gone},
        "Take the usual words of a kind of letter again", ADMINS,
        refusals=("landlord_not_found", "text_not_found"),
    ),
)  # fmt: skip
