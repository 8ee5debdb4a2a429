"""camt.053 statements as French banks write them, about 2.7 KB for each entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks._payments import Payment, payments


def write_camt(path: Path, entries: int, version: str) -> int:
    """A statement of so many credits, in version .02 or .08; returns its size."""
    alike = [replace(payment, kind="transfer", cents=abs(payment.cents)) for payment in payments(entries)]
    return _write(path, alike, version)


def write_mixed_camt(path: Path, movements: int, version: str) -> int:
    """The same of transfers, two in one entry where they are instant, returns, fees and cheques, each marked up in its
    own way.
    """
    return _write(path, list(payments(movements)), version)


def _write(path: Path, movements: list[Payment], version: str) -> int:
    total = sum(payment.cents for payment in movements)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD.format(version=version, opening=_euros(100_000_000), closing=_euros(100_000_000 + total)))
        file.writelines(_entry(batch, version >= "08") for batch in _batches(movements))
        file.write(_TAIL)
    return path.stat().st_size


def _batches(movements: Iterable[Payment]) -> Iterator[list[Payment]]:
    """The movements of each entry."""
    instant: list[Payment] = []
    for payment in movements:
        if payment.kind != "instant":
            yield [payment]
        elif instant:
            yield [instant.pop(), payment]
        else:
            instant.append(payment)
    if instant:
        yield instant


def _entry(batch: list[Payment], new: bool) -> str:
    first, total = batch[0], sum(payment.cents for payment in batch)
    family, sub_family, code = _CODES[first.kind]
    details = "".join(_detail(payment, new) for payment in batch)
    return _ENTRY.format(
        number=first.number,
        amount=_euros(abs(total)),
        sign=_sign(total),
        status="<Sts>\n          <Cd>BOOK</Cd>\n        </Sts>" if new else "<Sts>BOOK</Sts>",
        day=first.day,
        family=family,
        sub_family=sub_family,
        code=code,
        details="" if first.kind in _BARE else f"        <NtryDtls>\n{details}        </NtryDtls>\n",
        label=f"{first.kind.upper()} {first.number}" if first.kind in _BARE else "VIREMENT RECU",
    )


def _detail(payment: Payment, new: bool) -> str:
    texts = (payment.remittance[:70], payment.remittance[70:]) if payment.kind == "long" else (payment.remittance,)
    return _DETAIL.format(
        **vars(payment),
        amount=_euros(abs(payment.cents)),
        sign=_sign(payment.cents),
        party="<Pty>" if new else "",
        end="</Pty>" if new else "",
        bic="BICFI" if new else "BIC",
        texts="".join(f"\n              <Ustrd>{text}</Ustrd>" for text in texts),
        returned=_RETURNED if payment.kind == "return" else "",
    )


def _sign(cents: int) -> str:
    return "DBIT" if cents < 0 else "CRDT"


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


_BARE = frozenset({"fee", "cheque"})
"""The kinds whose entries have no details."""

_CODES = {
    "transfer": ("RCDT", "ESCT", "05"),
    "instant": ("RRCT", "ESCT", "C2"),
    "long": ("RCDT", "ESCT", "05"),
    "return": ("IDDT", "UPDD", "B3"),
    "fee": ("MDOP", "CHRG", "62"),
    "cheque": ("RCHQ", "CCHQ", "02"),
}
"""Family, sub-family and the interbank code of CFONB."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
  <BkToCstmrStmt>
    <GrpHdr>
      <MsgId>CAMT053-20261123</MsgId>
      <CreDtTm>2026-11-23T20:00:00+01:00</CreDtTm>
    </GrpHdr>
    <Stmt>
      <Id>STMT-20261123</Id>
      <ElctrncSeqNb>231</ElctrncSeqNb>
      <CreDtTm>2026-11-23T20:00:00+01:00</CreDtTm>
      <Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{opening}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Dt><Dt>2026-11-22</Dt></Dt></Bal>
      <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Dt><Dt>2026-11-23</Dt></Dt></Bal>
"""
_TAIL = """    </Stmt>
  </BkToCstmrStmt>
</Document>
"""
_ENTRY = """      <Ntry>
        <NtryRef>{number}</NtryRef>
        <Amt Ccy="EUR">{amount}</Amt>
        <CdtDbtInd>{sign}</CdtDbtInd>
        <RvslInd>false</RvslInd>
        {status}
        <BookgDt>
          <Dt>{day}</Dt>
        </BookgDt>
        <ValDt>
          <Dt>{day}</Dt>
        </ValDt>
        <AcctSvcrRef>2026112300{number:08d}</AcctSvcrRef>
        <BkTxCd>
          <Domn>
            <Cd>PMNT</Cd>
            <Fmly>
              <Cd>{family}</Cd>
              <SubFmlyCd>{sub_family}</SubFmlyCd>
            </Fmly>
          </Domn>
          <Prtry>
            <Cd>{code}/0811</Cd>
            <Issr>CFONB</Issr>
          </Prtry>
        </BkTxCd>
{details}        <AddtlNtryInf>{label}</AddtlNtryInf>
      </Ntry>
"""
_DETAIL = """          <TxDtls>
            <Refs>
              <AcctSvcrRef>2026112300{number:08d}</AcctSvcrRef>
              <EndToEndId>{reference}</EndToEndId>
              <TxId>SCT20261123{number:012d}</TxId>
            </Refs>
            <Amt Ccy="EUR">{amount}</Amt>
            <CdtDbtInd>{sign}</CdtDbtInd>
            <AmtDtls>
              <TxAmt>
                <Amt Ccy="EUR">{amount}</Amt>
              </TxAmt>
            </AmtDtls>
            <RltdPties>
              <Dbtr>
                {party}<Nm>{payer}</Nm>
                <PstlAdr>
                  <StrtNm>Rue de la République</StrtNm>
                  <BldgNb>12</BldgNb>
                  <PstCd>30000</PstCd>
                  <TwnNm>Nîmes</TwnNm>
                  <Ctry>FR</Ctry>
                </PstlAdr>{end}
              </Dbtr>
              <DbtrAcct>
                <Id>
                  <IBAN>{payer_iban}</IBAN>
                </Id>
              </DbtrAcct>
              <Cdtr>
                {party}<Nm>SEMIGA</Nm>{end}
              </Cdtr>
              <CdtrAcct>
                <Id>
                  <IBAN>{virtual_iban}</IBAN>
                </Id>
              </CdtrAcct>
            </RltdPties>
            <RltdAgts>
              <DbtrAgt>
                <FinInstnId>
                  <{bic}>AGRIFRPP</{bic}>
                </FinInstnId>
              </DbtrAgt>
              <CdtrAgt>
                <FinInstnId>
                  <{bic}>SWNBFR22</{bic}>
                </FinInstnId>
              </CdtrAgt>
            </RltdAgts>
            <RmtInf>{texts}
            </RmtInf>{returned}
            <RltdDts>
              <AccptncDtTm>{day}T08:00:00+01:00</AccptncDtTm>
            </RltdDts>
          </TxDtls>
"""
_RETURNED = """
            <RtrInf>
              <Rsn>
                <Cd>MD06</Cd>
              </Rsn>
            </RtrInf>"""
