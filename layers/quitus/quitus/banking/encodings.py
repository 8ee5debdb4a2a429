"""Encodings that nobody declares: told from the first bytes of a file."""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT: Final = 16
_CP850_ONLY: Final = re.compile(rb"[\x80-\x9f]")


def utf_16(start: bytes) -> str | None:
    """The codec of UTF-16 text by its byte order mark, else by the zeros of its first characters; None for others."""
    if start.startswith(_MARKS):
        return "utf-16"
    even, odd = start[:_LOOKED_AT:2], start[1:_LOOKED_AT:2]
    if all(even) and odd and not any(odd):
        return "utf-16-le"
    return "utf-16-be" if all(odd) and even and not any(even) else None


def eight_bit(text: bytes, *, whole: bool = False) -> str:
    """The codec of text: UTF-8 where it can be, else CP850 where it uses what ISO 8859-1 keeps for control, else ISO
    8859-1. Unless it is `whole`, a character that is cut at its end does not count.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text, final=whole)
    except UnicodeDecodeError:
        return "cp850" if _CP850_ONLY.search(text) else "latin-1"
    return "utf-8"
