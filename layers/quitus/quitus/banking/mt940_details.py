"""Field `:86:` of MT940: free by the standard, so each bank has its style; this finds what they have in common.

Three styles: sub-fields (German `166?00…?20SVWZ+…?32…`, in Poland and elsewhere with another sign such as `<20` or
`^20`), slash codes (`/EREF/…/REMI/…`), and plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from quitus.banking.references import compact, reference

_SUBFIELD: Final = re.compile(r"\?([0-9]{2})")
_SUBFIELDS: Final = re.compile(
    r"([0-9]{3})?+(?=\?[0-9]{2})(?:\?00[^?]*+)?+(?:\?10[^?]*+)?+"
    "("
    + "".join(rf"(?:\?2{digit}[^?]*+)?+" for digit in range(10))
    + ")"
    + "".join(rf"(?:\?{number}([^?]*+))?+" for number in (30, 31, 32, 33, 34, 38))
    + "("
    + "".join(rf"(?:\?6{digit}[^?]*+)?+" for digit in range(4))
    + ")"
)
"""The usual ones, in order and each at most once."""
_KEYWORDS: Final = frozenset(
    (
        "EREF",
        "KREF",
        "MREF",
        "CRED",
        "DEBT",
        "SVWZ",
        "ABWA",
        "ABWE",
        "COAM",
        "OAMT",
        "PURP",
        "IBAN",
        "BIC",
        "RREF",
        "RCRD",
    )
)
_CODE: Final = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|MARF|CSID|ORDP|BENM|PREF|RTRN|ISDT|UDTR|UCRD|CNTP|PURP|TRCD|BUSP|CREF|ID|KREF|SVCL|PREF)/"
)
_SEPARATOR: Final = re.compile(r"\s*(?:[0-9]{3})?([<>^~@|])(?=[0-9]{2})")
_GVC: Final = re.compile(r"[0-9]{3}(?=\?|$)")
_WITHIN_REMITTANCE: Final = re.compile(r"^(?:USTD//|STRD/(?:CUR/|ISO/)?)")

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Details:
    """What a `:86:` says, where it could be told apart.

    `accounts` and `names` are by the place, as profiles name it, and may be empty; `texts` are the pieces of the free
    text, `joined` the same end to end.
    """

    gvc: str | None = None
    remittance: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    names: Mapping[str, str] = _NONE
    iban: str | None = None
    return_reason: str | None = None
    accounts: Mapping[str, str] = _NONE
    texts: Sequence[str] = ()
    joined: str = ""


def parse_details(written: str) -> Details:
    """The parts of a `:86:`, whose lines banks cut at 65 characters or where they like."""
    joined = written.replace("\n", "")
    usual = _SUBFIELDS.fullmatch(joined)
    if usual is not None:
        gvc, purpose, _, account, name, more_name, reason, owner, more_purpose = usual.groups()
        pieces = [piece[2:] for piece in f"{purpose}{more_purpose}".split("?")[1:]]
        return _told(gvc, pieces, f"{name or ''}{more_name or ''}", account or "", owner or "", reason or "")
    other = _SEPARATOR.match(joined)
    if other is not None:
        joined = re.sub(re.escape(other.group(1)) + "(?=[0-9]{2})", "?", joined)
    if _SUBFIELD.search(joined):
        return _subfields(joined)
    if _CODE.search(joined):
        return _slashed(joined)
    lines = [line for line in written.split("\n") if line.strip()]
    text = " ".join(line.strip() for line in lines)
    return Details(gvc=_gvc(text), remittance=text or None, texts=lines, joined=joined)


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
    name = _first(fields, "32") + _first(fields, "33")
    return _told(_gvc(start + "?"), pieces, name, _first(fields, "31"), _first(fields, "38"), _first(fields, "34"))


def _told(gvc: str | None, pieces: list[str], name: str, account: str, owner: str, reason: str) -> Details:
    joined = "".join(pieces)
    said = _keywords(joined)
    return Details(
        gvc,
        said.get("SVWZ", "").strip() or said.get("", "").strip() or None,
        reference(said.get("EREF")),
        reference(said.get("MREF")),
        {"?32": name.strip()},
        compact(account) or said.get("IBAN", "").strip() or None,
        reason if reason.strip("0") else None,
        {"?38": owner, "?31": account},
        pieces,
        joined,
    )


def _first(fields: dict[str, list[str]], number: str) -> str:
    return fields[number][0] if number in fields else ""


def _keywords(text: str) -> dict[str, str]:
    """The parts of SEPA texts after their keyword (`SVWZ+…`); what comes before the first keyword under the empty
    one.
    """
    said: dict[str, str] = {}
    keyword, before = "", ""
    *parts, last = text.split("+")
    for part in parts:
        following = part[-4:]
        if following not in _KEYWORDS:
            following = part[-3:]
            if following not in _KEYWORDS:
                before += f"{part}+"
                continue
        if keyword not in said:
            said[keyword] = before + part[: -len(following)]
        keyword, before = following, ""
    said.setdefault(keyword, before + last)
    return said


def _slashed(joined: str) -> Details:
    before, *parts = _CODE.split(joined)
    said: dict[str, str] = {}
    for code, value in zip(parts[::2], parts[1::2], strict=True):
        said.setdefault(code, value.strip().strip("/"))
    counterparty = said.get("CNTP", "").split("/")
    remittance = _WITHIN_REMITTANCE.sub("", said.get("REMI", "")).strip("/")
    iban = said.get("IBAN") or counterparty[0]
    texts = [text for text in (remittance, said.get("BENM"), said.get("UCRD")) if text]
    return Details(
        gvc=_gvc(before + "?"),
        remittance=remittance or None,
        end_to_end_id=reference(said.get("EREF")),
        mandate_id=reference(said.get("MARF")),
        names={
            "/NAME/": said.get("NAME", "").strip(),
            "/CNTP/": counterparty[2].strip() if len(counterparty) > 2 else "",
            "/ORDP/": said.get("ORDP", "").strip(),
        },
        iban=compact(iban) or None,
        return_reason=said.get("RTRN") or None,
        accounts={"/IBAN/": iban} if iban else {},
        texts=texts,
        joined="".join(texts),
    )
