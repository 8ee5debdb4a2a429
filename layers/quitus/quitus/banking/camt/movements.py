"""One movement out of the texts of an entry and of one of its details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quitus.banking.codes import classified
from quitus.banking.profiles import Profile
from quitus.banking.references import as_iban, compact, creditor_reference, found_ibans, reference
from quitus.banking.texts import cents
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Facts, Means, Movement, Nature

_SUCCESS: Final = "0000"
_SHORT: Final = 14
_NO_TEXTS: Final[list[str]] = []


class Fields:
    """The texts found in one part of the message: those that come once, and those that may repeat."""

    __slots__ = ("many", "one")

    def __init__(self) -> None:
        self.one: dict[str, str] = {}
        self.many: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Head:
    """What an entry says for all its details, but its amount. `sign` is 1 or -1, `common` a movement of its dates and
    status.
    """

    sign: int
    currency: str
    reversal: bool
    common: Movement


class Builder:
    """Makes the movements of one statement: knows its account and the bank's profile."""

    def __init__(self, profile: Profile, account: str) -> None:
        self._own = as_iban(account) or compact(account)
        places = profile.camt
        self._places = [(path, *_PLACES[path]) for path in places.virtual_iban]
        self._payers = [_PAYERS[path] for path in places.payer]
        self._references = [_PLACES[path] for path in places.reference]

    def movement(
        self,
        position: str,
        amount: Cents,
        head: Head,
        entry: Fields,
        detail: Fields,
        lone: bool,
        awaiting: bool = False,
    ) -> Movement:
        """The movement of a detail; `lone` when the entry has no other, so that all that the entry says is about it."""
        whole, one, many = entry.one, detail.one, detail.many
        code_from = one if "domain" in one or "proprietary" in one else whole
        reason = _return_reason(one, many)
        code, means, nature = classified(
            code_from.get("domain"),
            code_from.get("family"),
            code_from.get("sub_family"),
            code_from.get("proprietary"),
            amount >= 0,
            reason is not None or head.reversal,
        )
        facts = head.common.facts()
        facts["position"], facts["amount_cents"] = position, amount
        facts["nature"], facts["means"], facts["bank_code"] = nature, means, code
        if nature is not Nature.OTHER and (accounts := self._accounts(detail, entry, lone)):
            facts["virtual_iban"], facts["virtual_iban_path"] = accounts[0]
            facts["other_accounts"] = tuple(accounts[1:])
        entry_reference, own_reference = reference(whole.get("bank_reference")), reference(one.get("bank_reference"))
        if lone:
            own_reference = own_reference or entry_reference
        elif own_reference == entry_reference:
            own_reference = None
        facts["bank_reference"] = own_reference
        facts["entry_reference"] = None if lone and not awaiting else entry_reference
        facts["awaiting_details"] = awaiting
        facts["batch_references"] = _batch(whole, one)
        facts["instructed_cents"] = _instructed(one, amount, head.currency) if "instructed_amount" in one else None
        facts["return_reason"] = reason
        facts["note"] = _stripped(one.get("note") or (whole.get("entry_note") if lone else None))
        facts["debtor_name"] = self._payer(one)
        facts["payment_reference"] = self._payment_reference(detail, entry) if self._references else None
        _say_why(facts, one, many)
        return Movement.of(facts)

    def rest(self, position: str, amount: Cents, head: Head, entry: Fields, nature: Nature) -> Movement:
        """What an entry holds beside its details: the bank's charges, or what nothing explains."""
        one = entry.one
        code, _, _ = classified(
            one.get("domain"), one.get("family"), one.get("sub_family"), one.get("proprietary"), amount >= 0, False
        )
        facts = head.common.facts()
        facts["position"], facts["amount_cents"] = position, amount
        facts["nature"], facts["means"], facts["bank_code"] = nature, Means.OTHER, code
        facts["entry_reference"] = reference(one.get("bank_reference"))
        facts["note"] = _stripped(one.get("entry_note"))
        return Movement.of(facts)

    def _payer(self, one: dict[str, str]) -> str | None:
        return next((name for key in self._payers if key in one and (name := _stripped(one[key]))), None)

    def _payment_reference(self, detail: Fields, entry: Fields) -> str | None:
        """The first one in the profile's order; free texts are searched as one, wherever the bank cut them."""
        for key, free in self._references:
            texts = detail.many.get(key) or [
                text for fields in (detail.one, entry.one) if (text := fields.get(key)) is not None
            ]
            found = creditor_reference(() if free else texts, texts if free else ()) if texts else None
            if found is not None:
                return found
        return None

    def _accounts(self, detail: Fields, entry: Fields, lone: bool) -> list[tuple[str, str]]:
        """Valid account numbers other than the statement's own, each once, where the profile says to look, in its
        order.
        """
        one, many, whole = detail.one, detail.many, entry.one
        found: dict[str, str] = {}
        for path, key, free in self._places:
            if key in one:
                texts = [one[key]]
            elif key in many:
                texts = many[key]
            elif key in whole and (lone or key != "entry_note"):
                texts = [whole[key]]
            else:
                continue
            for iban in found_ibans(texts) if free else _checked(texts):
                if iban != self._own:
                    found.setdefault(iban, path)
        return list(found.items())


