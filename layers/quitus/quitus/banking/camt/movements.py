"""One movement out of the texts of an entry and of one of its details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from quitus.banking.camt.recipes import Accounts, Fields, Reading, Recipes, Told
from quitus.banking.codes import classified
from quitus.banking.profiles import Profile
from quitus.banking.references import as_iban, compact, creditor_references, found_ibans, found_references, reference
from quitus.banking.texts import cents
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Facts, Means, Movement, Nature, Status

_SUCCESS: Final = "0000"
_SHORT: Final = 14
_NO_TEXTS: Final[list[str]] = []


@dataclass(frozen=True, slots=True)
class Head:
    """What an entry says for all its details, but its amount. `sign` is 1 or -1."""

    sign: int
    currency: str
    reversal: bool
    booking: date
    value: date | None
    status: Status


class Builder:
    """Makes the movements of one statement: knows its account and the bank's profile."""

    def __init__(self, profile: Profile, account: str) -> None:
        self._own = as_iban(account) or compact(account)
        places = profile.camt
        self._payers = [_PAYERS[path] for path in places.payer]
        self._references = [_PLACES[path] for path in places.reference]
        searches = (self._search(path, *_PLACES[path]) for path in places.virtual_iban)
        self._recipes = Recipes((*_READINGS, self._payer, self._payment_reference, *searches))

    def movement(
        self,
        position: str,
        amount: Cents,
        head: Head,
        entry: Fields,
        detail: Fields,
        lone: bool,
        awaiting: bool = False,
        entry_cents: Cents | None = None,
    ) -> Movement:
        """The movement of a detail; `lone` when the entry has no other, so that all that the entry says is about it;
        `entry_cents` otherwise.
        """
        one = detail.one
        told = Told(entry.one, one, detail.many, amount >= 0, head.reversal, lone, awaiting)
        facts = self._recipes.facts(told, detail.kind or entry.kind)
        facts["position"], facts["amount_cents"], facts["entry_cents"] = position, amount, entry_cents
        facts["booking_date"], facts["value_date"], facts["status"] = head.booking, head.value, head.status
        if "instructed_amount" in one:
            facts["instructed_cents"] = _instructed(one, amount, head.currency)
        return Movement.of(facts)

    def rest(self, position: str, amount: Cents, head: Head, entry: Fields, nature: Nature) -> Movement:
        """What an entry holds beside its details: the bank's charges, or what nothing explains."""
        one = entry.one
        code, _, _ = _classified(one, amount >= 0, returned=False)
        return Movement(
            position=position,
            amount_cents=amount,
            booking_date=head.booking,
            value_date=head.value,
            status=head.status,
            nature=nature,
            means=Means.OTHER,
            bank_code=code,
            entry_reference=reference(one.get("bank_reference")),
            note=_stripped(one.get("entry_note")),
        )

    def _payer(self, told: Told, facts: Facts, _: Accounts) -> None:
        facts["debtor_name"] = None
        for key in self._payers:
            name = told.one.get(key)
            if name is not None and (name := name.strip()):
                facts["debtor_name"] = name
                return

    def _payment_reference(self, told: Told, facts: Facts, _: Accounts) -> None:
        """The first one in the profile's order; free texts are searched as one, wherever the bank cut them."""
        facts["payment_reference"] = None
        for part, key, free in self._references:
            texts = told.many.get(key) if part == _MANY else _texts(told, part, key)
            if texts and (found := found_references(texts) if free else creditor_references(texts)):
                facts["payment_reference"] = found[0]
                return

    def _search(self, path: str, part: int, key: str, free: bool) -> Reading:
        """Looks in one place for valid account numbers other than the statement's own."""
        find = found_ibans if free else _checked

        def search(told: Told, _: Facts, accounts: Accounts) -> None:
            texts = _texts(told, part, key) if told.lone or key != "entry_note" else None
            for iban in find(texts) if texts else ():
                if iban != self._own:
                    accounts.setdefault(iban, path)

        def check(told: Told, _: Facts, accounts: Accounts) -> None:
            text = (told.one if part == _ONE else told.whole).get(key)
            if text is not None and len(text) > _SHORT:
                iban = as_iban(text)
                if iban is not None and iban != self._own:
                    accounts.setdefault(iban, path)

        return search if free or part == _MANY else check


_WHOLE, _ONE, _MANY = range(3)
_PLACES: Final = {
    "TxDtls/RltdPties/CdtrAcct/Id/IBAN": (_ONE, "creditor_iban", False),
    "TxDtls/RltdPties/CdtrAcct/Id/Othr/Id": (_ONE, "creditor_other", False),
    "TxDtls/RltdPties/UltmtCdtr/Id": (_ONE, "ultimate_creditor", False),
    "Ntry/NtryRef": (_WHOLE, "entry_reference", False),
    "TxDtls/RmtInf/Strd/CdtrRefInf/Ref": (_MANY, "structured", False),
    "TxDtls/RmtInf/Ustrd": (_MANY, "unstructured", True),
    "TxDtls/Refs/EndToEndId": (_ONE, "end_to_end", False),
    "TxDtls/AddtlTxInf": (_ONE, "note", True),
    "Ntry/AddtlNtryInf": (_WHOLE, "entry_note", True),
}
"""Path in the message → in which texts of `Told` and under which key it is, and whether it is free text to search."""


