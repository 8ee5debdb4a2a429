"""What a bank's transaction code says: how the money came, and what the movement is for the books.

ISO 20022 external bank transaction codes (domain/family/sub-family), CFONB interbank codes, and the German GVC of
MT940.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from quitus.domain.bank_codes import BRINGING_CFONB, BRINGING_FAMILIES, BRINGING_SUB_FAMILIES, CHARGES
from quitus.domain.movement import Means, Nature

_PROPRIETARY: Final = re.compile(r"([0-9A-Z]{2})(?:/[0-9A-Z]{1,8})?")
_GVC: Final = re.compile(r"[A-Z][A-Z0-9]{3}\+(\d{3})(?:\+.*)?|(\d{3})")

_FAMILY_MEANS: Final = {
    "RCDT": Means.TRANSFER,
    "ICDT": Means.TRANSFER,
    "RRCT": Means.INSTANT_TRANSFER,
    "IRCT": Means.INSTANT_TRANSFER,
    "IDDT": Means.DIRECT_DEBIT,
    "RDDT": Means.DIRECT_DEBIT,
    "MCRD": Means.CARD,
    "CCRD": Means.CARD,
    "RCHQ": Means.CHEQUE,
    "ICHQ": Means.CHEQUE,
}
_SUB_FAMILY_MEANS: Final = {
    "ISCT": Means.INSTANT_TRANSFER,
    "ESCT": Means.TRANSFER,
    "ESDD": Means.DIRECT_DEBIT,
    "BBDD": Means.DIRECT_DEBIT,
    "UPDD": Means.DIRECT_DEBIT,
    "PRDD": Means.DIRECT_DEBIT,
    "RCDD": Means.DIRECT_DEBIT,
    "CCHQ": Means.CHEQUE,
    "UPCQ": Means.CHEQUE,
    "CDPT": Means.CASH,
}
_CFONB_MEANS: Final = {
    code: means
    for means, codes in (
        (Means.CHEQUE, "01 02 03 15"),
        (Means.CASH, "04"),
        (Means.TRANSFER, "05 06 12 13 14 18 21 39 41 44 45"),
        (Means.INSTANT_TRANSFER, "C1 C2 C3 C4 C5"),
        (Means.DIRECT_DEBIT, "08 09 10 22 24 26 27 96 97 98 A1 A2 A3 A4 A5 A6 B1 B2 B3 B4 B5 B6"),
        (Means.CARD, "11 28 29 30 36 38"),
    )
    for code in codes.split()
}
"""Interbank operation codes of CFONB; those of bills, securities, currencies, interest and fees are no means here. TIP
and télérèglements are debits that the payer signed.
"""
_GVC_MEANS: Final = {
    "152": Means.TRANSFER,
    "153": Means.TRANSFER,
    "156": Means.TRANSFER,
    "159": Means.TRANSFER,
    "166": Means.TRANSFER,
    "051": Means.TRANSFER,
    "168": Means.INSTANT_TRANSFER,
    "104": Means.DIRECT_DEBIT,
    "105": Means.DIRECT_DEBIT,
    "107": Means.DIRECT_DEBIT,
    "108": Means.DIRECT_DEBIT,
    "109": Means.DIRECT_DEBIT,
    "171": Means.DIRECT_DEBIT,
    "174": Means.DIRECT_DEBIT,
}
_SWIFT: Final = re.compile(r"[NSF]([A-Z0-9]{3})(?:\+.*)?")
_SWIFT_MEANS: Final = {
    "TRF": Means.TRANSFER,
    "DDT": Means.DIRECT_DEBIT,
    "CHK": Means.CHEQUE,
    "CLR": Means.CHEQUE,
}
_SWIFT_RETURNS: Final = frozenset({"RTI"})
_RETURN_SUB_FAMILIES: Final = frozenset({"UPDD", "PRDD", "RCDD", "RRTN", "RPCR", "UPCQ", "CQRV", "UPCT"})
_TAKE_BACK_FAMILIES: Final = frozenset({"RCDT", "RRCT", "IDDT", "RCHQ"})
_OWN_MONEY: Final = "BOOK"
"""Moved between accounts of the bank's: a debit of it takes nothing back."""
_CFONB_RETURNS: Final = frozenset(["03", "10", "12", "26", "27", "33", "34", "38", "98", "A5", "A6", "B3", "B4", "C4"])
"""Debits that take back what was credited: unpaid cheques, debits, bills and card payments, transfers recalled."""
GVC_RETURNS: Final = frozenset({"108", "109", "159"})
"""The German codes of a debit or transfer that comes back."""
RETURN_REASON: Final = re.compile(
    r"\b(A[CM]0[1-6]|AC13|AG0[12]|BE0[1-8]|[CD]NOR|CUST|ED05|FF0[15]|FOCR|MD0[1267]|MS0[23]|RC01|RR0[1-4]|SL01|TM01)\b"
)
"""A reason of ISO 20022 for a payment that comes back, as a word of a text."""


