"""Where a landlord's ERP may be: https, on public addresses only: no setting turns Quitus on its own network."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from quitus.domain.errors import Invalid

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv6 addresses that stand for IPv4 ones (RFC 6052, RFC 8215)."""

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class ErpAddress:
    """The address of an ERP, taken apart; `path` has no slash at its end."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


def parse_erp_url(url: str | None, *, loopback: bool) -> ErpAddress:
    """The address that a landlord gave; plain http only where `loopback` is allowed (the local cloud).

    Raises:
        Invalid: no such address, or not one that Quitus may call.
    """
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError as error:
        raise _refused("is no address") from error
    if parts.scheme not in (("https", "http") if loopback else ("https",)):
        raise _refused("must begin with https://")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise _refused("must name a host and no user")
    if parts.query or parts.fragment:
        raise _refused("must have no query")
    secure = parts.scheme == "https"
    return ErpAddress(secure, parts.hostname, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def may_call(address: ErpAddress, resolved: str, *, loopback: bool) -> bool:
    """Whether the host's resolved address may be connected to; plain http never leaves the machine."""
    found = _unmapped(ip_address(resolved.partition("%")[0]))
    if found.is_loopback:
        return loopback
    return address.secure and _is_public(found)


def _unmapped(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address) and any(found in network for network in _TRANSLATED):
        return False
    return found.is_global and not found.is_multicast


def _refused(why: str) -> Invalid:
    return Invalid("erp_address_refused", f"The ERP's address {why}.")
