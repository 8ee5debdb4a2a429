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
from quitus.banking.references import as_iban, compact, reference

_SUBFIELD: Final = re.compile(r"\?([0-9]{2})")


def _run(numbers: range) -> str:
    """Sub-fields of these numbers, each only behind the one before it."""
    pattern = ""
    for number in reversed(numbers):
        pattern = rf"(?:\?{number}[^?]*+{pattern})?+"
    return pattern


_SUBFIELDS: Final = re.compile(
    rf"([0-9]{{3}})?+(?=\?[0-9]{{2}})(?:\?00[^?]*+)?+(?:\?10[^?]*+)?+({_run(range(20, 30))})(?:\?30[^?]*+)?+"
    + "".join(rf"(?:\?{number}([^?]*+))?+" for number in (31, 32, 33, 34, 38))
    + f"({_run(range(60, 64))})"
)
"""The usual ones, in order and each at most once, those of the free text without a gap."""
_PIECE: Final = re.compile(r"\?[0-9]{2}([^?]*+)")
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
        "ADDR",
    )
)
_SEPARATOR: Final = re.compile(r"\s*(?:[0-9]{3})?([<>^~@|])(?=[0-9]{2})")
_GVC: Final = re.compile(r"[0-9]{3}(?=\?|$)")
_LONGEST_PIECE: Final = 27
_NAMED: Final = "IN"
_QUALIFIED: Final = ("USTD", "STRD")
_WITHIN_REMITTANCE: Final = re.compile(r"^(?:USTD//|STRD/(?:CUR/|ISO/)?)")

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Details:
    """What a `:86:` says, where it could be told apart.

    `accounts` and `names` are by the place, as profiles name it, and may be empty; `instructed` is the amount that was
    ordered, as written; `texts` are the pieces of the free text, `joined` the same end to end.
    """

    gvc: str | None = None
    remittance: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    instructed: str | None = None
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
        pieces = _PIECE.findall(purpose + more_purpose)
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
    return _told(
        _gvc(f"{start.strip()}?"), pieces, name, _first(fields, "31"), _first(fields, "38"), _first(fields, "34")
    )


def _told(gvc: str | None, pieces: list[str], name: str, account: str, owner: str, reason: str) -> Details:
    """The parts, `?34` last: the reason of a return, where the code says that it is one; else it completes the code."""
    joined = "".join(pieces)
    keywords = _keywords(joined)
    remittance = keywords.get("SVWZ", "").strip() or keywords.get("", "").strip()
    payer = compact(account) or keywords.get("IBAN", "").strip()
    end_to_end, mandate = keywords.get("EREF"), keywords.get("MREF")
    if (end_to_end and " " in end_to_end) or (mandate and " " in mandate):
        uncut = _keywords(_uncut(pieces))
        end_to_end, mandate = uncut.get("EREF"), uncut.get("MREF")
    return Details(
        gvc,
        remittance or None,
        reference(end_to_end),
        reference(mandate) if mandate else None,
        keywords.get("OAMT"),
        {"?32": name.strip()},
        payer or None,
        reason if reason.strip("0") and (gvc is None or gvc in GVC_RETURNS) else None,
        {"?38": owner, "?31": account},
        pieces,
        joined,
    )


def _uncut(pieces: Sequence[str]) -> str:
    """The pieces as one text for its references: a blank where a piece was cut before it was full is not theirs."""
    text, full = "", True
    for piece in pieces:
        text = text + piece if full else text.rstrip() + piece.lstrip()
        full = len(piece) >= _LONGEST_PIECE
    return text


def _first(fields: dict[str, list[str]], number: str) -> str:
    return fields[number][0] if number in fields else ""


def _keywords(text: str) -> dict[str, str]:
    """The parts of SEPA texts after their keyword (`SVWZ+…`); what comes before the first keyword under the empty
    one.
    """
    start, found, purpose = text.partition("SVWZ+")
    if found and start.startswith("EREF+") and text.count("+") == 2:
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
    iban, rest = _account_first(said.get("IBAN", ""))
    name, more_names = said.get("NAME", "").strip(), {}
    if "CNTP" in said:
        account, _, *named = (*said["CNTP"].split("/", 4), "", "")
        iban = iban or account
        more_names["/CNTP/"] = named[1 if named[0] == _NAMED else 0].strip()
    if "ORDP" in said:
        more_names["/ORDP/"] = said["ORDP"].strip()
    remittance = said.get("REMI", "")
    if remittance.startswith(_QUALIFIED):
        remittance = _WITHIN_REMITTANCE.sub("", remittance).strip("/")
    texts = [text for text in (remittance, rest, said.get("BENM"), said.get("UCRD")) if text]
    return Details(
        gvc=_gvc(f"{parts[0]}?") if said[""] == parts[0] else None,
        remittance=remittance or rest or None,
        end_to_end_id=reference(said.get("EREF")),
        mandate_id=reference(said.get("MARF")),
        names={"/NAME/": name, **more_names},
        iban=compact(iban) or None,
        return_reason=said.get("RTRN") or None,
        accounts={"/IBAN/": iban} if iban else {},
        texts=texts,
        joined="".join(texts),
    )


def _account_first(text: str) -> tuple[str, str]:
    """The account number that a text begins with, and what follows it: behind a slash, or a blank where the number is
    an IBAN without it.
    """
    account, _, rest = text.partition("/")
    word, _, more = account.strip().partition(" ")
    if more and as_iban(account) is None and as_iban(word) is not None:
        account, rest = word, f"{more} {rest}"
    return account, rest.strip()


def _values(parts: list[str]) -> dict[str, str]:
    """What follows each code, the first time that anything does; what comes before the first, under the empty one."""
    said: dict[str, str] = {}
    code, start, last = "", 0, len(parts) - 1
    for number in [number for number, part in enumerate(parts) if part in _CODES and 0 < number < last]:
        if number > start:
            said[code] = said.get(code) or _value(parts, start, number)
            code, start = parts[number], number + 1
    said[code] = said.get(code) or _value(parts, start, last + 1)
    return said


def _value(parts: list[str], start: int, end: int) -> str:
    text = parts[start] if end == start + 1 else "/".join(parts[start:end])
    return text.strip().strip("/")
