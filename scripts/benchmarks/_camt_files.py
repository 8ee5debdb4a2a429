"""camt.053 statements as French banks write them, about 2.7 KB for each entry."""

from __future__ import annotations

from pathlib import Path

from benchmarks._payments import payments


def write_camt(path: Path, entries: int, version: str) -> int:
    """A statement of so many credits, in version .02 or .08; returns its size."""
    total = sum(abs(payment.cents) for payment in payments(entries))
    new = version >= "08"
    written = {
        "status": "<Sts>\n          <Cd>BOOK</Cd>\n        </Sts>" if new else "<Sts>BOOK</Sts>",
        "party": "<Pty>" if new else "",
        "end": "</Pty>" if new else "",
        "bic": "BICFI" if new else "BIC",
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(_CAMT_HEAD.format(version=version, opening=_euros(100_000), closing=_euros(100_000 + total)))
        for payment in payments(entries):
            file.write(_CAMT_ENTRY.format(amount=_euros(abs(payment.cents)), **vars(payment), **written))
        file.write(_CAMT_TAIL)
    return path.stat().st_size


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


_CAMT_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
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
_CAMT_TAIL = """    </Stmt>
  </BkToCstmrStmt>
</Document>
"""
_CAMT_ENTRY = """      <Ntry>
        <NtryRef>{number}</NtryRef>
        <Amt Ccy="EUR">{amount}</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
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
              <Cd>RCDT</Cd>
              <SubFmlyCd>ESCT</SubFmlyCd>
            </Fmly>
          </Domn>
          <Prtry>
            <Cd>05/0811</Cd>
            <Issr>CFONB</Issr>
          </Prtry>
        </BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs>
              <AcctSvcrRef>2026112300{number:08d}</AcctSvcrRef>
              <EndToEndId>{reference}</EndToEndId>
              <TxId>SCT20261123{number:012d}</TxId>
            </Refs>
            <Amt Ccy="EUR">{amount}</Amt>
            <CdtDbtInd>CRDT</CdtDbtInd>
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
            <RmtInf>
              <Ustrd>{remittance}</Ustrd>
            </RmtInf>
            <RltdDts>
              <AccptncDtTm>{day}T08:00:00+01:00</AccptncDtTm>
            </RltdDts>
          </TxDtls>
        </NtryDtls>
        <AddtlNtryInf>VIREMENT RECU</AddtlNtryInf>
      </Ntry>
"""
