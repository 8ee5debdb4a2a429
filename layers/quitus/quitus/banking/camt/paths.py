"""Where camt.052, .053 and .054 keep what we read, for versions .01 to .10 at once: by structure, never by
namespace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final


class Scope(IntEnum):
    """The part of the message that a value belongs to."""

    HEADER = 0
    STATEMENT = 1
    BALANCE = 2
    ENTRY = 3
    DETAIL = 4


class Mark(IntEnum):
    """Elements that the reader is told of when they open or close."""

    MESSAGE = 1
    STATEMENT = 2
    ENTRY = 3
    BATCH = 4
    DETAIL = 5
    HEADER_END = 6
    BALANCE_END = 7
    DETAIL_END = 8
    ENTRY_END = 9
    STATEMENT_END = 10
    MESSAGE_END = 11


@dataclass(slots=True, eq=False)
class Element:
    """An element of the message as we know it; what we do not know leads to `UNKNOWN` and is passed over."""

    children: dict[str, Element] = field(default_factory=dict)
    scope: Scope | None = None
    key: str = ""
    repeated: bool = False
    opens: Mark | None = None
    closes: Mark | None = None
    message: str = ""
    searching: bool = False


UNKNOWN: Final = Element()

MESSAGES: Final = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "BkToCstmrStmtV01": "camt.053",
    "BkToCstmrAcctRptV01": "camt.052",
    "BkToCstmrDbtCdtNtfctnV01": "camt.054",
    "CBIDlyStmtReqLogMsg": "camt.053",
    "CBIPrdcStmtReqLogMsg": "camt.053",
}
"""The element that holds the header and the statements; Italian banks (CBI) put their own in its place."""

_HEADER: Final = {"MsgId": "message_id", "CreDtTm": "created", "MsgPgntn/PgNb": "page"}

_STATEMENT: Final = {
    "Id": "id",
    "ElctrncSeqNb": "sequence",
    "LglSeqNb": "legal_sequence",
    "StmtPgntn/PgNb": "page",
    "NtfctnPgntn/PgNb": "page",
    "RptPgntn/PgNb": "page",
    "CreDtTm": "created",
    "FrToDt/FrDtTm": "from",
    "FrToDt/ToDtTm": "to",
    "FrToDt/FrDt": "from",
    "FrToDt/ToDt": "to",
    "Acct/Id/IBAN": "iban",
    "Acct/Id/Othr/Id": "account",
    "Acct/Id/PrtryAcct/Id": "account",
    "Acct/Id/BBAN": "account",
    "Acct/Ccy": "currency",
}

_BALANCE: Final = {
    "Tp/CdOrPrtry/Cd": "type",
    "Tp/CdOrPrtry/Prtry": "type",
    "Tp/Cd": "type",
    "Tp/SubTp/Cd": "sub_type",
    "Amt": "amount",
    "CdtDbtInd": "sign",
    "Dt/Dt": "date",
    "Dt/DtTm": "date",
}

_CODE: Final = {
    "BkTxCd/Domn/Cd": "domain",
    "BkTxCd/Domn/Fmly/Cd": "family",
    "BkTxCd/Domn/Fmly/SubFmlyCd": "sub_family",
    "BkTxCd/Prtry/Cd": "proprietary",
}

_CHARGES: Final = {
    "Chrgs/TtlChrgsAndTaxAmt": "*charges",
    "Chrgs/Rcrd/Amt": "*charge",
    "Chrgs/Amt": "*charge",
}

_ENTRY: Final = {
    "NtryRef": "entry_reference",
    "Amt": "amount",
    "CdtDbtInd": "sign",
    "RvslInd": "reversal",
    "Sts": "status",
    "Sts/Cd": "status",
    "Sts/Prtry": "status",
    "BookgDt/Dt": "booking",
    "BookgDt/DtTm": "booking",
    "ValDt/Dt": "value",
    "ValDt/DtTm": "value",
    "AcctSvcrRef": "bank_reference",
    **_CODE,
    **_CHARGES,
    "AddtlNtryInf": "entry_note",
    **{
        f"{parent}Btch/{name}": key
        for parent in ("", "NtryDtls/")
        for name, key in (("MsgId", "batch_message"), ("PmtInfId", "batch_payment"), ("NbOfTxs", "batch_count"))
    },
}


def _party(role: str, key: str) -> dict[str, str]:
    return {f"RltdPties/{role}/{path}": key for path in ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")}


def _account(role: str, key: str) -> dict[str, str]:
    return {f"RltdPties/{role}/Id/IBAN": f"{key}_iban", f"RltdPties/{role}/Id/Othr/Id": f"{key}_other"}


def _identifiers(role: str, key: str) -> dict[str, str]:
    kinds = ("OrgId", "PrvtId")
    return {f"RltdPties/{role}/{pty}Id/{kind}/Othr/Id": key for pty in ("", "Pty/") for kind in kinds}


_DETAIL: Final = {
    "Refs/MsgId": "message_id",
    "Refs/AcctSvcrRef": "bank_reference",
    "Refs/PmtInfId": "payment_information",
    "Refs/EndToEndId": "end_to_end",
    "Refs/UETR": "uetr",
    "Refs/MndtId": "mandate",
    "Amt": "amount",
    "CdtDbtInd": "sign",
    "AmtDtls/TxAmt/Amt": "transaction_amount",
    "AmtDtls/InstdAmt/Amt": "instructed_amount",
    "AmtDtls/CntrValAmt/Amt": "counter_amount",
    **_CODE,
    **_CHARGES,
    **_party("Dbtr", "debtor_name"),
    **_party("UltmtDbtr", "ultimate_debtor_name"),
    **_account("DbtrAcct", "debtor"),
    **_account("CdtrAcct", "creditor"),
    **_identifiers("UltmtCdtr", "ultimate_creditor"),
    "RmtInf/Ustrd": "*unstructured",
    "RmtInf/Strd/CdtrRefInf/Ref": "*structured",
    "RmtInf/Strd/CdtrRefInf/CdtrRef": "*structured",
    "RmtInf/Strd/AddtlRmtInf": "*additional",
    "RtrInf/Rsn/Cd": "return_code",
    "RtrInf/Rsn/Prtry": "return_proprietary",
    "RtrInf/RtrRsn/Cd": "return_code",
    "RtrInf/RtrRsn/Prtry": "return_proprietary",
    "RtrInf/AddtlInf": "*return_text",
    "AddtlTxInf": "note",
}


def _declare(parent: Element, scope: Scope, paths: Mapping[str, str]) -> None:
    """Add paths below an element; a key that starts with `*` may come several times and keeps them all."""
    for path, key in paths.items():
        element = parent
        for name in path.split("/"):
            element = element.children.setdefault(name, Element())
        element.scope, element.key, element.repeated = scope, key.lstrip("*"), key.startswith("*")


def _statement() -> Element:
    statement = Element(opens=Mark.STATEMENT, closes=Mark.STATEMENT_END)
    _declare(statement, Scope.STATEMENT, _STATEMENT)
    balance = statement.children["Bal"] = Element(closes=Mark.BALANCE_END)
    _declare(balance, Scope.BALANCE, _BALANCE)
    entry = statement.children["Ntry"] = Element(opens=Mark.ENTRY, closes=Mark.ENTRY_END)
    _declare(entry, Scope.ENTRY, _ENTRY)
    detail = Element(opens=Mark.DETAIL, closes=Mark.DETAIL_END)
    _declare(detail, Scope.DETAIL, _DETAIL)
    entry.children["NtryDtls"].opens = Mark.BATCH
    entry.children["NtryDtls"].children["TxDtls"] = entry.children["TxDtls"] = detail
    return statement


def document() -> Element:
    """The element above the root: messages are looked for at any depth, inside any envelope."""
    above = Element(searching=True)
    statement = _statement()
    header = Element(closes=Mark.HEADER_END)
    _declare(header, Scope.HEADER, _HEADER)
    for name, message in MESSAGES.items():
        children = {"GrpHdr": header, "Stmt": statement, "Rpt": statement, "Ntfctn": statement}
        above.children[name] = Element(children=children, opens=Mark.MESSAGE, closes=Mark.MESSAGE_END, message=message)
    return above
