"""The API: find the route, know the caller, check what came, carry it out, answer. In this order, so that a role learns
nothing of what it may not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quitus.domain.access import Role
from quitus.domain.errors import Forbidden, NotFound, QuitusError, Unavailable
from quitus.services.idempotent_requests import Attempt, Given, fingerprint_of, new_attempt
from quitus.web.access import Caller, admit, caller_of, check_own
from quitus.web.desk import Desk
from quitus.web.received import Received, claims_of, received
from quitus.web.replies import Reply, breakdown, refusal
from quitus.web.requests import Call, checked_body, checked_query
from quitus.web.routes import routes_for
from quitus.web.routing import find

_NOBODY = Caller("", Role.VIEWER, "")


def answer(
    desk: Callable[[], Desk],
    note: Callable[[Exception, str], bool],
    note_refused: Callable[[QuitusError, Mapping[str, Any]], None],
    event: Mapping[str, Any],
    request_id: str,
) -> dict[str, Any]:
    """The answer to a request of the gateway: every refusal is one, and so is a breakdown, which names only its id.

    `note` logs a failure that nobody foresaw under an id, and says whether it passes by itself: then whoever calls is
    asked to try again. `note_refused` logs which token asked for what is not there for it, or not for its role.
    """
    try:
        reply = _reply(desk(), received(event))
    except (NotFound, Forbidden) as error:
        note_refused(error, claims_of(event))
        reply = refusal(error)
    except QuitusError as error:
        reply = refusal(error)
    except Exception as error:  # noqa: BLE001 - the last stop before the gateway, whose own answer names no id
        reply = refusal(_unavailable(request_id)) if note(error, request_id) else breakdown(request_id)
    return reply.to_gateway()


def _unavailable(request_id: str) -> Unavailable:
    return Unavailable("backend_unavailable", "A service below did not answer. Try again.", error_id=request_id)


def _reply(desk: Desk, request: Received) -> Reply:
    route, ids = find(routes_for(request.path), request.method, request.path)
    caller = _NOBODY
    if route.roles is not None:
        caller = caller_of(request.claims)
        admit(caller, route.roles)
        check_own(caller, ids)
    query = checked_query(route.query, request.query)
    body = checked_body(route.body, request.body, is_needed=route.needs_body)
    listing = f"{request.path}?{query.model_dump_json(exclude={'cursor', 'limit'})}"

    def carry_out(attempt: Attempt) -> Reply:
        return route.operation(desk, Call(caller, ids, body, query, listing, attempt))

    if route.method != "POST":
        return carry_out(new_attempt(desk.clock.now()))
    said = body.model_dump_json(exclude_defaults=True)  # a field that a later version adds makes no other request of it
    return _once(desk, caller, request, said, carry_out, keep=route.keeps_answer)


def _once(
    desk: Desk, caller: Caller, request: Received, body: str, carry_out: Callable[[Attempt], Reply], *, keep: bool
) -> Reply:
    def work(attempt: Attempt) -> Given:
        reply = carry_out(attempt)
        return Given(reply.status, reply.body)

    fingerprint = fingerprint_of(request.method, request.path, body)
    given = desk.once.run(caller.landlord_id, request.idempotency_key, fingerprint, work, keep=keep)
    return Reply(given.status, given.body)
