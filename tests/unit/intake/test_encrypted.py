"""Files encrypted with OpenPGP: opened with whichever of the landlord's keys fits, else kept out with a clear word."""

from __future__ import annotations

import gzip
import json
import resource
from functools import cache

import pytest
from pysequoia import Tsk, encrypt
from unit.intake.counter import LANDLORD, Counter, Entry, a_statement, camt, counts

from quitus.banking import recognition
from quitus.banking.pgp import ANYONE, is_encrypted, recipients
from quitus.services.registry import DroppedFile, FileStatus

CLEAR = camt(a_statement([Entry(45_000), Entry(51_230)]))
HIDDEN = bytes.fromhex("85000c03") + bytes(8) + bytes.fromhex("010000")
"""The start of a message for a key that it does not name (RFC 4880, 5.1)."""


@cache
def pair(name: str = "Quitus semiga") -> Tsk:
    return Tsk.generate(name)


def sealed(content: bytes, *keys: Tsk, armor: bool = False) -> bytes:
    return encrypt(bytes=content, recipients=[key.extract_certificate() for key in keys], armor=armor)


def counter(*keys: Tsk) -> Counter:
    made = Counter()
    if keys:
        made.secrets.held[f"pgp/{LANDLORD}"] = json.dumps({"keys": [str(key) for key in keys]})
    return made


def word(file: DroppedFile) -> str:
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "encrypted")
    return file.problems[0].message


