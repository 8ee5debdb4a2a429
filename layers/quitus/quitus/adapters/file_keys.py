"""The keys of dropped files and of the statements in them; the table of `keys` says what is asked of them."""

from __future__ import annotations

from quitus.services.table import Key

BATCHES, DECISIONS = "batch#", "decision#"
"""How the many rows of one sort begin in a file's partition."""
CONTENTS = "content#"
"""Begins, among an account's statements, the rows that say under which name a content was kept."""
UNFINISHED = "@files#unfinished"
"""Listing partition: the files that are being processed, of all landlords, by arrival."""
SWEEP = Key("@files#sweep", "mark")
"""Where in the drop bucket's listing the sweep goes on."""


def file(landlord_id: str, file_id: str) -> Key:
    """A dropped file."""
    return Key(f"{landlord_id}#file#{file_id}", "file")


def file_batch(landlord_id: str, file_id: str, number: int) -> Key:
    """A worked batch of a file."""
    return Key(f"{landlord_id}#file#{file_id}", f"{BATCHES}{number:06d}")


def file_decision(landlord_id: str, file_id: str, number: int) -> Key:
    """A person's nth decision on a file."""
    return Key(f"{landlord_id}#file#{file_id}", f"{DECISIONS}{number:04d}")


def open_file(landlord_id: str, file_id: str) -> Key:
    """That something is still to be done about a file."""
    return Key(f"{landlord_id}#file#{file_id}", "open")


def quarantined(landlord_id: str) -> str:
    """Listing partition: quarantined files that nobody decided on, by arrival."""
    return f"{landlord_id}#files#quarantined"


def files(landlord_id: str) -> str:
    """Listing partition: files by arrival."""
    return f"{landlord_id}#files"


def raw(landlord_id: str, sha256: str) -> Key:
    """The first file that brought these bytes."""
    return Key(f"{landlord_id}#raw#{sha256}", "raw")


def statements(landlord_id: str, account_iban: str) -> str:
    """The statements of a bank account, by last day."""
    return f"{landlord_id}#statements#{account_iban}"


def erp_sequence(landlord_id: str, kind: str, sequence: int) -> Key:
    """The ERP file that took a sequence number."""
    return Key(f"{landlord_id}#erp-in#{kind}", f"{sequence:012d}")