@lru_cache(maxsize=256)
def classified(
    domain: str | None,
    family: str | None,
    sub_family: str | None,
    proprietary: str | None,
    credit: bool,
    returned: bool,
) -> tuple[str | None, Means, Nature]:
    """The code as text, how the money came and what the movement is, for an ISO 20022 code in its parts.

    `returned`: the movement carries a return reason, or the bank marks it as a reversal.
    """
    code = iso_code(domain, family, sub_family, proprietary)
    return code, means_of(code, proprietary), nature_of(credit, code, proprietary, returned)


def iso_code(domain: str | None, family: str | None, sub_family: str | None, proprietary: str | None) -> str | None:
    """The code as text: `PMNT/RCDT/ESCT`, else the proprietary one as it is, else None."""
    parts = [part for part in (domain, family, sub_family) if part]
    return "/".join(parts) if parts else (proprietary or None)


@lru_cache(maxsize=256)
def means_of(code: str | None, proprietary: str | None = None) -> Means:
    """How the money came; the ISO code speaks first, the proprietary one where it says nothing; else `OTHER`."""
    _, family, sub_family = _iso_parts(code)
    means = _SUB_FAMILY_MEANS.get(sub_family) if family != "RRCT" else Means.INSTANT_TRANSFER
    means = means or _FAMILY_MEANS.get(family)
    if means is not None:
        return means
    for candidate in (proprietary, code):
        if candidate and (cfonb := _cfonb(candidate)) in _CFONB_MEANS:
            return _CFONB_MEANS[cfonb]
        if candidate and (gvc := _gvc(candidate)) in _GVC_MEANS:
            return _GVC_MEANS[gvc]
        if candidate and (swift := _swift(candidate)) in _SWIFT_MEANS:
            return _SWIFT_MEANS[swift]
    return Means.OTHER


@lru_cache(maxsize=256)
def nature_of(credit: bool, code: str | None, proprietary: str | None = None, returned: bool = False) -> Nature:
    """What a movement is for the books (sector.md §5).

    `returned`: the movement carries a return reason, or the bank marks it as taking an earlier booking back.
    """
    _, family, sub_family = _iso_parts(code)
    spoken = {text for text in (proprietary, code) if text}
    cfonb, gvc = {_cfonb(text) for text in spoken}, {_gvc(text) for text in spoken}
    if credit:
        cleared = family in BRINGING_FAMILIES or sub_family in BRINGING_SUB_FAMILIES or bool(cfonb & BRINGING_CFONB)
        return Nature.CLEARING if cleared and not returned else Nature.RECEIPT
    if sub_family in CHARGES:
        return Nature.OTHER
    coded = sub_family in _RETURN_SUB_FAMILIES or (family in _TAKE_BACK_FAMILIES and sub_family != _OWN_MONEY)
    coded = coded or bool(cfonb & _CFONB_RETURNS) or bool(gvc & GVC_RETURNS)
    coded = coded or any(_swift(text) in _SWIFT_RETURNS for text in spoken)
    return Nature.RETURN if returned or coded else Nature.OTHER


def _iso_parts(code: str | None) -> tuple[str, str, str]:
    parts = (code or "").split("/")
    if len(parts) != 3:
        parts = [*parts, "", "", ""][:3] if len(parts) == 2 and len(parts[0]) == 4 else ["", "", ""]
    return parts[0], parts[1], parts[2]


def _cfonb(text: str) -> str:
    match = _PROPRIETARY.fullmatch(text)
    return match.group(1) if match else ""


def _gvc(text: str) -> str:
    match = _GVC.fullmatch(text)
    return (match.group(1) or match.group(2)) if match else ""


def _swift(text: str) -> str:
    match = _SWIFT.fullmatch(text)
    return match.group(1) if match else ""
