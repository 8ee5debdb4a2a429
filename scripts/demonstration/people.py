"""Tenants who do not exist: names as diverse as those on the letter boxes of a French town."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Final

_GIVEN_AND_SURNAMES: Final = (
    (
        "Camille Julien Mathilde Thomas Sylvie Bernard Chantal Rémi Océane Lucas Gérard Élodie Noël Françoise",
        "Martin Durand Roux Fabre Chabert Vidal Teissier Boyer Pélissier Gély Castanier Mourgues Lefèvre Rouvière",
    ),
    (
        "Fatima Karim Samira Yacine Leïla Mohamed Nadia Rachid Inès Mehdi Khadija Bilal",
        "Benali Haddad Bouzid Amrani Chérif El·Idrissi Belkacem Ouahabi Mansouri Zerrouki Ziani",
    ),
    (
        "Maria João Carmen Miguel Lucia Paulo Rosa António Inês Rui",
        "Da·Silva Ferreira García Martínez Pereira López Fernandes Sánchez Rodrigues Carvalho",
    ),
    (
        "Awa Mamadou Fatoumata Ibrahima Mariam Ousmane Aminata Cheikh Bintou",
        "Diallo Traoré Ndiaye Konaté Camara Sow Cissé Mbaye Keïta Ouattara",
    ),
    (
        "Linh Minh Thi·Mai Quang Sophie Vanna Lan Tuan",
        "Nguyen Tran Pham Lê Sok Huynh Vong Phan",
    ),
    (
        "Mircea Elena Ivana Goran Oksana Piotr Agnieszka Dragan",
        "Popescu Ionescu Kovačević Nowak Petrović Shevchenko Wiśniewska Marku",
    ),
    (
        "Giulia Marco Ayşe Mehmet Anahit Aram Elif Paolo",
        "Rossi Bianchi Yılmaz Demir Kaya Sarkissian Petrossian Esposito",
    ),
)
_WEIGHTS: Final = (46, 20, 12, 9, 4, 5, 4)
_ENGLISH_SPEAKERS: Final = 0.04


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented: a mail domain reserved for examples, a telephone range reserved for fiction."""

    given: str
    surname: str
    email: str
    phone: str
    language: str

    @property
    def name(self) -> str:
        """As the ERP writes it."""
        return f"{self.given} {self.surname}"

    @property
    def bank_name(self) -> str:
        """As banks write it: capitals without accents, surname first, `M` or `MME` left out."""
        return plain(f"{self.surname} {self.given}").upper()


class Registry:
    """Makes people, each with an address of their own."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._made = 0
        self._names = [[_names(column) for column in origin] for origin in _GIVEN_AND_SURNAMES]

    def person(self, surname: str | None = None) -> Person:
        """Somebody new, of a given surname or of any."""
        rng = self._rng
        given_names, surnames = rng.choices(self._names, _WEIGHTS)[0]
        given, chosen = rng.choice(given_names), surname or rng.choice(surnames)
        self._made += 1
        mailbox = plain(f"{given}.{chosen}").lower().replace(" ", "-")
        language = "en" if rng.random() < _ENGLISH_SPEAKERS else "fr"
        email, phone = f"{mailbox}.{self._made}@example.org", f"063998{self._made % 10_000:04d}"
        return Person(given, chosen, email, phone, language)


def _names(column: str) -> list[str]:
    return [name.replace("·", " ") for name in column.split()]


def plain(text: str) -> str:
    """Latin letters without their accents, as most bank files carry them."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ı", "i"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.encode("ascii", "ignore").decode()
