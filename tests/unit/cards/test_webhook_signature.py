"""A webhook is believed only if who holds a key signed these very bytes within five minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from quitus.domain.webhook_signature import TOLERANCE_SECONDS, is_signed, signature

NOW = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
BODY = '{"amount_cents": 45000, "reason": "contesté"}'.encode()


def header(key: str = "new", body: bytes = BODY, at: datetime = NOW) -> str:
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={signature(key, seconds, body)}"


def test_the_signature_is_the_one_that_the_contract_describes() -> None:
    digest = "1122767b193110cfec322b6f199b599edbf608ed087f2d27afb0b97d99523908"  # of `1.{}`, by openssl
    assert signature("secret", "1", b"{}") == digest
    assert is_signed(f"t=1,v1={digest}", b"{}", ["secret"], datetime.fromtimestamp(1, UTC))


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS, -1, 0, 1, TOLERANCE_SECONDS])
def test_five_minutes_either_way_are_allowed(seconds: int) -> None:
    assert is_signed(header(at=NOW + timedelta(seconds=seconds)), BODY, ["new"], NOW)


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
def test_a_signature_is_of_whole_seconds_and_so_is_now(seconds: int) -> None:
    late_in_it = NOW + timedelta(milliseconds=999)
    assert is_signed(header(at=NOW + timedelta(seconds=seconds)), BODY, ["new"], late_in_it)


@pytest.mark.parametrize("seconds", [-86400, -TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, 86400])
def test_more_is_not(seconds: int) -> None:
    assert not is_signed(header(at=NOW + timedelta(seconds=seconds)), BODY, ["new"], NOW)


def test_two_keys_hold_while_one_is_rotated_and_no_third() -> None:
    keys = ["new", "old", "older"]
    assert is_signed(header("new"), BODY, keys, NOW)
    assert is_signed(header("old"), BODY, keys, NOW)
    assert not is_signed(header("older"), BODY, keys, NOW)
    assert not is_signed(header("old"), BODY, ["new"], NOW)


def test_a_sender_that_signs_with_both_keys_is_known_by_either() -> None:
    both = f"{header('old')},{header('new').partition(',')[2]}"
    assert is_signed(both, BODY, ["new"], NOW)
    assert is_signed(both, BODY, ["old"], NOW)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "v1=" + "0" * 64,
        f"t={int(NOW.timestamp())}",
        f"t={int(NOW.timestamp())},v1=",
        f"t={int(NOW.timestamp())},v0={header().partition('v1=')[2]}",
        f"{header()},t={int(NOW.timestamp())}",
        f"t=-{int(NOW.timestamp())},v1={header().partition('v1=')[2]}",
        f"t= {int(NOW.timestamp())}.0,v1={header().partition('v1=')[2]}",
        f"t=９{int(NOW.timestamp())},v1={header().partition('v1=')[2]}",
        header().upper(),
        header() + "," + "v1=" + "0" * 1000,
    ],
)
def test_what_is_not_the_header_proves_nothing(said: str | None) -> None:
    assert not is_signed(said, BODY, ["new"], NOW)


def test_an_empty_key_proves_nothing() -> None:
    assert not is_signed(header(""), BODY, ["", ""], NOW)
    assert not is_signed(header(), BODY, [], NOW)
