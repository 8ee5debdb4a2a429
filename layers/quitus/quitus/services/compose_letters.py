"""What a letter to a lease says, from the landlord's settings, the lease's account and the landlord's own texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from quitus.domain import wording
from quitus.domain.calendar import month_days
from quitus.domain.errors import Invalid
from quitus.domain.ibans import VirtualAccount
from quitus.domain.landlord import Landlord
from quitus.domain.lease import Lease
from quitus.domain.letter import Letter
from quitus.domain.letter_texts import LetterKind, LetterText, filled
from quitus.domain.money import Cents
from quitus.domain.party import Party, PartyRole
from quitus.domain.term import Term, asked_for, rent_of, term_of
from quitus.domain.wording import Language, language_of
from quitus.services import letter_words as words
from quitus.services.letter_parts import Paid, account_lines, by_tenant, codes, notice_sums, payments_told, receipt_sums
from quitus.services.read_leases import FullStanding

_NAMES_SHOWN = 3
"""What the window of an envelope has room for; the text names all."""


class DocumentKind(StrEnum):
    """What people ask for; a receipt is a quittance or a reçu, as the account says."""

    RIB = "rib"
    NOTICE = "notice"
    VIRTUAL_IBAN = "virtual_iban"
    RECEIPT = "receipt"

    @property
    def is_of_a_period(self) -> bool:
        """Whether it is about a month."""
        return self in (DocumentKind.NOTICE, DocumentKind.RECEIPT)


class PayPages(Protocol):
    """Where tenants pay online."""

    def url(self, lease_id: str, cents: Cents, due_ids: Sequence[str] | None) -> str:
        """The page on which a lease pays an amount of some dues (None: of all). Raises Invalid: none can be made."""
        ...


class NoLetter(StrEnum):
    """Why a lease gets no letter."""

    NO_SUCH_LEASE = "no_such_lease"
    NO_VIRTUAL_IBAN = "no_virtual_iban"
    NOTHING_CALLED = "nothing_called"
    TIME_BARRED = "time_barred"
    """What is open of the month cannot be asked for any more."""
    NOTHING_PAID = "nothing_paid"


@dataclass(frozen=True, slots=True)
class Composer:
    """Puts letters together for one landlord."""

    landlord: Landlord
    texts: Mapping[LetterKind, LetterText]
    today: date
    pages: PayPages | None = None
    """Where what a notice asks for can be paid online; None: nowhere."""

    def compose(
        self, kind: DocumentKind, full: FullStanding, period: str | None = None, payments: Iterable[Paid] = ()
    ) -> Letter | NoLetter:
        """The letter, or why there is none. A receipt names the `payments` on the lease that settled its month, if they
        add up to what the account says: lists of payments are seconds behind it.
        """
        if not full.standing.lease.virtual_iban:
            return NoLetter.NO_VIRTUAL_IBAN
        match kind:
            case DocumentKind.NOTICE:
                return self._notice(full, period or "")
            case DocumentKind.RECEIPT:
                return self._receipt(full, period or "", payments)
            case DocumentKind.RIB | DocumentKind.VIRTUAL_IBAN:
                return self._account_told(LetterKind(kind.value), full)

    def compose_each(
        self, kind: DocumentKind, full: FullStanding, period: str | None = None, payments: Sequence[Paid] = ()
    ) -> Sequence[Letter] | NoLetter:
        """The letters, or why there is none: one, or of a month that co-tenants paid in part a reçu for each who paid
        (sector.md §7, case 1), or each account that they pay to, apart.
        """
        made = self.compose(kind, full, period, payments)
        if isinstance(made, NoLetter):
            return made
        if made.kind in (LetterKind.RIB, LetterKind.VIRTUAL_IBAN):
            return tuple(self._accounts_told(made.kind, full))
        each = self._part_receipts(full, period or "", payments) if made.kind is LetterKind.PART_RECEIPT else ()
        return tuple(each) or (made,)

    def _accounts_told(self, kind: LetterKind, full: FullStanding) -> Iterator[Letter]:
        """The lease's account for all who pay to that, then for each co-tenant who has one its own."""
        own = [(party.name, party.account) for party in self._here(full) if party.account]
        names = {name for name, _ in own}
        if others := [name for name in self._tenants_of(full) if name not in names]:
            yield self._account_told(kind, _among(full, others))
        for name, account in own:
            yield self._account_told(kind, _with_account(_among(full, [name]), account))

    def _account_told(self, kind: LetterKind, full: FullStanding) -> Letter:
        return self._payable(self._begun(kind, full, {}), full.standing.lease, None, None)

    def _notice(self, full: FullStanding, period: str) -> Letter | NoLetter:
        term = term_of(period, full.dues)
        pay_by = term.last_day
        if pay_by is None:
            return NoLetter.NOTHING_CALLED
        language = language_of(full.standing.lease.language)
        asked = asked_for(term, full.standing.account, pay_by, self.today)
        if asked.barred_cents:
            return NoLetter.TIME_BARRED
        values = {
            "period": wording.month(period, language),
            "total": wording.euros(asked.total_cents, language),
            "pay_by": wording.day(pay_by, language),
        }
        letter = replace(self._begun(LetterKind.NOTICE, full, values), sums=notice_sums(asked, language))
        if not asked.total_cents:
            return replace(letter, paragraphs=(words.NOTHING_TO_PAY[language],))
        lease, page_url = full.standing.lease, None
        try:
            page_url = self.pages.url(lease.lease_id, asked.total_cents, asked.due_ids) if self.pages else None
        except Invalid as refused:
            letter = replace(letter, lacks_page=refused.code)
        return self._payable(letter, lease, asked.total_cents, page_url)

    def _receipt(self, full: FullStanding, period: str, payments: Iterable[Paid]) -> Letter | NoLetter:
        rent = rent_of(period, full.dues)
        if rent.last_day is None:
            return NoLetter.NOTHING_CALLED
        paid = max(0, rent.settled_cents)
        if rent.open_cents and not paid:
            return NoLetter.NOTHING_PAID
        due_ids = rent.due_ids
        tenants = _among(full, self._tenants_of(full, month_days(period)))
        return self._received(tenants, rent, paid, [one for one in payments if one.due_id in due_ids])

    def _part_receipts(self, full: FullStanding, period: str, payments: Iterable[Paid]) -> Iterator[Letter]:
        """A reçu for each co-tenant, if the payments are all there and each bears the name of one."""
        rent, names = rent_of(period, full.dues), _tenants(full)
        own = [one for one in payments if one.due_id in rent.due_ids]
        if len(names) < 2 or sum(one.cents for one in own) != rent.settled_cents:
            return
        for name, paid in by_tenant(own, names).items():
            yield self._received(_among(full, [name]), rent, sum(one.cents for one in paid), paid)

    def _received(self, full: FullStanding, rent: Term, paid: Cents, payments: Sequence[Paid]) -> Letter:
        """That so much of the rent was received."""
        language = language_of(full.standing.lease.language)
        kind = LetterKind.PART_RECEIPT if rent.open_cents else LetterKind.FULL_RECEIPT
        letter = self._begun(kind, full, _receipt_values(rent, paid, language))
        if language is not Language.FR:
            values = self._values(full, _receipt_values(rent, paid, Language.FR))
            letter = replace(letter, french=filled(self._text(kind, Language.FR), values))
        reserve = _reserve(rent, language)
        note = words.PART_NOTE if rent.open_cents else words.FULL_NOTE
        told = payments_told(payments, paid, language)
        paragraphs = (*letter.paragraphs, *told, *reserve)
        return replace(letter, sums=receipt_sums(rent, language), paragraphs=paragraphs, notes=(note,))

    def _begun(self, kind: LetterKind, full: FullStanding, own: Mapping[str, str]) -> Letter:
        """A letter with all that every letter has."""
        lease = full.standing.lease
        language = language_of(lease.language)
        title = words.TITLES[kind][language]
        if "period" in own:
            title = f"{title} – {own['period']}"
        return Letter(
            kind=kind,
            language=language,
            lease_id=lease.lease_id,
            sender=(self.landlord.name, *_lines(self.landlord.contact.address if self.landlord.contact else None)),
            contact=tuple(self._contact(language)),
            recipient=(*self._tenants_of(full)[:_NAMES_SHOWN], *_address(lease)),
            day=wording.day(self.today, language),
            title=title,
            references=_references(lease, language),
            paragraphs=filled(self._text(kind, language), self._values(full, own)),
            footer=f"{self.landlord.name} · SIREN {self.landlord.siren}",
        )

    def _text(self, kind: LetterKind, language: Language) -> str:
        return self.texts.get(kind, LetterText()).in_(language, kind)

    def _values(self, full: FullStanding, own: Mapping[str, str]) -> Mapping[str, str]:
        lease = full.standing.lease
        return {
            "landlord": self.landlord.name,
            "holder": ", ".join(self._tenants_of(full)),
            "lease": lease.lease_id,
            "residence": lease.residence_name,
            "payee_name": lease.payee_name,
            **own,
        }

    def _tenants_of(self, full: FullStanding, days: tuple[date, date] | None = None) -> tuple[str, ...]:
        """The names of the holder, then of the co-tenants of today, or of any day between two."""
        others = [party.name for party in self._here(full, days)]
        return tuple(dict.fromkeys((full.standing.lease.holder_name, *others)))

    def _here(self, full: FullStanding, days: tuple[date, date] | None = None) -> tuple[Party, ...]:
        first, last = days or (self.today, self.today)
        return tuple(party for party in full.parties if _is_here(party, first, last))

    def _contact(self, language: Language) -> Iterator[tuple[str, str]]:
        contact = self.landlord.contact
        if contact is not None:
            given = ((words.PHONE, contact.phone), (words.EMAIL, contact.email), (words.HOURS, contact.hours))
            yield from ((label[language], value) for label, value in given if value)

    def _payable(self, letter: Letter, lease: Lease, cents: Cents | None, page_url: str | None) -> Letter:
        """The letter with the account to pay to, and the codes: the page's first, for it is what telephones read."""
        language = letter.language
        return replace(
            letter,
            account_title=words.ACCOUNT[language],
            account=account_lines(lease, language, domestic=letter.kind is LetterKind.RIB),
            codes=tuple(codes(lease, cents, page_url, language)),
        )


