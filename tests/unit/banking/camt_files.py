"""camt files in the words of the tests: a statement, its entries, their details, in any version."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from quitus.banking.camt.messages import read_camt
from quitus.banking.profiles import DEFAULT, Profile
from quitus.domain.movement import Movement, Statement

ACCOUNT = "FR7630006000011234567890189"
VIRTUAL = "FR7617328899004000000000193"
OTHER_VIRTUAL = "FR7617328899004000000000290"
DAY = "2026-11-23"


@dataclass(frozen=True)
class Detail:
    """A `TxDtls`; `inside` is markup put as it is at its end."""

    amount: str | None = None
    sign: str | None = None
    transaction_amount: str | None = None
    references: dict[str, str] = field(default_factory=dict)
    debtor: str | None = None
    debtor_iban: str | None = None
    creditor_iban: str | None = None
    unstructured: Sequence[str] = ()
    structured: str | None = None
    returned: str | None = None
    code: str | None = None
    inside: str = ""


@dataclass(frozen=True)
class Entry:
    """An `Ntry`; `batch` is markup of `Btch`, `inside` markup put before the details."""

    amount: str = "450.00"
    sign: str = "CRDT"
    status: str = "BOOK"
    booking: str | None = f"<Dt>{DAY}</Dt>"
    reference: str | None = None
    bank_reference: str | None = None
    code: str = "PMNT/RCDT/ESCT"
    reversal: bool = False
    currency: str = "EUR"
    details: Sequence[Detail] = ()
    batch: str = ""
    inside: str = ""
    note: str | None = None


def an_entry(*details: Detail, **changes: Any) -> Entry:
    return replace(Entry(details=details), **changes)


def a_detail(**changes: Any) -> Detail:
    return replace(Detail(creditor_iban=VIRTUAL, debtor="Jeanne Petit", unstructured=["LOYER NOVEMBRE"]), **changes)


_ROOTS = {
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


@dataclass(frozen=True)
class Message:
    """A whole message of one statement; balances are left out when None, given as decimal euros with sign."""

    entries: Sequence[Entry] = ()
    kind: str = "camt.053"
    version: str = "08"
    opening: str | None = "1000.00"
    closing: str | None = None
    account: str = ACCOUNT
    balances: str = ""
    statement_inside: str = ""
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>'
    namespace: bool = True

    def text(self) -> str:
        root, statement = _ROOTS[self.kind]
        namespace = f' xmlns="urn:iso:std:iso:20022:tech:xsd:{self.kind}.001.{self.version}"' if self.namespace else ""
        balances = self.balances or "".join(
            balance(kind, amount) for kind, amount in (("OPBD", self.opening), ("CLBD", self.closing)) if amount
        )
        entries = "".join(entry_text(entry, self.version) for entry in self.entries)
        return (
            f"{self.declaration}<Document{namespace}><{root}>"
            f"<GrpHdr><MsgId>M-1</MsgId><CreDtTm>{DAY}T20:00:00+01:00</CreDtTm></GrpHdr>"
            f"<{statement}><Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><IBAN>{self.account}</IBAN></Id></Acct>"
            f"{self.statement_inside}{balances}{entries}</{statement}></{root}></Document>"
        )

    def bytes(self) -> bytes:
        return self.text().encode()


def balance(kind: str, amount: str, sign: str | None = None) -> str:
    sign = sign if sign is not None else ("DBIT" if amount.startswith("-") else "CRDT")
    indicator = f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount.lstrip('-')}</Amt>{indicator}"
        f"<Dt><Dt>{DAY}</Dt></Dt></Bal>"
    )


def a_statement(*entries: Entry, **changes: Any) -> Message:
    """A camt.053 that closes: its closing balance is its opening plus the booked entries."""
    message = replace(Message(entries=entries), **changes)
    if message.closing is None and message.opening is not None:
        hundredths = round(float(message.opening) * 100)
        for entry in entries:
            if entry.status == "BOOK":
                hundredths += round(float(entry.amount) * 100) * (1 if entry.sign == "CRDT" else -1)
        sign = "-" if hundredths < 0 else ""
        message = replace(message, closing=f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}")
    return message


def a_notification(*entries: Entry, **changes: Any) -> Message:
    return replace(Message(entries=entries, kind="camt.054", opening=None), **changes)


def entry_text(entry: Entry, version: str) -> str:
    status = f"<Sts><Cd>{entry.status}</Cd></Sts>" if version >= "08" else f"<Sts>{entry.status}</Sts>"
    details = "".join(detail_text(detail, version, entry.currency) for detail in entry.details)
    reversal = "<RvslInd>true</RvslInd>" if entry.reversal else ""
    return (
        "<Ntry>"
        f"{_element('NtryRef', entry.reference)}"
        f'<Amt Ccy="{entry.currency}">{entry.amount}</Amt>{_element("CdtDbtInd", entry.sign)}{reversal}'
        f"{status if entry.status else ''}{_element('BookgDt', entry.booking)}"
        f"{_element('AcctSvcrRef', entry.bank_reference)}{_code(entry.code)}{entry.inside}"
        f"{_element('NtryDtls', entry.batch + details or None)}{_element('AddtlNtryInf', entry.note)}</Ntry>"
    )


def detail_text(detail: Detail, version: str, currency: str) -> str:
    new = version >= "08"

    def amount(name: str, text: str | None) -> str:
        return f'<{name} Ccy="{currency}">{text}</{name}>' if text is not None else ""

    def party(role: str, name: str | None) -> str:
        named = _element("Nm", name)
        return _element(role, (_element("Pty", named) if new else named) or None)

    def account(role: str, iban: str | None) -> str:
        return f"<{role}><Id><IBAN>{iban}</IBAN></Id></{role}>" if iban else ""

    references = "".join(_element(name, text) for name, text in detail.references.items())
    parties = (
        party("Dbtr", detail.debtor)
        + account("DbtrAcct", detail.debtor_iban)
        + account("CdtrAcct", detail.creditor_iban)
    )
    structured = _element("Strd", _element("CdtrRefInf", _element("Ref", detail.structured) or None) or None)
    remittance = "".join(_element("Ustrd", text) for text in detail.unstructured) + structured
    transaction = _element("AmtDtls", _element("TxAmt", amount("Amt", detail.transaction_amount) or None) or None)
    reason = _element("Rsn", _element("Cd", detail.returned) or None)
    return (
        "<TxDtls>"
        f"{_element('Refs', references or None)}{amount('Amt', detail.amount)}{_element('CdtDbtInd', detail.sign)}"
        f"{transaction}{_code(detail.code)}{_element('RltdPties', parties or None)}"
        f"{_element('RmtInf', remittance or None)}"
        f"{_element('RtrInf', reason or None)}{detail.inside}</TxDtls>"
    )


def _element(name: str, inside: str | None) -> str:
    return f"<{name}>{inside}</{name}>" if inside is not None else ""


def _code(code: str | None) -> str:
    if code is None:
        return ""
    if code.count("/") != 2:
        return f"<BkTxCd><Prtry><Cd>{code}</Cd><Issr>CFONB</Issr></Prtry></BkTxCd>" if code else "<BkTxCd></BkTxCd>"
    domain, family, sub_family = code.split("/")
    inner = f"<Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd>"
    return f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly>{inner}</Fmly></Domn></BkTxCd>"


def read(message: Message | bytes | str, profile: Profile = DEFAULT) -> tuple[list[Movement], list[Statement]]:
    """Movements and statements, in order."""
    data = (
        message.bytes() if isinstance(message, Message) else message.encode() if isinstance(message, str) else message
    )
    return split(read_camt(io.BytesIO(data), profile))


def split(parts: Iterable[Movement | Statement]) -> tuple[list[Movement], list[Statement]]:
    everything = list(parts)
    movements = [part for part in everything if isinstance(part, Movement)]
    return movements, [part for part in everything if isinstance(part, Statement)]


def codes(statements: Iterable[Statement]) -> list[str]:
    return [problem.code for statement in statements for problem in statement.problems]
