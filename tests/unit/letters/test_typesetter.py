"""Letters as files: readable by people, cameras and screen readers; whatever stands in a name stays text."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from hostile_names import HOSTILE, hostile_names
from letters import AT, a_let, a_standing, composed, printed, seen, text_of, the_month
from qr_readers import read_by_opencv, read_by_zxing

from quitus.adapters.press import typesetter
from quitus.adapters.press.typesetter import Typesetter, printable
from quitus.domain.letter import Letter
from quitus.services.compose_letters import DocumentKind

URL = "https://pay.example.org/p/4JqT0m3v7p2Zb9cXw1yKdR8sLh6uNfGaEiOtQ5xBzUk"


def a_notice(**lease: Any) -> Letter:
    return composed(DocumentKind.NOTICE, a_standing(*the_month(open_cents=272_00), lease=a_let(**lease)), URL)


def every_letter() -> list[Letter]:
    open_month, paid = a_standing(*the_month(open_cents=100_00)), a_standing(*the_month(aid_open=190_00))
    english = a_standing(*the_month(), lease=a_let(language="en"))
    return [
        a_notice(),
        composed(DocumentKind.RIB, open_month),
        composed(DocumentKind.VIRTUAL_IBAN, open_month),
        composed(DocumentKind.RECEIPT, open_month),
        composed(DocumentKind.RECEIPT, paid),
        composed(DocumentKind.RECEIPT, english),
    ]


@pytest.fixture(scope="module")
def file() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(printed(*every_letter())))


def tags(node: Any) -> set[str]:
    node = node.get_object()
    if isinstance(node, list):
        return set().union(*map(tags, node))
    if not isinstance(node, dict):
        return set()
    own = {str(node["/S"])} if "/S" in node else set()
    return own | (tags(node["/K"]) if "/K" in node else set())


def test_the_file_is_tagged_titled_and_says_its_language(file: pypdf.PdfReader) -> None:
    root: Any = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure"} <= tags(root["/StructTreeRoot"])
    assert file.metadata is not None
    assert file.metadata.title == "Courriers"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_pictures_are_told_in_words(file: pypdf.PdfReader) -> None:
    root: Any = file.trailer["/Root"]
    said = alternatives(root["/StructTreeRoot"])
    assert said[:2] == ["Code QR de la page de paiement", "Code QR du virement\xa0: 272,00\xa0€"]
    assert said[2] == "Code QR du virement\xa0: montant libre"


def alternatives(node: Any) -> list[str]:
    node = node.get_object()
    if isinstance(node, list):
        return [text for one in node for text in alternatives(one)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/Alt"])] if "/Alt" in node else []) + (alternatives(node["/K"]) if "/K" in node else [])


def test_fonts_are_in_the_file_and_nothing_in_it_acts(file: pypdf.PdfReader) -> None:
    pages: list[Any] = list(file.pages)
    fonts = {font for page in pages for font in page["/Resources"]["/Font"].values()}
    for font in (font.get_object() for font in fonts):
        (descendant,) = font["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"]
        assert "OpenSans" in descriptor["/FontName"]
        assert "/FontFile2" in descriptor
    root: Any = file.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & {*root}
    assert not any("/Annots" in page or "/AA" in page for page in file.pages)


def test_every_letter_begins_on_a_page_of_its_own_and_the_pages_are_told() -> None:
    letters = every_letter()
    letters[0] = replace(letters[0], paragraphs=tuple(f"Paragraphe {number}." for number in range(80)))
    pdf, pages = Typesetter().set("Courriers", letters, AT)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert pages[0] == 1
    assert pages[1] > 2
    assert len(pages) == len(letters)
    for letter, page in zip(letters, pages, strict=True):
        title = " ".join(letter.title.split())
        assert title in " ".join(reader.pages[page - 1].extract_text().split())
    assert len(reader.pages) == pages[-1]


def test_both_codes_are_read_off_the_page_by_two_decoders() -> None:
    letter = a_notice()
    wanted = sorted(code.content for code in letter.codes)
    picture = seen(printed(letter))
    assert sorted(read_by_zxing(picture)) == wanted
    assert sorted(text.encode() for text in read_by_opencv(picture)) == wanted


def test_the_text_can_be_taken_out() -> None:
    text = text_of(printed(*every_letter()))
    for said in (
        "Avis d’échéance – novembre 2026",
        "Total à payer 272,00 €",
        "FR76 1732 8899 00",
        "SEMIGA",
        "Loyer 420,00 €",
    ):
        assert said in text
    assert "en donne quittance" in text


def unbroken(text: str) -> str:
    """Without blanks, and without hyphens, of which a reader makes something else at the end of a line."""
    return "".join(text.translate(dict.fromkeys(map(ord, "-\u00ad\ufffe\u0002"))).split())


def test_500_hostile_names_stay_text_and_break_nothing() -> None:
    names = hostile_names()
    letters = [a_notice(holder_name=name, residence_name=name, street=name) for name in names]
    pdf, pages = Typesetter().set("Courriers", letters, AT)
    file = pypdfium2.PdfDocument(pdf)
    assert len(pages) == 500
    for name, page in zip(names, pages, strict=True):
        text = unbroken(file[page - 1].get_textpage().get_text_range())
        assert unbroken(printable(name))[:40] in text, name
        assert "Totalàpayer272,00€" in text
    some = pypdf.PdfReader(io.BytesIO(printed(*letters[: len(HOSTILE)])))
    assert not any("/Annots" in page or "/AA" in page for page in some.pages)


def test_what_the_fonts_have_is_printed_as_it_is_and_the_rest_is_replaced() -> None:
    folder = Path(typesetter.__file__).parent / "fonts"
    has = [set(TTFont(path).getBestCmap()) for path in sorted(folder.glob("*.ttf"))]
    assert len(has) == 2
    every = "".join(map(chr, [*range(0x20, 0xD800), *range(0xE000, 0x11000)]))
    assert {ord(char) for char in printable(every)} - {0x0A} <= has[0] & has[1]
    assert printable("Élodie Œuvre-Łoś d’Åse №5 – 12 €") == "Élodie Œuvre-Łoś d’Åse №5 – 12 €"
    assert printable("e\u0301\u2010中\u200b\u202f1") == "é-?\xa01"
    assert printable("a\x85b\u2028c") == "a\nb\nc"


def test_the_same_letters_make_the_same_file() -> None:
    assert printed(a_notice()) == printed(a_notice())