def _receipt_values(rent: Term, paid: Cents, language: Language) -> Mapping[str, str]:
    values = {"period": wording.month(rent.period, language), "amount": wording.euros(paid, language)}
    return values | ({"open": wording.euros(rent.open_cents, language)} if rent.open_cents else {})


def _reserve(rent: Term, language: Language) -> tuple[str, ...]:
    """What is deducted and not received yet is receipted "sous réserve d'encaissement" (sector.md §2)."""
    awaited = rent.aid_awaited_cents
    return (words.AID_AWAITED[language].format(amount=wording.euros(awaited, language)),) if awaited > 0 else ()


def _references(lease: Lease, language: Language) -> tuple[tuple[str, str], ...]:
    return (
        (words.LEASE[language], lease.lease_id),
        (words.RESIDENCE[language], lease.residence_name),
        (words.UNIT[language], lease.unit_id),
    )


def _address(lease: Lease) -> tuple[str, ...]:
    town = " ".join(part for part in (lease.postal_code, lease.commune) if part)
    return (*_lines(lease.street), town)


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _tenants(full: FullStanding) -> Mapping[str, str]:
    """The names of who may have paid, by id: all who ever owed the rent, the holder too."""
    found = {party.party_id: party.name for party in full.parties if party.role is not PartyRole.GUARANTOR}
    holder = full.standing.lease.holder_name
    return found if holder in found.values() else {"": holder, **found}


def _among(full: FullStanding, names: Sequence[str]) -> FullStanding:
    """The same, as a letter to some who are or were its tenants sees it."""
    lease = replace(full.standing.lease, holder_name=names[0])
    parties = tuple(replace(party, from_date=None, to_date=None) for party in full.parties if party.name in names)
    return replace(full, standing=replace(full.standing, lease=lease), parties=parties)


def _with_account(full: FullStanding, account: VirtualAccount) -> FullStanding:
    """The same with an account that leads to the lease as its own does."""
    lease = full.standing.lease.paid_to(account)
    return replace(full, standing=replace(full.standing, lease=lease))


def _is_here(party: Party, first: date, last: date) -> bool:
    begun = party.from_date is None or party.from_date <= last
    return party.role is not PartyRole.GUARANTOR and begun and (party.to_date is None or party.to_date >= first)
