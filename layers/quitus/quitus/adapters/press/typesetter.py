"""Letters as one tagged PDF (PDF/UA-1), set by Typst with fonts of our own: nothing is fetched when it runs."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from quitus.adapters.press.qr_png import qr_png
from quitus.domain.letter import Code, Letter

if TYPE_CHECKING:
    import typst

_FOLDER: Final = Path(__file__).parent
_KEPT: Final = 10
_FEW: Final = 20
_PRINTED: Final = (
    r"\x20-\x7e\xa0-\u017f\u0218-\u021b\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0482\u048a-\u0513"
    r"\u1ea0-\u1ef9\u2013-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2116\u2122\u2212"
)
"""What the fonts have: Latin of all of Europe and Vietnam, Greek, Cyrillic, the usual signs."""
_NOT_PRINTED: Final = re.compile(f"[^{_PRINTED}]")
_ALIKE: Final = {"\u2010": "-", "\u2011": "-", "\u2012": "–", "\u202f": "\xa0", "\u2009": "\xa0", "\xad": ""}


class Typesetter:
    """`write_documents.Press` by Typst."""

    def set(self, title: str, letters: Sequence[Letter], at: datetime) -> tuple[bytes, list[int]]:
        """The PDF, and the page on which each letter begins."""
        first = letters[0]
        data = {
            "title": printable(title),
            "author": printable(first.sender[0]),
            "footer": printable(first.footer),
            "language": first.language.value,
            "letters": [_plain(letter) for letter in letters],
        }
        compiler = _compiler()
        given = {"letters": json.dumps(data)}
        pdf = compiler.compile(format="pdf", sys_inputs=given, pdf_standards="ua-1", timestamp=int(at.timestamp()))
        if not isinstance(pdf, bytes):
            raise TypeError("Typst gave no file")
        pages = json.loads(compiler.query("<letter>", field="value"))
        if len(letters) > _FEW:
            _forget()
        return pdf, pages


@cache
def _fonts() -> typst.Fonts:
    import typst  # noqa: PLC0415 - 81 MB, which only the function that prints has

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FOLDER / "fonts"])


def _forget() -> None:
    """Typst keeps what it computed for the next ten compilations, a megabyte a letter: those have nothing in common."""
    compiler = _compiler()
    for _ in range(_KEPT + 1):
        compiler.compile(b"", format="pdf")


def _compiler() -> typst.Compiler:
    import typst  # noqa: PLC0415 - as above

    return typst.Compiler(_FOLDER / "letter.typ", root=_FOLDER, font_paths=_fonts(), ignore_system_fonts=True)


def printable(text: str) -> str:
    """A text of characters that the fonts have: composed, or what looks alike, else `?`; lines stay lines."""
    composed = unicodedata.normalize("NFC", text)
    return "\n".join(_NOT_PRINTED.sub(_instead, line) for line in re.split("[\n\x85\u2028\u2029]", composed))


def _instead(match: re.Match[str]) -> str:
    char = match.group()
    if char in _ALIKE:
        return _ALIKE[char]
    alike = unicodedata.normalize("NFKC", char)
    if not _NOT_PRINTED.search(alike):
        return alike
    return "" if unicodedata.category(char)[0] in "CM" else "?"


def _plain(letter: Letter) -> dict[str, Any]:
    """The letter as the template reads it."""
    plain: dict[str, Any] = _printable(msgspec.to_builtins(letter, builtin_types=(bytes,)) | {"codes": ()})
    for name in ("paragraphs", "french"):
        plain[name] = [paragraph.split("\n") for paragraph in plain[name]]
    plain["contact"] = [[label, value.split("\n")] for label, value in plain["contact"]]
    plain["codes"] = [_drawn(code) for code in letter.codes]
    return plain


def _drawn(code: Code) -> dict[str, Any]:
    said = {"title": code.title, "caption": code.caption, "alt": code.alt}
    return {name: printable(text) for name, text in said.items()} | {"picture": list(qr_png(code.content))}


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _printable(held) for name, held in value.items()}
        case list() | tuple():
            return [_printable(held) for held in value]
    return value
