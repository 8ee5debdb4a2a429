"""Communes and residences that could be between the Cévennes and the sea, and are not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count, islice
from random import Random
from typing import Final

_TOWNS: Final = (
    "Vézanel-le-Pont",
    "Saint-Aubrac-du-Gardon",
    "Montclaret",
    "Aiguevive-la-Tour",
    "Castelvignes",
    "Roquebelle",
    "Sainte-Éline-des-Costières",
    "Lussargues",
    "Fontanille-sur-Vidourle",
    "Bezouvin",
    "Calvissane",
    "Marguerol",
    "Saint-Cyprien-de-Crieulon",
    "Gallargoux",
    "Aubessac",
    "Sommeyrac",
    "Vergezon",
    "Bouillarges-le-Neuf",
    "Manduelle",
    "Redessane",
    "Saint-Gervazy",
    "Clarensol",
    "Langladès",
    "Caveyrol",
    "Milhaune",
    "Uchaudin",
    "Codognane",
    "Le Grau-des-Salins",
    "Junassac",
    "Vestrigues",
    "Aimargoux",
    "Saint-Laurent-des-Marais",
    "Beauvezet",
    "Générac-Vieux",
    "Garonès",
    "Jonquerette",
    "Meyranes",
    "Théziac",
    "Domazel",
    "Rochegude-du-Gard",
    "Pujauret",
    "Saint-Hilaire-du-Seguissous",
    "Anduzac",
)
_SAINTS: Final = ("Saint-Martial", "Sainte-Colombe", "Saint-Privat", "Saint-Mamert", "Sainte-Foy", "Saint-Bonnet")
_COUNTRY: Final = ("de-Vistre", "du-Rhôny", "des-Garrigues", "d'Alzon", "de-Salindres", "du-Boucoiran", "de-Coutach")
_KINDS: Final = ("Le Clos", "Les Jardins", "La Résidence", "Les Terrasses", "Le Mas", "Les Allées", "Le Square")
_THINGS: Final = (
    "des Micocouliers",
    "du Vieux Lavoir",
    "des Amandiers",
    "de la Magnanerie",
    "des Grenadiers",
    "du Viaduc",
    "des Cigales",
    "de la Filature",
    "des Arbousiers",
    "du Canal",
    "des Tuileries",
    "de la Capitelle",
    "des Genêts",
    "du Moulin à Huile",
    "des Mûriers",
    "de l'Aqueduc",
    "des Flamants",
)
_STREETS: Final = ("rue", "avenue", "impasse", "chemin", "boulevard", "place")


@dataclass(frozen=True, slots=True)
class Residence:
    """A group of buildings in a commune."""

    residence_id: str
    name: str
    street: str
    postal_code: str
    commune: str


def communes(number: int) -> list[str]:
    """As many different communes as asked for."""
    invented = [f"{saint}-{where}" for where in _COUNTRY for saint in _SAINTS]
    more = (f"{name}-{turn}" for turn in count(2) for name in invented)
    return list(islice(chain(_TOWNS, invented, more), number))


def residences(rng: Random, number: int, in_communes: int) -> list[Residence]:
    """Residences with different names; every commune has at least one, the first communes have most."""
    towns = communes(in_communes)
    weights = [3.0 / (rank + 3) for rank in range(len(towns))]
    chosen = [*range(len(towns)), *rng.choices(range(len(towns)), weights, k=number - len(towns))]
    names = [f"{kind} {thing}" for thing in _THINGS for kind in _KINDS]
    rng.shuffle(names)
    return [_residence(rng, index, names, towns, town) for index, town in enumerate(sorted(chosen))]


def _residence(rng: Random, index: int, names: list[str], towns: list[str], town: int) -> Residence:
    again = index // len(names)
    name = names[index % len(names)] + (f" {again + 1}" if again else "")
    street = f"{rng.randint(1, 140)} {rng.choice(_STREETS)} {rng.choice(_THINGS)}"
    return Residence(f"R{index + 1:03d}", name, street, f"30{town * 10 % 1000:03d}", towns[town])
