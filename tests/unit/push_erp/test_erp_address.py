"""Where an ERP may be."""

from __future__ import annotations

import pytest

from quitus.domain.erp_address import ErpAddress, may_call, parse_erp_url
from quitus.domain.errors import Invalid


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "erp.example.org",
        "http://erp.example.org",
        "ftp://erp.example.org",
        "https://",
        "https:///entries",
        "https://user:secret@erp.example.org",
        "https://erp.example.org/quitus?key=1",
        "https://erp.example.org/#top",
        "https://erp.example.org:99999",
        "https://[::1",
    ],
)
def test_an_address_that_is_none_or_not_https_is_refused(url: str | None) -> None:
    with pytest.raises(Invalid):
        parse_erp_url(url, loopback=False)


def test_an_address_is_taken_apart() -> None:
    address = parse_erp_url("https://erp.example.org/quitus/", loopback=False)
    assert address == ErpAddress(True, "erp.example.org", 443, "/quitus")
    assert address.authority == "erp.example.org"
    assert parse_erp_url("https://[2001:db8::1]:8443", loopback=False).authority == "[2001:db8::1]:8443"


def test_plain_http_reaches_the_machine_itself_only_and_only_where_it_may() -> None:
    address = parse_erp_url("http://localhost:9000", loopback=True)
    assert may_call(address, "127.0.0.1", loopback=True)
    assert may_call(address, "::1", loopback=True)
    assert not may_call(address, "127.0.0.1", loopback=False)
    assert not may_call(address, "93.184.216.34", loopback=True)


@pytest.mark.parametrize(
    "resolved",
    [
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
    ],
)
def test_no_address_of_our_own_network_is_ever_called(resolved: str) -> None:
    address = parse_erp_url("https://erp.example.org", loopback=False)
    assert not may_call(address, resolved, loopback=False)


@pytest.mark.parametrize("resolved", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_may_be_called(resolved: str) -> None:
    assert may_call(parse_erp_url("https://erp.example.org", loopback=False), resolved, loopback=False)
