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

from quitus.banking.codes import GVC_RETURNS
from quitus.banking.references import compact, reference

_SUBFIELD: Final = re.compile(r"\?([0-9]{2})")
_SUBFIELDS: Final = re.compile(
    r"([0-9]{3})?+(?=\?[0-9]{2})(?:\?00[^?]*+)?+(?:\?10[^?]*+)?+"
    "("
    + "".join(rf"(?:\?2{digit}[^?]*+)?+" for digit in range(10))
    + r")(?:\?30[^?]*+)?+"
    + "".join(rf"(?:\?{number}([^?]*+))?+" for number in (31, 32, 33, 34, 38))
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
_CODES: Final = frozenset(
    (
        "TRTP",
        "IBAN",
        "BIC",
        "NAME",
        "REMI",
        "EREF",
        "MARF",
        "CSID",
        "ORDP",
        "BENM",
        "PREF",
        "RTRN",
        "ISDT",
        "UDTR",
        "UCRD",
        "CNTP",
        "PURP",
        "TRCD",
        "BUSP",
        "CREF",
        "ID",
        "KREF",
        "SVCL",
    )
)
_SEPARATOR: Final = re.compile(r"\s*(?:[0-9]{3})?([<>^~@|])(?=[0-9]{2})")
_GVC: Final = re.compile(r"[0-9]{3}(?=\?|$)")
_QUALIFIED: Final = ("USTD", "STRD")
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
        gvc, purpose, account, name, more_name, reason, owner, more_purpose = usual.groups("")
        pieces = [numbered[2:] for numbered in (purpose + more_purpose).split("?")]
        return _told(gvc or None, pieces, name + more_name, account, owner, reason)
    other = _SEPARATOR.match(joined)
    if other is not None:
        joined = re.sub(re.escape(other.group(1)) + "(?=[0-9]{2})", "?", joined)
    if "?" in joined and _SUBFIELD.search(joined):
        return _subfields(joined)
    parts = joined.split("/")
    if len(parts) > 2 and not _CODES.isdisjoint(parts[1:-1]):
        return _slashed(parts)
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
    """The parts, `?34` last: the reason of a return, where the code says that it is one; else it completes the code."""
    joined = "".join(pieces)
    keywords = _keywords(joined)
    remittance = keywords.get("SVWZ", "").strip() or keywords.get("", "").strip()
    payer = compact(account) or keywords.get("IBAN", "").strip()
    mandate = keywords.get("MREF")
    return Details(
        gvc,
        remittance or None,
        reference(keywords.get("EREF")),
        reference(mandate) if mandate else None,
        {"?32": name.strip()},
        payer or None,
        reason if reason.strip("0") and (gvc is None or gvc in GVC_RETURNS) else None,
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
    start, found, purpose = text.partition("SVWZ+")
    if found and start.startswith("EREF+") and "+" not in purpose and start.count("+") == 1:
        return {"EREF": start[5:], "SVWZ": purpose}  # as most are
    said: dict[str, str] = {}
    keyword, before = "", ""
    parts = text.split("+")
    last = parts.pop()
    for part in parts:
        following, said_before = part[-4:], part[:-4]
        if following not in _KEYWORDS:
            following, said_before = part[-3:], part[:-3]
            if following not in _KEYWORDS:
                before += f"{part}+"
                continue
        if keyword not in said:
            said[keyword] = before + said_before
        keyword, before = following, ""
    said.setdefault(keyword, before + last)
    return said


def _slashed(parts: list[str]) -> Details:
    """Of a text cut at its slashes: each code stands between two, one of which may end the code before it."""
    said = _values(parts)
    iban, name, more_names = said.get("IBAN", ""), said.get("NAME", "").strip(), {}
    if "CNTP" in said:
        account, _, party = said["CNTP"].partition("/")
        iban = iban or account
        more_names["/CNTP/"] = party.partition("/")[2].partition("/")[0].strip()
    if "ORDP" in said:
        more_names["/ORDP/"] = said["ORDP"].strip()
    remittance = said.get("REMI", "")
    if remittance.startswith(_QUALIFIED):
        remittance = _WITHIN_REMITTANCE.sub("", remittance).strip("/")
    texts = [text for text in (remittance, said.get("BENM"), said.get("UCRD")) if text]
    return Details(
        gvc=_gvc(f"{parts[0]}?") if said[""] == parts[0] else None,
        remittance=remittance or None,
        end_to_end_id=reference(said.get("EREF")),
        mandate_id=reference(said.get("MARF")),
        names={"/NAME/": name, **more_names},
        iban=compact(iban) or None,
        return_reason=said.get("RTRN") or None,
        accounts={"/IBAN/": iban} if iban else {},
        texts=texts,
        joined="".join(texts),
    )


def _values(parts: list[str]) -> dict[str, str]:
    """What follows each code, the first time; what comes before the first code under the empty one."""
    said: dict[str, str] = {}
    code, start, last = "", 0, len(parts) - 1
    for number in [number for number, part in enumerate(parts) if part in _CODES and 0 < number < last]:
        if number > start:
            said.setdefault(code, _value(parts, start, number))
            code, start = parts[number], number + 1
    said.setdefault(code, _value(parts, start, last + 1))
    return said


def _value(parts: list[str], start: int, end: int) -> str:
    text = parts[start] if end == start + 1 else "/".join(parts[start:end])
    return text.strip().strip("/")