_PAYERS: Final = {
    "TxDtls/RltdPties/Dbtr/Nm": "debtor_name",
    "TxDtls/RltdPties/UltmtDbtr/Nm": "ultimate_debtor_name",
}


def _texts(told: Told, part: int, key: str) -> list[str] | None:
    if part == _MANY:
        return told.many.get(key)
    text = (told.one if part == _ONE else told.whole).get(key)
    return None if text is None else [text]


def _bank_references(told: Told, facts: Facts, _: Accounts) -> None:
    """The entry's reference is that of a lone movement; a detail that repeats its entry's has none of its own."""
    own = reference(told.one.get("bank_reference"))
    if own is not None and told.lone and not told.awaiting:
        facts["bank_reference"], facts["entry_reference"] = own, None
        return
    whole = reference(told.whole.get("bank_reference"))
    if told.lone:
        own = own or whole
    elif own == whole:
        own = None
    facts["bank_reference"] = own
    facts["entry_reference"] = None if told.lone and not told.awaiting else whole


def _batch(told: Told, facts: Facts, _: Accounts) -> None:
    """What names the batch: the payment information and the message, as the entry and as the detail says."""
    whole, one = told.whole, told.one
    named = (
        reference(whole.get("batch_payment")),
        reference(whole.get("batch_message")),
        reference(one.get("payment_information")),
        reference(one.get("message_id")),
    )
    facts["batch_references"] = tuple(dict.fromkeys(name for name in named if name))


def _note(told: Told, facts: Facts, _: Accounts) -> None:
    note = _stripped(told.one.get("note") or (told.whole.get("entry_note") if told.lone else None))
    if "structured" in told.many and (others := _other_references(told)) and _free_text(told):
        note = f"{note} / {others}" if note else others
    facts["note"] = note


def _remittance(told: Told, facts: Facts, _: Accounts) -> None:
    text = _free_text(told)
    facts["remittance"] = _other_references(told) if text is None and "structured" in told.many else text


def _free_text(told: Told) -> str | None:
    texts = told.many.get("unstructured") or told.many.get("additional")
    return _joined(texts) if texts else None


def _other_references(told: Told) -> str | None:
    """Structured references of another standard than ours: evidence for people, shown where the free text would be, or
    with the note beside it.
    """
    texts = told.many.get("structured", _NO_TEXTS)
    return " ".join(named for text in texts if (named := reference(text)) and not creditor_references([text])) or None


def _end_to_end(told: Told, facts: Facts, _: Accounts) -> None:
    facts["end_to_end_id"] = reference(told.one.get("end_to_end"))


def _uetr(told: Told, facts: Facts, _: Accounts) -> None:
    facts["uetr"] = reference(told.one.get("uetr"))


def _mandate(told: Told, facts: Facts, _: Accounts) -> None:
    facts["mandate_id"] = reference(told.one.get("mandate"))


def _debtor_iban(told: Told, facts: Facts, _: Accounts) -> None:
    text = told.one.get("debtor_iban") or told.one.get("debtor_other")
    facts["debtor_iban"] = (compact(text) or None) if text else None


def _class(told: Told, facts: Facts, _: Accounts) -> None:
    """The bank's code, the detail's before the entry's, and what it makes of the movement."""
    reason = _return_reason(told)
    texts = told.one if "domain" in told.one or "proprietary" in told.one else told.whole
    facts["bank_code"], facts["means"], facts["nature"] = _classified(
        texts, told.credit, reason is not None or told.taken_back
    )
    facts["return_reason"] = reason
    facts["awaiting_details"] = told.awaiting


_READINGS: Final[tuple[Reading, ...]] = (
    _class,
    _bank_references,
    _batch,
    _note,
    _remittance,
    _end_to_end,
    _uetr,
    _mandate,
    _debtor_iban,
)


def _classified(texts: dict[str, str], credit: bool, returned: bool) -> tuple[str | None, Means, Nature]:
    get = texts.get
    return classified(get("domain"), get("family"), get("sub_family"), get("proprietary"), credit, returned)


def _checked(texts: list[str]) -> list[str]:
    return [iban for text in texts if len(text) > _SHORT and (iban := as_iban(text)) is not None]


def _stripped(text: str | None) -> str | None:
    return (text.strip() or None) if text else None


def _joined(texts: list[str]) -> str | None:
    return _stripped(texts[0] if len(texts) == 1 else " ".join(text.strip() for text in texts))


def _instructed(one: dict[str, str], amount: Cents, currency: str) -> Cents | None:
    """The instructed amount in the account's currency, where it is not what was booked."""
    if one.get("instructed_amount_currency", currency) != currency:
        return None
    try:
        instructed = cents(one["instructed_amount"])
    except AmountError:
        return None
    return None if instructed == abs(amount) else instructed


def _return_reason(told: Told) -> str | None:
    """The code wins over the text, which is kept where the code only announces it (`NARR`) or is missing."""
    one, many = told.one, told.many
    if "return_code" not in one and "return_proprietary" not in one and "return_text" not in many:
        return None
    written = _stripped(one.get("return_code")) or _stripped(one.get("return_proprietary"))
    if written == _SUCCESS:
        return None
    code = reference(written)
    text = " ".join(part.strip() for part in many.get("return_text", _NO_TEXTS)).strip()
    if code == "NARR" and text:
        return f"NARR: {text}"
    return code or text or None
