"""A landlord of thousands of leases, with many homonyms and equal rents, and those who pay, as banks tell it."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from builders import DAY, a_landlord, a_virtual_iban, an_account, an_open_due

from quitus.adapters import keys
from quitus.adapters.ledger_rows import account_write
from quitus.adapters.memory import MemoryTable
from quitus.adapters.name_rows import NameViewRows
from quitus.domain.lease import LeaseStatus
from quitus.domain.name_index import HOLDER
from quitus.services.name_views import HeldNames
from quitus.services.table import Put


def pool(text: str) -> tuple[str, ...]:
    """The names of a text."""
    return tuple(text.split())


FIRST = pool(
    """
    Jean Marie Pierre Michel André Philippe Nathalie Isabelle Sylvie Catherine Martine Françoise Nicolas Stéphane
    Aurélie Émilie Céline Hélène Jérôme Sébastien Mohamed Fatima Ahmed Karim Yasmina Inès Zoé Noémie Loïc Gaëlle
    Jean-Pierre Marie-Christine Anne-Sophie Jean-Baptiste Thérèse Bénédicte Maëlys Théo Hugo Léa Louise Chloé
    Manon Camille Claude Dominique Martin Paul Vincent Laurent Bernard Robert Thomas Simon Denis
    """
)
LAST = pool(
    """
    Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David
    Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Faure André Mercier
    Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry
    Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun
    Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy
    Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois
    Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte López Jean Dupuy Guillot Hubert Berger
    Carpentier Sánchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam
    Paris Poirier Marty Aubry Guyot Carré Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé
    Schneider Fernández Collet Léger Bouvier Julien Prévost Millet Perrot Daniel Cousin Germain Breton Besson
    Langlois Rémy Pelletier Lévêque Perrier Leblanc Barré Lebrun Marchal Weber Mallet Hamon Boulanger Jacob
    Monnier Michaud Rodríguez Guichard Gillet Étienne Grondin Poulain Tessier Chevallier Collin Chauvin Bouchet
    Gay Lemaître Bénard Maréchal Humbert Reynaud Antoine Hoarau Perret Barthélemy Cordier Pichon Lejeune Gilbert
    Lamy Delaunay Pasquier Carlier Laporte N'Diaye O'Brien D'Almeida Dupond Duront Martins Le_Goff De_La_Croix
    El_Amrani Ben_Ali
    """
)
RENTS = (41250, 41250, 43800, 45000, 45000, 45000, 46210, 48000, 48000, 50000, 52375, 55000, 60000)
"""Shared by hundreds."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A lease, its holder's names, what is called, and what it had before."""

    lease_id: str
    first: str
    last: str
    rent: int
    ended: bool = False

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as a bank tells it, and the lease that it truly is for (None: of nobody here)."""

    story: str
    payer: str
    cents: int
    truth: str | None
    iban: str | None = None


@dataclass(slots=True)
class Town:
    """The leases, and payments for them by seed."""

    size: int
    seed: int
    tenants: list[Tenant] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        for number in range(self.size):
            first, last = chance.choice(FIRST), chance.choice(LAST).replace("_", " ")
            if chance.random() < 0.05 and self.tenants:  # a homonym, or one with the names swapped
                twin = chance.choice(self.tenants)
                first, last = (twin.first, twin.last) if chance.random() < 0.5 else (twin.last, twin.first)
            rent = chance.choice(RENTS) if chance.random() < 0.5 else chance.randint(30000, 90000)
            self.tenants.append(Tenant(f"L{number:05d}", first, last, rent, chance.random() < 0.05))

    def table(self) -> MemoryTable:
        """The accounts, each with its rent open, and the register of names."""
        table, landlord_id = MemoryTable(), a_landlord().landlord_id
        for number, tenant in enumerate(self.tenants):
            due = an_open_due(f"nov-{tenant.lease_id}", tenant.rent, DAY)
            status = LeaseStatus.ENDED if tenant.ended else LeaseStatus.ACTIVE
            account = an_account(due, lease_id=tenant.lease_id, status=status)
            table.write([account_write(landlord_id, replace(account, version=1))])
            key = keys.virtual_iban(landlord_id, a_virtual_iban(number)) if number < 50 else None
            if key:
                table.write([Put(key.row(lease_id=tenant.lease_id))])
        names = {one.lease_id: HeldNames({HOLDER: one.name}) for one in self.tenants}
        NameViewRows(table).put_names(landlord_id, names)
        return table

    def payments(self) -> Iterator[Paid]:
        """One payment for each lease, by whoever pays it, in a random order."""
        chance = random.Random(self.seed + 1)
        families = dict[str, list[Tenant]]()
        for one in self.tenants:
            families.setdefault(plain(one.last), []).append(one)
        for tenant in chance.sample(self.tenants, len(self.tenants)):
            relative = chance.choice(families[plain(tenant.last)])
            yield self._paid(tenant, relative, chance)

    def _paid(self, tenant: Tenant, relative: Tenant, chance: random.Random) -> Paid:
        first, last, truth = tenant.first, tenant.last, tenant.lease_id
        match chance.randrange(10):
            case 0:  # the husband or wife, who is on no lease
                return Paid("spouse", as_banks_write(chance.choice(FIRST), last, chance), tenant.rent, truth)
            case 1:  # a child or parent of the same name, who may be a tenant too, and owe as much
                return Paid("family", as_banks_write(relative.first, relative.last, chance), tenant.rent, truth)
            case 2:
                title = chance.choice(("M OU MME", "M ET MME", "M. OU MME."))
                both = f"{title} {as_banks_write(first, last, chance, title=False)}"
                return Paid("couple", both[:35], tenant.rent, truth)
            case 3:
                shop = chance.choice(("SARL", "SCI", "ASSOCIATION", "SUCCESSION", "ETS"))
                return Paid("company", f"{shop} {plain(tenant.name)}"[:35], tenant.rent, truth)
        return Paid("tenant", as_banks_write(first, last, chance), tenant.rent, truth)


def plain(text: str) -> str:
    """Capitals without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(char))


def as_banks_write(first: str, last: str, chance: random.Random, *, title: bool = True) -> str:
    """In capitals or not, in either order, with a title, hyphens and apostrophes as blanks, cut at 27 or 35."""
    text = f"{last} {first}" if chance.random() < 0.6 else f"{first} {last}"
    if chance.random() < 0.8:
        text = plain(text)
    if chance.random() < 0.5:
        text = text.replace("-", " ")
    if chance.random() < 0.3:
        text = text.replace("'", chance.choice((" ", "", "’")))
    if title and chance.random() < 0.6:
        text = f"{chance.choice(('M', 'M.', 'MME', 'MR', 'Monsieur', 'MADAME', 'MLLE'))} {text}"
    return text[: chance.choice((27, 35, 70))]
