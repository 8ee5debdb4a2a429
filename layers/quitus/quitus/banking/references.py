"""Account numbers and references as banks write them: checked, spaced, cut in two, or only looking like one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

_LONGEST_NONE: Final = 12
_NONE: Final = frozenset(
    {"NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOTAVAILABLE", *("0" * length for length in range(_LONGEST_NONE + 1))}
)
"""What is no reference, as far as it is short; zeros may be more."""
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_FRENCH: Final = re.compile(r"FR([0-9]{2})([0-9]{10}[A-Z0-9]{11}[0-9]{2})").fullmatch
_RIB: Final = re.compile(r"[0-9]{10}[A-Z0-9]{11}[0-9]{2}")
_REFERENCE: Final = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_ACCOUNT: Final = re.compile(r"\s*(?:[A-Za-z0-9]\s*){2}[0-9]\s*[0-9]")
_WORD: Final = re.compile(r"[A-Z0-9]+")
_ACCOUNT_START: Final = re.compile(r"(?<![A-Z0-9])FR[0-9]{2}[A-Z0-9]*+")
_REFERENCE_START: Final = re.compile(r"(?<![A-Z0-9])RF[0-9]{2}[A-Z0-9]*+")
_BEFORE_A: Final = ord("A") - 10
_RIB_DIGITS: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"12345678912345678923456789")
_KEYED: Final = ("FR", "MC")
_SHORTEST_IBAN: Final = 15
_NO_COUNTRY: Final = "RF"
"""Creditor references have the shape and the check digits of an IBAN."""
_RIB_LENGTH: Final = 23
_DIGITS: Final = b"0123456789"
_FRANCE: Final = "1527"
"""`FR`, each letter as two digits."""
_LONGEST_TEXT: Final = 4096


def reference(text: str | None) -> str | None:
    """The reference, or None for an empty one and for what banks write instead of none (`NOTPROVIDED`, `NONREF`, zeros
    only).
    """
    if text is None:
        return None
    stripped = text.strip()
    if len(stripped) <= _LONGEST_NONE:
        return None if stripped.upper() in _NONE else stripped
    return stripped if stripped[0] != "0" or stripped.strip("0") else None


def compact(text: str) -> str:
    """Without blanks, in capitals."""
    return "".join(text.split()).upper()


def as_iban(text: str) -> str | None:
    """The compact IBAN that a text is, if its checks hold; a French RIB of 23 characters becomes its IBAN.

    Checked: ISO 13616 mod 97, and for France and Monaco the length and the national key, which is 1 to 97. A RIB of
    digits is a multiple of 97, and its IBAN starts with FR76.
    """
    text = text.strip()
    rib = text.removeprefix("FR76")
    if len(rib) == _RIB_LENGTH and rib.isdigit() and rib.isascii():
        number = int(rib)
        if number % 97 or not 0 < number % 100 < 98:
            return None
        return text if len(text) > len(rib) else f"FR76{rib}"
    french = _FRENCH(text)
    if french is not None:
        checks, rib = french.groups()
        return text if _has_key(rib) and _is_checked(rib, _FRANCE, checks) else None
    return _as_iban(compact(text)) if may_begin_account(text) else None


def may_begin_account(text: str) -> bool:
    """Whether a text begins as account numbers do, with digits in the third and fourth place; else it is none."""
    return _ACCOUNT.match(text) is not None


def _as_iban(iban: str) -> str | None:
    if len(iban) < _SHORTEST_IBAN or iban.startswith(_NO_COUNTRY):
        return None
    if _IBAN.fullmatch(iban):
        keyed = iban[:2] not in _KEYED or is_rib(iban[4:])
        return iban if keyed and _is_checked(iban[4:], iban[:2], iban[2:4]) else None
    return french_iban(iban) if is_rib(iban) else None


def is_rib(text: str) -> bool:
    """Whether 23 characters are a French account number: bank 5, branch 5, account 11, and the right key of 2, which
    makes it a multiple of 97 once its letters are digits.
    """
    return bool(_RIB.fullmatch(text)) and _has_key(text)


def _has_key(rib: str) -> bool:
    number = int(rib.encode().translate(_RIB_DIGITS))
    return number % 97 == 0 and 0 < number % 100 < 98


def french_iban(rib: str) -> str:
    """The IBAN of a RIB of 23 characters."""
    return f"FR{98 - _mod97(rib + 'FR00'):02d}{rib}"


def french_account(bank: str, branch: str, account: str) -> str:
    """The IBAN of an account given without its key, as CFONB files do.

    Raises:
        ValueError: not 5 digits, 5 digits and 11 letters or digits.
    """
    stem = f"{bank}{branch}{account}".upper()
    if not _RIB.fullmatch(stem + "00"):
        raise ValueError("not an account number")
    return french_iban(f"{stem}{_rib_key(stem[:5], stem[5:10], stem[10:]):02d}")


def is_creditor_reference(text: str) -> bool:
    """Whether a compact text is a creditor reference (ISO 11649) with right check digits."""
    return bool(_REFERENCE.fullmatch(text)) and _mod97(text[4:] + text[:4]) == 1


def creditor_reference(structured: Sequence[str], free: Sequence[str]) -> str | None:
    """The first creditor reference in the structured fields, else in the free texts."""
    found = creditor_references(structured) or found_references(free)
    return found[0] if found else None


def creditor_references(texts: Sequence[str]) -> list[str]:
    """Those of the texts that are creditor references, blanks apart."""
    return [candidate for candidate in map(compact, texts) if is_creditor_reference(candidate)]


def found_references(texts: Sequence[str]) -> list[str]:
    """Creditor references in free texts that banks may have cut anywhere: both ways of joining them are searched."""
    return _found("RF", _REFERENCE_START, 25, texts, _checked_reference)


def _checked_reference(text: str) -> str | None:
    return text if is_creditor_reference(text) else None


def found_ibans(texts: Sequence[str]) -> list[str]:
    """Valid French account numbers in free texts, whole or in groups of four; both ways of joining are searched."""
    return _found("FR", _ACCOUNT_START, 27, texts, as_iban)


def _found(
    letters: str, start: re.Pattern[str], longest: int, texts: Sequence[str], check: Callable[[str], str | None]
) -> list[str]:
    found: list[str] = []
    for joined in texts if len(texts) == 1 else (" ".join(texts), "".join(texts)):
        if joined.isascii() and "F" not in joined and "f" not in joined:
            continue  # nearly all texts: neither an account nor a reference begins without it
        text = joined[:_LONGEST_TEXT].upper()
        for begun in start.finditer(text) if letters in text else ():
            for candidate in _grouped(begun.group(), text, begun.end(), longest):
                checked = check(candidate)
                if checked is not None and checked not in found:
                    found.append(checked)
    return found


def _grouped(text: str, whole: str, end: int, longest: int) -> Iterator[str]:
    """The word alone, then with the following ones while it grows by groups of four (the last one may be shorter)."""
    yield text
    if len(text) == 4:
        for following in _WORD.finditer(whole, end):
            group = following.group()
            if len(group) > 4:
                return
            text += group
            yield text
            if len(group) < 4 or len(text) >= longest:
                return


def _is_checked(account: str, country: str, checks: str) -> bool:
    """Whether an IBAN in its parts has right check digits, which are 02 to 98; the country may be in digits."""
    return _mod97(f"{account}{country}{checks}") == 1 and "02" <= checks <= "98"


def _mod97(text: str) -> int:
    """Of letters and digits, each letter as two digits."""
    for letter in text.encode().translate(None, _DIGITS):
        text = text.replace(chr(letter), str(letter - _BEFORE_A))
    return int(text) % 97


def _rib_key(bank: str, branch: str, account: str) -> int:
    number = int(f"{bank}{branch}{account}00".encode().translate(_RIB_DIGITS))
    return 97 - number % 97
