"""Field `:86:` of MT940: free by the standard, so each bank has its style; this finds what they have in common.

Three styles: sub-fields (German `166?00…?20SVWZ+…?32…`, in Poland and elsewhere with another sign such as `<20` or
`^20`), slash codes (`/EREF/…/REMI/…`), and plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from quitus.banking.references import compact, reference

_SUBFIELD: Final = re.compile(r"\?([0-9]{2})")
_KEYWORD: Final = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|PURP|IBAN|BIC|RREF|RCRD)\+")
_CODE: Final = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|ORDP|BENM|PREF|RTRN|ISDT|UDTR|UCRD|CNTP|PURP|TRCD|BUSP|CREF|ID|KREF|SVCL|PREF)/"
)
_SEPARATOR: Final = re.compile(r"\s*(?:[0-9]{3})?([<>^~@|])(?=[0-9]{2})")
_GVC: Final = re.compile(r"[0-9]{3}(?=\?|$)")
_WITHIN_REMITTANCE: Final = re.compile(r"^(?:USTD//|STRD/(?:CUR/|ISO/)?)")


@dataclass(slots=True)
class Details:
    """What a `:86:` says, where it could be told apart; `accounts` and `names` by the place, as profiles name it."""

    gvc: str | None = None
    remittance: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    iban: str | None = None
    return_reason: str | None = None
    accounts: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


def parse_details(lines: Sequence[str]) -> Details:
    """The parts of a `:86:` given as its lines, of which banks cut each at 65 characters or where they like."""
    joined = "".join(lines)
    other = _SEPARATOR.match(joined)
    if other is not None:
        joined = re.sub(re.escape(other.group(1)) + "(?=[0-9]{2})", "?", joined)
    if _SUBFIELD.search(joined):
        return _subfields(joined)
    if _CODE.search(joined):
        return _slashed(joined)
    text = " ".join(line.strip() for line in lines if line.strip())
    texts = tuple(line for line in lines if line.strip())
    return Details(gvc=_gvc(text), remittance=text or None, texts=texts)


def _gvc(text: str) -> str | None:
    match = _GVC.match(text)
    return match.group() if match else None


def _subfields(joined: str) -> Details:
    start, *parts = _SUBFIELD.split(joined)
    fields: dict[str, list[str]] = {}
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        fields.setdefault(number, []).append(text)
    pieces = [
        text for number in sorted(fields) if "20" <= number <= "29" or "60" <= number <= "63" for text in fields[number]
    ]
    said = _keywords("".join(pieces))
    account, owner = _first(fields, "31"), _first(fields, "38")
    reason = _first(fields, "34")
    return Details(
        gvc=_gvc(start + "?"),
        remittance=(said.get("SVWZ") or said.get("") or "").strip() or None,
        end_to_end_id=reference(said.get("EREF")),
        mandate_id=reference(said.get("MREF")),
        names=_named({"?32": _first(fields, "32") + _first(fields, "33")}),
        iban=compact(account) or said.get("IBAN") or None,
        return_reason=reason if reason.strip("0") else None,
        accounts={key: text for key, text in (("?38", owner), ("?31", account)) if text},
        texts=tuple(pieces),
    )


def _named(names: dict[str, str]) -> dict[str, str]:
    return {place: name.strip() for place, name in names.items() if name.strip()}


def _first(fields: dict[str, list[str]], number: str) -> str:
    return fields[number][0] if number in fields else ""


def _keywords(text: str) -> dict[str, str]:
    """The parts of SEPA texts after their keyword (`SVWZ+…`); what comes before the first keyword under the empty
    one.
    """
    before, *parts = _KEYWORD.split(text)
    said = {"": before}
    for keyword, value in zip(parts[::2], parts[1::2], strict=True):
        said.setdefault(keyword, value.strip())
    return said


def _slashed(joined: str) -> Details:
    before, *parts = _CODE.split(joined)
    said: dict[str, str] = {}
    for code, value in zip(parts[::2], parts[1::2], strict=True):
        said.setdefault(code, value.strip().strip("/"))
    counterparty = said.get("CNTP", "").split("/")
    remittance = _WITHIN_REMITTANCE.sub("", said.get("REMI", "")).strip("/")
    iban = said.get("IBAN") or counterparty[0]
    return Details(
        gvc=_gvc(before + "?"),
        remittance=remittance or None,
        end_to_end_id=reference(said.get("EREF")),
        mandate_id=reference(said.get("MARF")),
        names=_named(
            {
                "/NAME/": said.get("NAME", ""),
                "/CNTP/": counterparty[2] if len(counterparty) > 2 else "",
                "/ORDP/": said.get("ORDP", ""),
            }
        ),
        iban=compact(iban) or None,
        return_reason=said.get("RTRN") or None,
        accounts={"/IBAN/": iban} if iban else {},
        texts=tuple(text for text in (remittance, said.get("BENM"), said.get("UCRD")) if text),
    )
