"""Fast, bounded, exact extraction of the wanted texts of a camt message.

expat checks every character (well-formedness, no document type, no entity), without handlers: those are what makes XML slow in
Python. The text is then cut at each `<`, and a *shape*, the exact list of tags from one boundary (end of a detail, entry,
balance…) to the next, is learned once, tag by tag. The next segments with the same tags are recognised by comparing lists, and
only the texts that the shape knows to be wanted are taken: a file of ten thousand entries has a dozen shapes. Markup that may
hold a `<` (comments, CDATA, processing instructions) is resolved before the cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pyexpat import ExpatError, ParserCreate, XMLParserType, errors
from typing import Final, NoReturn

from quitus.banking.camt.paths import Element, document
from quitus.banking.camt.shapes import MAX_DEPTH, Shape, learn, too_deep
from quitus.banking.problems import Reason, unreadable

MAX_SEGMENT: Final = 1 << 20
"""Characters between two boundaries, or in one text: no detail of a payment is that long."""
_MAX_SHAPES: Final = 48
_MAX_SHAPE_SIZE: Final = 600
_MANY_PIECES: Final = 4096

_MARKUP: Final = re.compile(r"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>|(<[!?])", re.DOTALL)
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_UNFINISHED: Final = frozenset(
    errors.codes[text]
    for text in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class Segments:
    """Cuts a message, fed text by text, into (shape, values), in the document's order."""

    def __init__(self) -> None:
        self._parser = _strict_parser()
        self._shapes: dict[tuple[Element, ...], list[Shape]] = {}
        self._stack: tuple[Element, ...] = (document(),)
        self._pieces: list[str] = []
        self._carry = ""

    def feed(self, text: str, final: bool = False) -> Iterator[tuple[Shape, list[str]]]:
        """The segments that this text completes.

        Raises:
            UnreadableFile: broken markup, a document type, too deep, too large, or truncated when `final`.
        """
        self._validate(text, final)
        pieces = self._pieces + self._cut(text, final)
        at, count = 0, len(pieces)
        shapes = self._shapes.setdefault(self._stack, [])
        while at < count:
            for shape in shapes:
                end = at + shape.size
                if end <= count and pieces[end - 1].startswith(shape.last):
                    segment = pieces[at:end]
                    if shape.matches(segment):
                        break
            else:
                learned = learn(self._stack, pieces, at)
                if learned is None:
                    break
                shape, end = learned, at + learned.size
                segment = pieces[at:end]
                if len(shapes) < _MAX_SHAPES and shape.size <= _MAX_SHAPE_SIZE:
                    shapes.append(shape)
            at, self._stack = end, shape.after
            shapes = self._shapes.setdefault(shape.after, [])
            yield shape, shape.values(segment)
        self._pieces = pieces[at:]
        if len(self._pieces) > _MANY_PIECES:
            _check_waiting(len(self._stack), self._pieces)

    def _validate(self, text: str, final: bool) -> None:
        try:
            self._parser.Parse(text, final)
        except ExpatError as error:
            _refuse(error, text)

    def _cut(self, text: str, final: bool) -> list[str]:
        """The pieces of the text, each what follows a `<`; what may not be finished waits for more."""
        text, held = self._carry + text, ""
        if "<!" in text or "<?" in text:
            text, held = _without_markup(text)
        if not final:
            last = max(text.rfind("<"), 0)
            text, held = text[:last], text[last:] + held
        if len(held) > MAX_SEGMENT:
            raise unreadable(Reason.TOO_LARGE, f"One text of more than {MAX_SEGMENT} characters.")
        self._carry = held
        return text.split("<")[1:]


def _strict_parser() -> XMLParserType:
    parser = ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> NoReturn:
    raise unreadable(Reason.DOCTYPE, "The file declares a document type: no bank file needs one.")


def _refuse(error: ExpatError, text: str) -> NoReturn:
    where = f"line {error.lineno}, column {error.offset + 1}"
    if error.code in _UNFINISHED:
        raise unreadable(Reason.TRUNCATED, "The file stops before its end.", where) from error
    if _FORBIDDEN.search(text):
        raise unreadable(Reason.ENCODING, "A control character that XML forbids.", where) from error
    raise unreadable(Reason.NOT_XML, f"Broken markup: {errors.messages[error.code]}.", where) from error


def _without_markup(text: str) -> tuple[str, str]:
    """The text with comments and instructions dropped and CDATA escaped, and the rest from one that is not closed yet."""
    kept, at = [], 0
    for match in _MARKUP.finditer(text):
        kept.append(text[at : match.start()])
        if match.group(2):
            return "".join(kept), text[match.start() :]
        if match.group(1):
            kept.append(match.group(1).translate(_ESCAPES))
        at = match.end()
    return "".join([*kept, text[at:]]), ""


def _check_waiting(depth: int, pieces: list[str]) -> None:
    """Refuse early what grows without a boundary: too deep, or too long."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if piece.startswith("/"):
            depth -= 1
        elif "/>" not in piece:
            depth += 1
        if depth > MAX_DEPTH + 1:
            raise too_deep()
    if size > MAX_SEGMENT:
        raise unreadable(Reason.TOO_LARGE, f"One part of more than {MAX_SEGMENT} characters.")

