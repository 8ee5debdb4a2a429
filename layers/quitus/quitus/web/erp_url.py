"""Which addresses a landlord may give for its ERP."""

from __future__ import annotations

import re
from ipaddress import ip_address

from quitus.domain.erp_address import ErpAddress, may_call, parse_erp_url
from quitus.domain.errors import Invalid

_LOCAL = ("localhost", ".localhost")
_INTERNAL = (".local", ".internal", ".lan", ".home.arpa")
_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)", re.ASCII)


def check_erp_url(url: str, *, loopback: bool) -> None:
    """Refuses what can be refused without resolving a name; the push checks what the name resolves to.

    Raises:
        Invalid: not https, or an address inside a network.
    """
    address = parse_erp_url(url, loopback=loopback)
    host = address.host.lower().rstrip(".")
    if not _is_allowed(address, host, loopback=loopback):
        raise Invalid("erp_address_refused", "The ERP's address must be https and public.", field="erp.url")


def _is_allowed(address: ErpAddress, host: str, *, loopback: bool) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return _is_allowed_name(address, host, loopback=loopback)
    return may_call(address, host, loopback=loopback)


def _is_allowed_name(address: ErpAddress, host: str, *, loopback: bool) -> bool:
    if host.endswith(_LOCAL):
        return loopback
    labels = host.split(".")
    public_shape = len(labels) > 1 and not _NUMBER.fullmatch(labels[-1]) and not host.endswith(_INTERNAL)
    return address.secure and public_shape
