"""One movement out of the texts of an entry and of one of its details."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Final

from quitus.banking.codes import classified
from quitus.banking.profiles import Profile
from quitus.banking.references import as_iban, compact, creditor_reference, found_ibans, reference
from quitus.banking.texts import cents
from quitus.domain.money import AmountError, Cents
from quitus.domain.movement import Means, Movement, Nature, Status

_SUCCESS: Final = "0000"
_SHORT: Final = 14


@dataclass(slots=True)
class Fields:
    """The texts found in one part of the message: those that come once, and those that may repeat."""

    one: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """What an entry says for all its details. `cents` is unsigned, None where the bank gave no amount; `sign` is 1 or -1."""

    cents: Cents | None
    sign: int
    currency: str
    status: Status
    reversal: bool
    booking: date
    value: date | None
    bank_reference: str | None


class Builder:
    """Makes the movements of one statement: knows its account and the bank's profile."""

    def __init__(self, profile: Profile, account: str) -> None:
        self._own = {as_iban(account) or compact(account)}
        self._places = [(path, _PLACES[path]) for path in profile.camt]

    def movement(
        self, position: str, amount: Cents, head: Head, entry: Fields, detail: Fields, lone: bool, awaiting: bool = False
    ) -> Movement:
        """The movement of a detail; `lone` when the entry has no other, so that all that the entry says is about it."""
        one, many = detail.one, detail.many
        code_from = one if "domain" in one or "proprietary" in one else entry.one
        reason = _return_reason(one, many)
        code, means, nature = classified(
            code_from.get("domain"),
            code_from.get("family"),
            code_from.get("sub_family"),
            code_from.get("proprietary"),
            amount >= 0,
            reason is not None or head.reversal,
        )
        free = many.get("unstructured", [])
        structured = many.get("structured", [])
        accounts = [] if nature is Nature.OTHER else self._accounts(detail, entry, lone)
        own_reference = reference(one.get("bank_reference"))
        if not lone and own_reference == head.bank_reference:
            own_reference = None
        return Movement(
            position=position,
            amount_cents=amount,
            booking_date=head.booking,
            value_date=head.value,
            status=head.status,
            nature=nature,
            means=means,
            virtual_iban=accounts[0][0] if accounts else None,
            virtual_iban_path=accounts[0][1] if accounts else None,
            other_accounts=tuple(accounts[1:]),
            bank_reference=own_reference or (head.bank_reference if lone else None),
            uetr=reference(one.get("uetr")),
            end_to_end_id=reference(one.get("end_to_end")),
            payment_reference=creditor_reference(structured, free) if structured or free else None,
            batch_reference=_batch(entry.one, one, None if lone and not awaiting else head.bank_reference),
            entry_reference=None if lone and not awaiting else head.bank_reference,
            awaiting_details=awaiting,
            instructed_cents=_instructed(one, amount, head.currency),
            mandate_id=reference(one.get("mandate")),
            debtor_name=_stripped(one.get("debtor_name") or one.get("ultimate_debtor_name")),
            debtor_iban=_debtor_iban(one),
            remittance=_stripped(" ".join(text.strip() for text in free or many.get("additional", ()))),
            bank_code=code,
            return_reason=reason,
            note=_stripped(one.get("note") or (entry.one.get("note") if lone else None)),
        )

    def charges(self, position: str, amount: Cents, head: Head, entry: Fields) -> Movement:
        """The bank's charges that an entry holds beside its details: neither receipt nor return."""
        one = entry.one
        code, _, _ = classified(
            one.get("domain"), one.get("family"), one.get("sub_family"), one.get("proprietary"), amount >= 0, False
        )
        return Movement(
            position=position,
            amount_cents=amount,
            booking_date=head.booking,
            value_date=head.value,
            status=head.status,
            nature=Nature.OTHER,
            means=Means.OTHER,
            entry_reference=head.bank_reference,
            bank_code=code,
            note=_stripped(one.get("note")),
        )

    def _accounts(self, detail: Fields, entry: Fields, lone: bool) -> list[tuple[str, str]]:
        """Valid account numbers other than the statement's own, each once, where the profile says to look, in its order."""
        found: dict[str, str] = {}
        for path, look in self._places:
            for iban in look(detail, entry, lone):
                found.setdefault(iban, path)
        return [(iban, path) for iban, path in found.items() if iban not in self._own]


type Look = Callable[[Fields, Fields, bool], Iterable[str]]


def _checked(text: str | None) -> tuple[str, ...]:
    iban = as_iban(text) if text and len(text) > _SHORT else None
    return (iban,) if iban else ()


def _within(texts: Sequence[str] | None) -> Iterable[str]:
    return found_ibans(texts) if texts else ()


def _entry_note(detail: Fields, entry: Fields, lone: bool) -> Iterable[str]:
    return _within([entry.one["note"]]) if lone and "note" in entry.one else ()


_PLACES: Final[dict[str, Look]] = {
    "TxDtls/RltdPties/CdtrAcct/Id/IBAN": lambda detail, entry, lone: _checked(detail.one.get("creditor_iban")),
    "TxDtls/RltdPties/CdtrAcct/Id/Othr/Id": lambda detail, entry, lone: _checked(detail.one.get("creditor_other")),
    "TxDtls/RltdPties/UltmtCdtr/Id": lambda detail, entry, lone: _checked(detail.one.get("ultimate_creditor")),
    "Ntry/NtryRef": lambda detail, entry, lone: _checked(entry.one.get("entry_reference")),
    "TxDtls/RmtInf/Strd/CdtrRefInf/Ref": lambda detail, entry, lone: chain.from_iterable(
        map(_checked, detail.many.get("structured", ()))
    ),
    "TxDtls/RmtInf/Ustrd": lambda detail, entry, lone: _within(detail.many.get("unstructured")),
    "TxDtls/AddtlTxInf": lambda detail, entry, lone: _within([detail.one["note"]]) if "note" in detail.one else (),
    "Ntry/AddtlNtryInf": _entry_note,
}


def _stripped(text: str | None) -> str | None:
    return (text.strip() or None) if text else None


def _instructed(one: dict[str, str], amount: Cents, currency: str) -> Cents | None:
    """The instructed amount in the account's currency, where it is not what was booked."""
    text = one.get("instructed_amount")
    if text is None or one.get("instructed_amount_currency", currency) != currency:
        return None
    try:
        instructed = cents(text)
    except AmountError:
        return None
    return None if instructed == abs(amount) else instructed


def _debtor_iban(one: dict[str, str]) -> str | None:
    text = one.get("debtor_iban") or one.get("debtor_other")
    return (compact(text) or None) if text else None


def _batch(entry: dict[str, str], detail: dict[str, str], own: str | None) -> str | None:
    """What names the batch: the payment information, else the message, as the entry or else the detail says."""
    return (
        reference(entry.get("batch_payment"))
        or reference(entry.get("batch_message"))
        or reference(detail.get("payment_information"))
        or reference(detail.get("message_id"))
        or own
    )


def _return_reason(one: dict[str, str], many: dict[str, list[str]]) -> str | None:
    """The code wins over the text, which is kept where the code only announces it (`NARR`) or is missing."""
    code = reference(one.get("return_code")) or reference(one.get("return_proprietary"))
    if code == _SUCCESS:
        return None
    text = " ".join(part.strip() for part in many.get("return_text", ())).strip()
    if code == "NARR" and text:
        return f"NARR: {text}"
    return code or text or None
