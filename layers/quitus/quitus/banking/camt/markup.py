"""Fast, bounded, exact extraction of the wanted texts of a camt message.

expat checks every character (well-formedness, no document type, no entity), without handlers: those are what makes XML
slow in Python. The markup itself is followed tag by tag only once for each kind of segment; the following segments are
compared with the templates met before, and only the texts in their gaps are taken: a file of ten thousand entries has
a dozen templates. Comments, CDATA and processing instructions are resolved first, so that a `<` always starts a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pyexpat import ExpatError, ParserCreate, XMLParserType, errors
from typing import Final, NoReturn

from quitus.banking.camt.paths import Element, document
from quitus.banking.camt.templates import Found, Kind, Template, learn, resolved
from quitus.banking.problems import Reason, unreadable

MAX_SEGMENT: Final = 1 << 20
"""Characters between two boundaries, or in one text: no detail of a payment is that long."""
_MAX_TEMPLATES: Final = 128
_MAX_TEMPLATE_SIZE: Final = 8192

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
    """Cuts a message, fed text by text, into (kind, texts), in the document's order."""

    def __init__(self) -> None:
        self._parser = _strict_parser()
        self._templates: dict[tuple[Element, ...], list[Template]] = {}
        self._stack: tuple[Element, ...] = (document(),)
        self._text = ""
        self._held = ""

    def feed(self, text: str, final: bool = False, raw: bytes | str | None = None) -> Iterator[tuple[Kind, Found]]:
        """The segments that this text completes; `raw` is the same in UTF-8, where it is at hand.

        Raises:
            UnreadableFile: broken markup, a document type, too deep, too large, or truncated when `final`.
        """
        self._validate(text, final, raw or text)
        text = self._without_markup(text)
        if ">" not in text:
            self._keep(self._text + text)
            return
        text, at = self._text + text, 0
        escaped = "&" in text or "\r" in text
        while (segment := self._segment(text, at)) is not None:
            kind, found, at = segment
            self._stack = kind.meaning.after
            yield kind, [_resolved(part) for part in found] if escaped else found
        self._keep(text[at:])

    def _keep(self, text: str) -> None:
        """The start of the next segment, until more of it comes."""
        self._text = text
        if len(text) + len(self._held) > MAX_SEGMENT:
            raise unreadable(Reason.TOO_LARGE, f"One part of more than {MAX_SEGMENT} characters.")

    def _segment(self, text: str, at: int) -> tuple[Kind, Found, int] | None:
        """The next segment; None when the text does not reach its end. The templates that matched most come first."""
        templates = self._templates.get(self._stack)
        if templates is None:
            templates = self._templates.setdefault(self._stack, [])
        for place, template in enumerate(templates):
            match = template.match(text, at)
            if match is not None:
                template.matched += 1
                if place and template.matched > templates[place - 1].matched:
                    templates[place - 1 : place + 1] = template, templates[place - 1]
                return template.kind, *match
        if any(template.is_cut(text, at) for template in templates):
            return None
        for template in templates:
            match = template.match_again(text, at)
            if match is not None:
                return template.kind, *match
        return self._learned(templates, text, at)

    def _learned(self, templates: list[Template], text: str, at: int) -> tuple[Kind, Found, int] | None:
        """The next segment, of a template that is new."""
        learned = learn(self._stack, text, at)
        if learned is None:
            return None
        template, size = learned
        if len(templates) == _MAX_TEMPLATES:
            templates.pop()
        if size <= _MAX_TEMPLATE_SIZE:
            templates.append(template)
        match = template.match(text, at)
        return None if match is None else (template.kind, *match)

    def _validate(self, text: str, final: bool, raw: bytes | str) -> None:
        try:
            self._parser.Parse(raw, final)
        except ExpatError as error:
            _refuse(error, text)

    def _without_markup(self, text: str) -> str:
        """The text, comments and instructions dropped and CDATA escaped; what may not be finished waits for more."""
        text, self._held = self._held + text, ""
        if ("!" in text and "<!" in text) or ("?" in text and "<?" in text):
            text, self._held = _without_markup(text)
        if text.endswith("<"):
            text, self._held = text[:-1], "<"
        return text


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
    """The text with comments and instructions dropped and CDATA escaped, and the rest from one that is not closed
    yet.
    """
    kept, at = [], 0
    for match in _MARKUP.finditer(text):
        kept.append(text[at : match.start()])
        if match.group(2):
            return "".join(kept), text[match.start() :]
        if match.group(1):
            kept.append(match.group(1).translate(_ESCAPES))
        at = match.end()
    return "".join([*kept, text[at:]]), ""


def _resolved(texts: dict[str, str]) -> dict[str, str]:
    return {key: resolved(text) if "&" in text or "\r" in text else text for key, text in texts.items()}
