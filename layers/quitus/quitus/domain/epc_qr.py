"""What a banking app reads from a QR code to prepare a transfer in euros (EPC069-12 v3.1, "BCD").

Elements stand one on a line; an injected line would be read as another element. So what would begin or hide one (line
breaks, control characters, marks that turn the direction of writing) is refused; what is merely too long is cut: the
name at 70 characters, the text at 140 and further until the whole has 331 bytes. The account, the BIC, the reference
and the amount are never cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from quitus.domain.errors import Invalid
from quitus.domain.ibans import has_right_check, is_creditor_reference
from quitus.domain.money import Cents, format_euros

LONGEST_NAME: Final = 70
LONGEST_TEXT: Final = 140
MOST_BYTES: Final = 331
MOST_CENTS: Final = 99_999_999_999
ERROR_LEVEL: Final = "M"
"""The error correction that the guideline asks for."""

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_PURPOSE: Final = re.compile(r"[A-Z0-9]{1,4}")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class Charset(StrEnum):
    """How the bytes of a payload are to be read; the value is the element's."""

    UTF_8 = "1"
    LATIN_1 = "2"

    def bytes_of(self, text: str) -> bytes:
        """The bytes of a text. Raises UnicodeEncodeError."""
        return text.encode("utf-8" if self is Charset.UTF_8 else "iso-8859-1")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to prepare: `cents` None leaves the amount to the payer; a reference (ISO 11649) excludes a text."""

    name: str
    iban: str
    cents: Cents | None = None
    bic: str | None = None
    reference: str | None = None
    text: str = ""
    purpose: str = ""


def epc_payload(transfer: Transfer, *, version: str = "002", charset: Charset = Charset.UTF_8) -> bytes:
    """The bytes of the QR code; nothing follows the last element that is filled.

    Raises:
        Invalid: `not_for_qr`; `detail.field` names what cannot stand in a code.
    """
    _check(transfer, version)
    name = transfer.name.strip()[:LONGEST_NAME].rstrip()
    text = transfer.text.strip()[:LONGEST_TEXT].rstrip()
    while True:
        payload = _encoded(transfer, name, text, version, charset)
        if len(payload) <= MOST_BYTES:
            return payload
        if not text:
            raise _refused("name", "too many bytes")
        text = text[:-1].rstrip()


def _encoded(transfer: Transfer, name: str, text: str, version: str, charset: Charset) -> bytes:
    elements = (
        *("BCD", version, charset.value, "SCT"),
        transfer.bic or "",
        name,
        transfer.iban,
        _amount(transfer.cents),
        transfer.purpose,
        transfer.reference or "",
        text,
    )
    try:
        return charset.bytes_of("\n".join(elements).rstrip("\n"))
    except UnicodeEncodeError as error:
        raise _refused("name" if error.object[error.start] in name else "text", "not in the character set") from error


def _amount(cents: Cents | None) -> str:
    return "" if cents is None else f"EUR{format_euros(cents)}"


def _check(transfer: Transfer, version: str) -> None:
    for field, value in (("name", transfer.name), ("text", transfer.text)):
        if _UNSEEN.search(value):
            raise _refused(field, "a line break or a character that is not seen")
    wrong = {
        "name": not transfer.name.strip(),
        "iban": not (_IBAN.fullmatch(transfer.iban) and has_right_check(transfer.iban)),
        "amount": transfer.cents is not None and not 1 <= transfer.cents <= MOST_CENTS,
        "bic": not _BIC.fullmatch(transfer.bic) if transfer.bic else version == "001",
        "reference": bool(transfer.reference) and not is_creditor_reference(transfer.reference or ""),
        "text": bool(transfer.reference and transfer.text),
        "purpose": bool(transfer.purpose) and not _PURPOSE.fullmatch(transfer.purpose),
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise _refused(field, "not as the guideline has it")


def _refused(field: str, why: str) -> Invalid:
    return Invalid("not_for_qr", f"No QR code can be made: {field} is {why}.", field=field)
