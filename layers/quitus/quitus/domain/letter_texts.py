"""The words of letters: templates with placeholders in braces, which a landlord may replace by its own.

A text is plain: nothing in it is ever executed, in whatever it is printed. What looks like markup, a script or another
language's template is refused all the same, for it would be printed as it stands. Paragraphs are parted by an empty
line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from quitus.domain.errors import Invalid
from quitus.domain.wording import Language


class LetterKind(StrEnum):
    """What a letter is."""

    RIB = "rib"
    NOTICE = "notice"
    VIRTUAL_IBAN = "virtual_iban"
    """Announces the lease's own account number."""
    FULL_RECEIPT = "full_receipt"
    """Quittance."""
    PART_RECEIPT = "part_receipt"
    """Reçu."""


LONGEST_LETTER_TEXT: Final = 4000
_ALWAYS: Final = ("landlord", "holder", "lease", "residence", "payee_name")
_OWN: Final[Mapping[LetterKind, tuple[str, ...]]] = {
    LetterKind.RIB: (),
    LetterKind.NOTICE: ("period", "total", "pay_by"),
    LetterKind.VIRTUAL_IBAN: (),
    LetterKind.FULL_RECEIPT: ("period", "amount"),
    LetterKind.PART_RECEIPT: ("period", "amount", "open"),
}
REQUIRED: Final[Mapping[LetterKind, tuple[str, ...]]] = {
    LetterKind.RIB: ("payee_name",),
    LetterKind.NOTICE: ("period", "total", "pay_by"),
    LetterKind.VIRTUAL_IBAN: ("payee_name",),
    LetterKind.FULL_RECEIPT: ("landlord", "holder", "period", "amount"),
    LetterKind.PART_RECEIPT: ("landlord", "holder", "period", "amount", "open"),
}
"""What a text must say, whoever writes it."""

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_ACTIVE: Final = re.compile(
    r"<\s*[/!?a-z][^>]{0,20}|\{\{|\}\}|\{%|%\}|\{#|\$\{|#\{|\\[a-z]+\d*\{|javascript\s*:|data\s*:\s*text|&#?\w+;|`",
    re.IGNORECASE,
)
_UNSEEN: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def placeholders(kind: LetterKind) -> tuple[str, ...]:
    """What a text of this kind may say in braces."""
    return (*_ALWAYS, *_OWN[kind])


@dataclass(frozen=True, slots=True)
class LetterText:
    """A landlord's own words for a kind of letter; None: the default ones."""

    fr: str | None = None
    en: str | None = None

    def in_(self, language: Language, kind: LetterKind) -> str:
        """The template in a language."""
        own = self.en if language is Language.EN else self.fr
        return own or DEFAULTS[kind][language]


def check_text(kind: LetterKind, text: str, field: str) -> None:
    """Whether a text can be a letter's words.

    Raises:
        Invalid: `invalid_text`; `detail` names the field, and its `unknown` and `missing` placeholders and what is
            `active` in it.
    """
    named = _PLACEHOLDER.findall(text)
    rest = _PLACEHOLDER.sub("", text)
    known, required = placeholders(kind), REQUIRED[kind]
    found = {
        "unknown": sorted({name for name in named if name not in known} | {brace for brace in rest if brace in "{}"}),
        "missing": [name for name in required if name not in named],
        "active": sorted({match.group() for match in _ACTIVE.finditer(text)}),
        "unseen": sorted({f"U+{ord(match.group()):04X}" for match in _UNSEEN.finditer(text)}),
    }
    wrong = {problem: names for problem, names in found.items() if names}
    if wrong:
        raise Invalid("invalid_text", "The text cannot be a letter's.", field=field, **wrong)


def filled(template: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The paragraphs of a template with its placeholders replaced; what stands in a value is never read again, neither
    as a placeholder nor as the end of a paragraph.
    """
    paragraphs = (part.strip() for part in re.split(r"\n[ \t]*\n", template))
    return tuple(_PLACEHOLDER.sub(lambda match: _in_line(values[match.group(1)]), part) for part in paragraphs if part)


def _in_line(value: str) -> str:
    return " ".join(line.strip() for line in value.splitlines() if line.strip())


DEFAULTS: Final[Mapping[LetterKind, Mapping[Language, str]]] = {
    LetterKind.RIB: {
        Language.FR: (
            "Voici les coordonnées bancaires à utiliser pour payer le loyer du bail {lease}.\n\n"
            "Ce compte est réservé à votre bail\u00a0: tout virement qui y arrive est porté sur votre dossier. "
            "Enregistrez-le dans votre banque au nom de «\u00a0{payee_name}\u00a0», écrit exactement ainsi\u00a0: "
            "c’est le nom que votre banque vérifie."
        ),
        Language.EN: (
            "These are the bank details to use to pay the rent of lease {lease}.\n\n"
            "This account is for your lease alone: every transfer to it goes to your file. Save it in your bank under "
            "the name “{payee_name}”, spelt exactly like this: it is the name that your bank checks."
        ),
    },
    LetterKind.NOTICE: {
        Language.FR: (
            "Bonjour,\n\nVoici ce qui est à payer pour {period}. Merci de régler {total} au plus tard le {pay_by}."
        ),
        Language.EN: (
            "Hello,\n\nThis is what there is to pay for {period}. Please pay {total} by {pay_by} at the latest."
        ),
    },
    LetterKind.VIRTUAL_IBAN: {
        Language.FR: (
            "Bonjour,\n\n"
            "Votre bail a maintenant son propre numéro de compte (IBAN) pour payer le loyer. Chaque virement qui y "
            "arrive est porté tout de suite sur votre dossier, sans référence à écrire et sans formulaire.\n\n"
            "Le compte est au nom de «\u00a0{payee_name}\u00a0». Quand vous l’enregistrez, votre banque vérifie ce "
            "nom\u00a0: écrivez-le exactement ainsi.\n\n"
            "Si vous payez par virement, remplacez l’ancien numéro de compte par celui-ci. Si vous payez par "
            "prélèvement, vous n’avez rien à changer."
        ),
        Language.EN: (
            "Hello,\n\n"
            "Your lease now has an account number (IBAN) of its own for the rent. Every transfer to it goes to your "
            "file at once, without a reference to write and without a form.\n\n"
            "The account is in the name of “{payee_name}”. When you save it, your bank checks this name: spell it "
            "exactly like this.\n\n"
            "If you pay by transfer, replace the old account number by this one. If you pay by direct debit, there is "
            "nothing to change."
        ),
    },
    LetterKind.FULL_RECEIPT: {
        Language.FR: (
            "{landlord} reconnaît avoir reçu de {holder} la somme de {amount} pour le loyer et les charges de "
            "{period}, et en donne quittance, sous réserve de tous ses droits."
        ),
        Language.EN: ("{landlord} has received {amount} from {holder} for the rent and charges of {period}, in full."),
    },
    LetterKind.PART_RECEIPT: {
        Language.FR: (
            "{landlord} reconnaît avoir reçu de {holder} la somme de {amount}, en paiement partiel du loyer et des "
            "charges de {period}. Il reste {open} à payer pour cette période."
        ),
        Language.EN: (
            "{landlord} has received {amount} from {holder}, a part of the rent and charges of {period}. "
            "{open} is still to be paid for this month."
        ),
    },
}
