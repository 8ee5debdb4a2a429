"""An ERP behind HTTP: one POST per batch, to an address that was checked, never redirected."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, LocationParseError

from quitus.domain.erp_address import ErpAddress, may_call, parse_erp_url
from quitus.domain.erp_batch import Answer, Feed, Item, Outcome, answer_of, batch_body
from quitus.domain.errors import Invalid

_TIMEOUT = urllib3.Timeout(connect=4, read=10, total=14)
_ANSWER_READ = 65_536

type Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host, the preferred one first. Raises OSError."""

type Credentials = Callable[[], str | None]
"""The secret's text, None when there is none."""


class _Secret(msgspec.Struct, frozen=True):
    """What a landlord's secret for its ERP holds."""

    authorization: str | None = None


class HttpErp:
    """`push_erp.Erp` over HTTPS (plain HTTP to the machine itself, where `loopback` allows it)."""

    def __init__(
        self, url: str | None, credentials: Credentials, *, loopback: bool, resolve: Resolve | None = None
    ) -> None:
        self._url = url
        self._credentials = credentials
        self._loopback = loopback
        self._resolve = resolve or resolve_host
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._headers: Mapping[str, str] = {}

    def send(self, feed: Feed, name: str, items: Sequence[Item]) -> Answer:
        """See `Erp.send`."""
        try:
            address = parse_erp_url(self._url, loopback=self._loopback)
            pool = self._connected(address)
            return self._post(pool, f"{address.path}/{feed.value}", name, batch_body(name, feed, items))
        except Invalid as error:
            return Answer(Outcome.REFUSED, error.code)
        except (HTTPError, OSError) as error:
            return Answer(Outcome.FAILED, type(error).__name__)

    def _post(self, pool: urllib3.HTTPConnectionPool, path: str, name: str, body: bytes) -> Answer:
        headers = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": name}
        answer = pool.urlopen(
            "POST", path, body, headers, retries=False, redirect=False, timeout=_TIMEOUT, preload_content=False
        )
        try:
            answer.read(_ANSWER_READ)
        finally:
            answer.close()
        return answer_of(answer.status)

    def _connected(self, address: ErpAddress) -> urllib3.HTTPConnectionPool:
        if self._pool is None:
            self._headers = {"Host": address.authority, "User-Agent": "quitus", **_authorization(self._credentials())}
            self._pool = _pool(address, self._checked(address))
        return self._pool

    def _checked(self, address: ErpAddress) -> str:
        """The address to connect to: resolved once, so that nobody answers differently after the check."""
        for resolved in self._resolve(address.host, address.port):
            if may_call(address, resolved, loopback=self._loopback):
                return resolved
        raise Invalid("erp_address_refused", "The ERP's host resolves to no address that may be called.")


def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, IPv4 first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ordered = sorted(found, key=lambda info: info[0] is not socket.AF_INET)
    return list(dict.fromkeys(str(info[4][0]) for info in ordered))


def _pool(address: ErpAddress, resolved: str) -> urllib3.HTTPConnectionPool:
    try:
        if address.secure:
            return urllib3.HTTPSConnectionPool(
                resolved,
                address.port,
                cert_reqs="CERT_REQUIRED",
                server_hostname=address.host,
                assert_hostname=address.host,
            )
        return urllib3.HTTPConnectionPool(resolved, address.port)
    except LocationParseError as error:
        raise Invalid("erp_address_refused", "The ERP's address cannot be connected to.") from error


def _authorization(secret: str | None) -> Mapping[str, str]:
    if secret is None:
        return {}
    try:
        value = msgspec.json.decode(secret, type=_Secret).authorization
    except msgspec.MsgspecError as error:
        raise Invalid("erp_credentials_malformed", "The ERP's secret is not the JSON it should be.") from error
    if value is None:
        return {}
    if not value.isascii() or not value.isprintable():
        raise Invalid("erp_credentials_malformed", "The ERP's authorization holds characters that no header may.")
    return {"Authorization": value}