_PLACES: Final = {
    "TxDtls/RltdPties/CdtrAcct/Id/IBAN": ("creditor_iban", False),
    "TxDtls/RltdPties/CdtrAcct/Id/Othr/Id": ("creditor_other", False),
    "TxDtls/RltdPties/UltmtCdtr/Id": ("ultimate_creditor", False),
    "Ntry/NtryRef": ("entry_reference", False),
    "TxDtls/RmtInf/Strd/CdtrRefInf/Ref": ("structured", False),
    "TxDtls/RmtInf/Ustrd": ("unstructured", True),
    "TxDtls/Refs/EndToEndId": ("end_to_end", False),
    "TxDtls/AddtlTxInf": ("note", True),
    "Ntry/AddtlNtryInf": ("entry_note", True),
}
"""Path in the message → key of its text, and whether it is free text to search."""


_PAYERS: Final = {
    "TxDtls/RltdPties/Dbtr/Nm": "debtor_name",
    "TxDtls/RltdPties/UltmtDbtr/Nm": "ultimate_debtor_name",
}


def _say_why(facts: Facts, one: dict[str, str], many: dict[str, list[str]]) -> None:
    free = many.get("unstructured", _NO_TEXTS)
    facts["uetr"] = reference(one.get("uetr"))
    facts["end_to_end_id"] = reference(one.get("end_to_end"))
    facts["mandate_id"] = reference(one.get("mandate"))
    facts["debtor_iban"] = _debtor_iban(one)
    facts["remittance"] = _joined(free or many.get("additional", _NO_TEXTS))


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


def _debtor_iban(one: dict[str, str]) -> str | None:
    text = one.get("debtor_iban") or one.get("debtor_other")
    return (compact(text) or None) if text else None


def _batch(entry: dict[str, str], detail: dict[str, str]) -> tuple[str, ...]:
    """What names the batch: the payment information and the message, as the entry and as the detail says."""
    named = [text for key, fields in _batch_places(entry, detail) if (text := reference(fields.get(key)))]
    return tuple(dict.fromkeys(named)) if named else ()


def _batch_places(entry: dict[str, str], detail: dict[str, str]) -> tuple[tuple[str, dict[str, str]], ...]:
    return (
        ("batch_payment", entry),
        ("batch_message", entry),
        ("payment_information", detail),
        ("message_id", detail),
    )


def _return_reason(one: dict[str, str], many: dict[str, list[str]]) -> str | None:
    """The code wins over the text, which is kept where the code only announces it (`NARR`) or is missing."""
    if "return_code" not in one and "return_proprietary" not in one and "return_text" not in many:
        return None
    code = reference(one.get("return_code")) or reference(one.get("return_proprietary"))
    if code == _SUCCESS:
        return None
    text = " ".join(part.strip() for part in many.get("return_text", ())).strip()
    if code == "NARR" and text:
        return f"NARR: {text}"
    return code or text or None
