"""One POST to a card provider's API, and once more when it did not get through: the provider knows it by its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

from quitus.adapters.pauses import pause
from quitus.domain.errors import ProviderRefusal, Unavailable
from quitus.services.card_providers import HostedSession, ProviderBusy, ProviderFailed

_TIMEOUT = urllib3.Timeout(connect=3, read=8, total=10)
_ANSWER_READ = 1 << 20
_TRIES = 2
_BUSY = frozenset({409, 429})
"""Another request under the same key is on its way; too many at once."""


def session(
    pool: urllib3.PoolManager, url: str, body: bytes, headers: Mapping[str, str], id_name: str
) -> HostedSession:
    """The hosted page that it answers with.

    Raises:
        Unavailable: no answer, or one without a page.
        ProviderFailed: an answer that it broke down.
        ProviderBusy: a request to come a moment later.
        ProviderRefusal: any refusal, with its status and the provider's code.
    """
    answer = _post(pool, url, body, headers)
    session_id, page = answer.get(id_name), answer.get("url")
    if not isinstance(session_id, str) or not isinstance(page, str):
        raise _away()
    return HostedSession(session_id, page)


def _post(pool: urllib3.PoolManager, url: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, Any]:
    """The JSON that it answers.

    Raises:
        Unavailable, ProviderFailed, ProviderBusy: see `session`.
        ProviderRefusal: any other refusal, with its status and the provider's code.
    """
    failed: int | None = None
    for attempt in range(_TRIES):
        if attempt:
            pause(attempt)
        try:
            status, said = _sent(pool, url, body, headers)
        except (HTTPError, OSError):
            continue
        if status in _BUSY:
            raise ProviderBusy("card_provider_busy", "The provider of card payments asks to wait.", status=status)
        if status < 500:
            return _answer(status, said)
        failed = status
    if failed is not None:
        raise ProviderFailed("card_provider_failed", "The provider of card payments broke down.", status=failed)
    raise _away()


def _away() -> Unavailable:
    return Unavailable("card_provider_unavailable", "The provider of card payments did not answer.")


def _sent(pool: urllib3.PoolManager, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    answer = pool.request(
        "POST",
        url,
        body=body,
        headers={"User-Agent": "quitus", **headers},
        timeout=_TIMEOUT,
        retries=False,
        redirect=False,
        preload_content=False,
    )
    try:
        return answer.status, answer.read(_ANSWER_READ)
    finally:
        answer.close()


def _answer(status: int, said: bytes) -> Mapping[str, Any]:
    try:
        answer = msgspec.json.decode(said)
    except msgspec.DecodeError:
        answer = None
    fields: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
    if status not in (200, 201):
        error = fields.get("error")
        code = error.get("code") or error.get("type") if isinstance(error, dict) else error
        message = "The provider of card payments refuses what it is asked."
        raise ProviderRefusal("card_provider_refused", message, status=status, provider_code=str(code or "")[:80])
    return fields