@pytest.mark.parametrize("armor", [False, True], ids=["binary", "armored"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_file_encrypted_to_the_landlord_is_taken_and_kept_as_it_came(armor: bool, pack: type[bytes]) -> None:
    desk, dropped = counter(pair()), sealed(pack(CLEAR), pair(), armor=armor)
    file = desk.drop(dropped, "releve.xml.pgp")
    assert (file.status, file.kind, counts(file)) == (FileStatus.PROCESSED, "camt.053", {"movements": 2, "suspense": 2})
    assert desk.raw.held == {f"{LANDLORD}/{file.raw}": dropped}
    assert desk.posted() == [45_000, 51_230]


def test_the_same_content_encrypted_again_or_in_clear_is_a_duplicate() -> None:
    desk = counter(pair())
    first = desk.drop(sealed(CLEAR, pair()))
    for again in (sealed(CLEAR, pair()), CLEAR):
        file = desk.drop(again, "encore.xml")
        assert (file.status, file.sha256) == (FileStatus.DUPLICATE, first.sha256)


def test_an_older_key_still_opens_while_keys_are_rotated() -> None:
    old, new = pair("old"), pair("new")
    desk = counter(new, old)
    for number, key in enumerate((old, new)):
        content = camt(a_statement([Entry(100 + number)], name=f"S{number}"))
        assert desk.drop(sealed(content, key), f"{number}.pgp").status is FileStatus.PROCESSED


def test_several_recipients_may_open_a_file() -> None:
    other, ours = pair("the bank"), pair()
    assert counter(ours).drop(sealed(CLEAR, other, ours)).status is FileStatus.PROCESSED


def test_a_file_in_clear_asks_for_no_key() -> None:
    desk = counter(pair())
    desk.drop(CLEAR)
    assert desk.secrets.asked == []


def test_a_file_for_another_key_says_which() -> None:
    message = word(counter(pair()).drop(sealed(CLEAR, pair("someone else"))))
    (key_id,) = recipients(sealed(b"", pair("someone else")))
    assert message == f"The file is encrypted to key {key_id.upper()}, which is none of the landlord's."


def test_a_landlord_without_keys_is_told_so() -> None:
    desk = counter()
    assert word(desk.drop(sealed(CLEAR, pair()))).endswith("and the landlord has no key.")
    assert desk.alerts() == ["file_quarantined"]


def test_a_file_encrypted_with_a_password_is_refused() -> None:
    message = word(counter(pair()).drop(encrypt(bytes=CLEAR, passwords=["sesame"], armor=False)))
    assert message.startswith("The file is encrypted with a password")


@pytest.mark.parametrize("armor", [False, True], ids=["binary", "armored"])
@pytest.mark.parametrize("cut", [0.5, 0.97])
def test_a_cut_file_is_kept_out_until_the_whole_one_comes(cut: float, armor: bool) -> None:
    desk, whole = counter(pair()), sealed(CLEAR, pair(), armor=armor)
    file = desk.drop(whole[: int(len(whole) * cut)])
    assert "cut or was altered" in word(file)
    assert desk.drop(whole).status is FileStatus.PROCESSED
    assert desk.file(file.file_id).superseded_by is not None
    assert desk.alerts() == []


def test_an_altered_file_is_kept_out() -> None:
    message = bytearray(sealed(CLEAR, pair()))
    message[len(message) // 2] ^= 1
    assert "altered" in word(counter(pair()).drop(bytes(message)))


def test_one_encrypted_twice_is_kept_out() -> None:
    assert word(counter(pair()).drop(sealed(sealed(CLEAR, pair()), pair()))) == "The file is encrypted."


def test_what_decrypts_beyond_the_limits_is_kept_out_and_never_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    monkeypatch.setattr("quitus.adapters.pgp_envelopes.MAX_BYTES", 200_000)
    monkeypatch.setattr(recognition, "MAX_BYTES", 200_000)
    file = counter(pair()).drop(sealed(b" " * 300_000, pair()))
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "too_large")
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == before


def test_an_archive_within_is_held_to_its_own_limits() -> None:
    file = counter(pair()).drop(sealed(gzip.compress(b" " * 3_000_000), pair()))
    assert (file.status, file.reason) == (FileStatus.QUARANTINED, "too_large")


def test_a_key_added_later_opens_the_file_when_it_is_dropped_again() -> None:
    desk, dropped = counter(), sealed(CLEAR, pair())
    first = desk.drop(dropped)
    desk.secrets.held[f"pgp/{LANDLORD}"] = json.dumps({"keys": [str(pair())]})
    again = desk.drop(dropped, "encore.pgp")
    assert again.status is FileStatus.PROCESSED
    assert desk.file(first.file_id).superseded_by == again.file_id


# Recognition


@pytest.mark.parametrize("armor", [False, True], ids=["binary", "armored"])
def test_a_message_names_the_key_that_it_is_for(armor: bool) -> None:
    start = sealed(CLEAR * 50, pair(), pair("the bank"), armor=armor)[:4096]
    assert is_encrypted(start)
    assert len(recipients(start)) == 2
    assert all(len(key_id) == 16 for key_id in recipients(start))


def test_messages_of_all_shapes_are_recognised() -> None:
    assert recipients(HIDDEN) == [ANYONE]
    assert recipients(encrypt(bytes=b"x", passwords=["sesame"], armor=False)) == []
    for start in (
        HIDDEN,
        encrypt(bytes=b"x", passwords=["sesame"], armor=False),
        b"\r\n-----BEGIN PGP MESSAGE-----\nVersion: X\n\nhQ",
        b"\xef\xbb\xbf-----BEGIN PGP MESSAGE-----",
    ):
        assert is_encrypted(start)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"<?xml",
        b"0130004",
        ":20:É".encode(),
        "Éa".encode("latin-1"),
        "é".encode(),
        b"\x85",
        b"\xc1\x01\x41",
        b"\x84",
    ],
)
def test_other_files_are_not_taken_for_messages(start: bytes) -> None:
    assert not is_encrypted(start)


@pytest.mark.parametrize("size", range(0, 120, 7))
def test_a_start_of_any_size_is_no_error(size: int) -> None:
    for armor in (False, True):
        start = sealed(b"x", pair(), armor=armor)[:size]
        assert isinstance(recipients(start), list)
        assert isinstance(is_encrypted(start), bool)
