"""What card providers are asked on HTTP. A hosted page is asked for once more when that did not get through: the
provider knows it by its key.
"""

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
_SHORT = urllib3.Timeout(connect=2, read=3, total=4)
"""For what comes before a page is asked for, within the same request of a tenant's."""
_ANSWER_READ = 1 << 20
_TRIES = 2
_BUSY = frozenset({409, 429})
"""Another request under the same key is on its way; too many at once."""
_TOOK = frozenset({"complete", "paid"})
_OVER = frozenset({"expired", "failed"})
"""How a session stands that took money, or ended without, in the words of either provider."""


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


def is_ended(pool: urllib3.PoolManager, url: str, headers: Mapping[str, str]) -> bool:
    """End the session at an address; whether it took no payment. One that cannot be ended says how it stands.

    Raises:
        Unavailable, ProviderFailed, ProviderBusy: see `session`.
        ProviderRefusal: there is none.
    """
    if _once(pool, "POST", f"{url}/expire", headers)[0] == 200:
        return True
    status, said = _once(pool, "GET", url, headers)
    stands = _answer(status, said).get("status")
    if stands in _TOOK:
        return False
    if stands in _OVER:
        return True
    raise _away()


def _once(pool: urllib3.PoolManager, method: str, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    try:
        status, said = _sent(pool, method, url, b"", headers, _SHORT)
    except (HTTPError, OSError) as error:
        raise _away() from error
    if status >= 500:
        raise _failed(status)
    if status == 429:
        raise _busy(status)
    return status, said


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
            status, said = _sent(pool, "POST", url, body, headers, _TIMEOUT)
        except (HTTPError, OSError):
            continue
        if status in _BUSY:
            raise _busy(status)
        if status < 500:
            return _answer(status, said)
        failed = status
    if failed is not None:
        raise _failed(failed)
    raise _away()


def _busy(status: int) -> ProviderBusy:
    return ProviderBusy("card_provider_busy", "The provider of card payments asks to wait.", status=status)


def _failed(status: int) -> ProviderFailed:
    return ProviderFailed("card_provider_failed", "The provider of card payments broke down.", status=status)


def _away() -> Unavailable:
    return Unavailable("card_provider_unavailable", "The provider of card payments did not answer.")


def _sent(
    pool: urllib3.PoolManager, method: str, url: str, body: bytes, headers: Mapping[str, str], timeout: urllib3.Timeout
) -> tuple[int, bytes]:
    answer = pool.request(
        method,
        url,
        body=body,
        headers={"User-Agent": "quitus", **headers},
        timeout=timeout,
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
