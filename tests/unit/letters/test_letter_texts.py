"""A landlord's own words: plain, complete, and never read twice."""

from __future__ import annotations

import pytest

from quitus.domain.errors import Invalid
from quitus.domain.letter_texts import DEFAULTS, REQUIRED, LetterKind, check_text, filled, placeholders
from quitus.domain.wording import Language

GOOD = "Bonjour {holder},\n\n{total} pour {period}, avant le {pay_by}."


def wrong(text: str, kind: LetterKind = LetterKind.NOTICE) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        check_text(kind, text, "fr")
    assert refused.value.code == "invalid_text"
    detail = dict(refused.value.detail)
    assert detail.pop("field") == "fr"
    return detail


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", Language)
def test_the_usual_words_pass_their_own_check(kind: LetterKind, language: Language) -> None:
    check_text(kind, DEFAULTS[kind][language], language.value)
    assert {*REQUIRED[kind]} <= {*placeholders(kind)}


def test_unknown_and_missing_placeholders_are_named() -> None:
    check_text(LetterKind.NOTICE, GOOD, "fr")
    assert wrong("{iban} {holder.name} {}: {total}, {period}") == {
        "unknown": ["", "holder.name", "iban"],
        "missing": ["pay_by"],
    }
    assert wrong(GOOD + " {") == {"unknown": ["{"]}
    assert wrong("Bonjour") == {"missing": ["period", "total", "pay_by"]}


@pytest.mark.parametrize(
    ("active", "named"),
    [
        ("<script>alert(1)</script>", ["</script", "<script"]),
        ('<img src="x" onerror="y">', None),
        ("<!-- -->", None),
        ("&lt;b&gt;", ["&gt;", "&lt;"]),
        ("${jndi:x}", None),
        ("JavaScript:alert(1)", ["JavaScript:"]),
        ("\\write18{ls}", ["\\write18{"]),
        ("`ls`", ["`"]),
    ],
)
def test_active_content_is_refused_and_named(active: str, named: list[str] | None) -> None:
    found = wrong(f"{GOOD} {active}")["active"]
    assert found
    assert named is None or found == named


@pytest.mark.parametrize("text", ["{{ total }}", "{% for x in y %}", "{# no #}"])
def test_other_template_languages_are_refused(text: str) -> None:
    assert wrong(f"{GOOD} {text}")["active"]


def test_what_cannot_be_seen_is_refused() -> None:
    assert wrong(GOOD + "\u202e")["unseen"] == ["U+202E"]
    assert wrong(GOOD + "\x07")["unseen"] == ["U+0007"]


def test_ordinary_signs_are_fine() -> None:
    check_text(
        LetterKind.NOTICE, GOOD + " 5 < 6 & 7 > 3, #1, $ 20 %, *, _, @, R&D, l'été, https://semiga.example", "fr"
    )


def test_a_value_is_never_read_as_a_template() -> None:
    values = {"holder": "{total} {evil}", "total": "1,00 €", "period": "p", "pay_by": "d"}
    assert filled(GOOD, values) == ("Bonjour {total} {evil},", "1,00 € pour p, avant le d.")


def test_a_value_begins_no_paragraph_and_no_line() -> None:
    values = {"holder": "Camille\n\nNe payez plus.\r\n \nRoux", "total": "1,00\u00a0€", "period": "p", "pay_by": "d"}
    assert filled(GOOD, values) == ("Bonjour Camille Ne payez plus. Roux,", "1,00\u00a0€ pour p, avant le d.")
