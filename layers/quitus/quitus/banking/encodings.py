"""Encodings that nobody declares: told from the first bytes of a file."""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT: Final = 16
_NOT_LATIN_1: Final = re.compile(rb"[\x80-\x9f]")
_NOT_CP1252: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LETTERS: Final = "àâäçèéêëîïôöùûüÿœñßÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸŒÑ’€"
_AS_CP850, _AS_CP1252 = (_LETTERS.encode(codec, "ignore") for codec in ("cp850", "cp1252"))
"""What texts of banks have beyond ASCII."""


def utf_16(start: bytes) -> str | None:
    """The codec of UTF-16 text by its byte order mark, else by the zeros of its first characters; None for others."""
    if start.startswith(_MARKS):
        return "utf-16"
    even, odd = start[:_LOOKED_AT:2], start[1:_LOOKED_AT:2]
    if all(even) and odd and not any(odd):
        return "utf-16-le"
    return "utf-16-be" if all(odd) and even and not any(even) else None


def eight_bit(text: bytes, *, whole: bool = False) -> str:
    """The codec of text: UTF-8 where it can be, else ISO 8859-1; where it uses what that keeps for control, CP1252 or
    CP850, whichever makes more letters of it. Unless it is `whole`, a character that is cut at its end does not count.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text, final=whole)
    except UnicodeDecodeError:
        return _of_a_pc(text) if _NOT_LATIN_1.search(text) else "latin-1"
    return "utf-8"


def _of_a_pc(text: bytes) -> str:
    if _NOT_CP1252.search(text):
        return "cp850"
    return "cp1252" if _others(text, _AS_CP1252) < _others(text, _AS_CP850) else "cp850"


def _others(text: bytes, letters: bytes) -> int:
    return len(text.translate(None, letters))
