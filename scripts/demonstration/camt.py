"""Writes camt.053.001.08 and camt.054.001.08 as French banks send them (ISO 20022)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from xml.sax.saxutils import escape

from demonstration.days import PARIS
from demonstration.erp_files import euros

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd"


@dataclass(frozen=True, slots=True)
class Party:
    """A payer or payee with its account and bank."""

    name: str
    iban: str
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment of an entry; absent references are written as banks do: `NOTPROVIDED`."""

    cents: int
    debtor: Party
    creditor: Party | None
    """Whose account was paid: the virtual IBAN where the bank knows it."""
    bank_reference: str | None
    end_to_end_id: str | None = None
    mandate: str | None = None
    texts: tuple[str, ...] = ()
    creditor_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the statement; `cents` is positive for a credit of the account."""

    cents: int
    day: date
    bank_reference: str | None
    code: tuple[str, str, str]
    details: tuple[Detail, ...] = ()
    batch: str | None = None
    """The payment information id of a batch, written with its count and total."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A day of an account; a notice (camt.054) is the same without balances."""

    statement_id: str
    number: int
    account: str
    owner: str
    bic: str
    day: date
    opening_cents: int
    entries: tuple[Entry, ...]

    @property
    def closing_cents(self) -> int:
        """Opening plus everything booked."""
        return self.opening_cents + sum(entry.cents for entry in self.entries)


def statement_file(statement: Statement) -> bytes:
    """A camt.053 with one statement."""
    opening = _balance("OPBD", statement.opening_cents, statement.day)
    closing = _balance("CLBD", statement.closing_cents, statement.day)
    return _message(
        "camt.053.001.08", "BkToCstmrStmt", "Stmt", statement, opening, closing, _summary(statement.entries)
    )


def notice_file(statement: Statement) -> bytes:
    """A camt.054 with one notification of the statement's entries."""
    return _message("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", statement)


def _message(name: str, root: str, part: str, statement: Statement, *middle: str) -> bytes:
    message_id = f"{name[5:8]}-{statement.statement_id}"
    header = _tag("GrpHdr", _text("MsgId", message_id), _text("CreDtTm", _evening(statement.day)))
    body = _tag(
        part,
        _text("Id", statement.statement_id),
        _text("ElctrncSeqNb", str(statement.number)),
        _text("CreDtTm", _evening(statement.day)),
        _tag("FrToDt", _text("FrDtTm", _instant(statement.day, time.min)), _text("ToDtTm", _evening(statement.day))),
        _own_account(statement),
        *middle,
        *map(_entry, statement.entries),
    )
    document = _tag(root, header, body)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE}:{name}">{document}</Document>\n'
    return text.encode()


def _own_account(statement: Statement) -> str:
    return _tag(
        "Acct",
        _tag("Id", _text("IBAN", statement.account)),
        _text("Ccy", "EUR"),
        _tag("Ownr", _text("Nm", statement.owner)),
        _tag("Svcr", _tag("FinInstnId", _text("BICFI", statement.bic))),
    )


def _balance(kind: str, cents: int, day: date) -> str:
    proprietary = _tag("Tp", _tag("CdOrPrtry", _text("Cd", kind)))
    return _tag("Bal", proprietary, _money(cents), _tag("Dt", _text("Dt", day.isoformat())))


def _summary(entries: Iterable[Entry]) -> str:
    listed = list(entries)
    total = sum(entry.cents for entry in listed)
    net = _tag("TtlNetNtry", _text("Amt", euros(abs(total))), _text("CdtDbtInd", _indicator(total)))
    numbers = _text("NbOfNtries", str(len(listed))), _text("Sum", euros(sum(abs(entry.cents) for entry in listed)))
    return _tag("TxsSummry", _tag("TtlNtries", *numbers, net))


def _entry(entry: Entry) -> str:
    day = _text("Dt", entry.day.isoformat())
    content = [
        _money(entry.cents),
        _tag("Sts", _text("Cd", "BOOK")),
        _tag("BookgDt", day),
        _tag("ValDt", day),
        _bank_reference(entry.bank_reference),
        _code(entry.code),
    ]
    if entry.details:
        batch = [_batch(entry)] if entry.batch else []
        content.append(_tag("NtryDtls", *batch, *(_detail(detail, entry.code) for detail in entry.details)))
    if entry.note:
        content.append(_text("AddtlNtryInf", entry.note))
    return "\n" + _tag("Ntry", *content)


def _batch(entry: Entry) -> str:
    return _tag(
        "Btch",
        _text("PmtInfId", entry.batch or ""),
        _text("NbOfTxs", str(len(entry.details))),
        _amount("TtlAmt", entry.cents),
        _text("CdtDbtInd", _indicator(entry.cents)),
    )


def _detail(detail: Detail, code: tuple[str, str, str]) -> str:
    agents = _tag("DbtrAgt", _tag("FinInstnId", _text("BICFI", detail.debtor.bic))) if detail.debtor.bic else ""
    return _tag(
        "TxDtls",
        _references(detail),
        _money(detail.cents),
        _code(code),
        _parties(detail),
        _tag("RltdAgts", agents) if agents else "",
        _remittance(detail),
    )


def _references(detail: Detail) -> str:
    mandate = [_text("MndtId", detail.mandate)] if detail.mandate else []
    end_to_end = _text("EndToEndId", detail.end_to_end_id or "NOTPROVIDED")
    return _tag("Refs", _bank_reference(detail.bank_reference), end_to_end, *mandate)


def _bank_reference(reference: str | None) -> str:
    return _text("AcctSvcrRef", reference) if reference else ""


def _parties(detail: Detail) -> str:
    parties = [_party("Dbtr", detail.debtor)]
    if detail.creditor:
        parties.append(_party("Cdtr", detail.creditor))
    return _tag("RltdPties", *parties)


def _party(role: str, party: Party) -> str:
    account = _tag(f"{role}Acct", _tag("Id", _text("IBAN", party.iban)))
    return _tag(role, _tag("Pty", _text("Nm", party.name))) + account


def _remittance(detail: Detail) -> str:
    texts = [_text("Ustrd", text) for text in detail.texts]
    if detail.creditor_reference:
        kind = _tag("Tp", _tag("CdOrPrtry", _text("Cd", "SCOR")), _text("Issr", "ISO"))
        texts.append(_tag("Strd", _tag("CdtrRefInf", kind, _text("Ref", detail.creditor_reference))))
    return _tag("RmtInf", *texts) if texts else ""


def _code(code: tuple[str, str, str]) -> str:
    domain, family, sub_family = code
    inner = _tag("Fmly", _text("Cd", family), _text("SubFmlyCd", sub_family))
    return _tag("BkTxCd", _tag("Domn", _text("Cd", domain), inner))


def _money(cents: int) -> str:
    return _amount("Amt", cents) + _text("CdtDbtInd", _indicator(cents))


def _amount(name: str, cents: int) -> str:
    return f'<{name} Ccy="EUR">{euros(abs(cents))}</{name}>'


def _indicator(cents: int) -> str:
    return "DBIT" if cents < 0 else "CRDT"


def _instant(day: date, at: time) -> str:
    return datetime.combine(day, at, PARIS).isoformat()


def _evening(day: date) -> str:
    return _instant(day, time(23, 59, 59))


def _tag(name: str, *content: str) -> str:
    return f"<{name}>{''.join(content)}</{name}>"


def _text(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
