"""Reading bank files, as ratios to what Python cannot do without: expat without handlers, or splitting lines."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from pyexpat import ParserCreate
from time import perf_counter
from typing import Any, BinaryIO

from quitus.banking.camt.messages import read_camt
from quitus.banking.cfonb import read_cfonb
from quitus.banking.mt940 import read_mt940
from quitus.domain.movement import Movement

_ROUNDS = 5
_SMALL, _LARGE = 10_000, 100_000
_CHUNK = 1 << 16
_DAY = date(2026, 11, 23)


def run() -> Iterator[dict[str, Any]]:
    """Time per movement over the floor, for each format; growth and memory from 10 000 to 100 000 entries."""
    with tempfile.TemporaryDirectory() as folder:
        for version in ("02", "08"):
            path = Path(folder) / f"camt.053.{version}.xml"
            size = write_camt(path, _SMALL, version)
            yield {"name": f"camt.053.{version}.bytes_per_entry", "value": round(size / _SMALL)}
            yield _paired(f"camt.053.{version}.ratio_to_bare_expat", path, _bare_expat, _read_camt)
        yield from _growth(Path(folder))
        lines = Path(folder) / "cfonb120.txt"
        write_cfonb(lines, _SMALL)
        yield _paired("cfonb120.ratio_to_splitting_lines", lines, _split_lines, _read_cfonb)
        fields = Path(folder) / "mt940.sta"
        write_mt940(fields, _SMALL)
        yield _paired("mt940.ratio_to_splitting_lines", fields, _split_lines, _read_mt940)


def _paired(
    name: str, path: Path, floor: Callable[[BinaryIO], None], ours: Callable[[BinaryIO], None]
) -> dict[str, Any]:
    """Medians of A B A B in this process."""
    floors, times = [], []
    for _ in range(_ROUNDS):
        floors.append(_seconds(floor, path))
        times.append(_seconds(ours, path))
    least, most = statistics.median(floors), statistics.median(times)
    return {
        "name": name,
        "ratio": round(most / least, 2),
        "microseconds": round(most / _SMALL * 1e6, 1),
        "floor_microseconds": round(least / _SMALL * 1e6, 1),
    }


def _growth(folder: Path) -> Iterator[dict[str, Any]]:
    small, large = folder / "small.xml", folder / "large.xml"
    write_camt(small, _SMALL, "08")
    write_camt(large, _LARGE, "08")
    short = min(_seconds(_read_camt, small) for _ in range(3))
    yield {"name": "camt.053.time_100000_over_10000", "ratio": round(_seconds(_read_camt, large) / short, 2)}
    for path, entries in ((small, _SMALL), (large, _LARGE)):
        yield {"name": f"camt.053.{entries}.megabytes_over_the_interpreter", "value": round(_memory(path), 1)}


def _seconds(read: Callable[[BinaryIO], None], path: Path) -> float:
    with path.open("rb") as stream:
        began = perf_counter()
        read(stream)
        return perf_counter() - began


def _memory(path: Path) -> float:
    """Peak resident memory of a process that reads the file, less that of one that does nothing."""
    read = f"from quitus.banking.camt.messages import read_camt\nfor _ in read_camt(open({str(path)!r}, 'rb')): pass"
    return (_peak(read) - _peak("pass")) / 1024


def _peak(code: str) -> int:
    script = f"{code}\nprint(open('/proc/self/status').read())"
    status = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    return int(status.partition("VmHWM:")[2].split()[0])


def _bare_expat(stream: BinaryIO) -> None:
    parser = ParserCreate()
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _split_lines(stream: BinaryIO) -> None:
    for _ in stream.read().decode("latin-1").split("\n"):
        pass


def _read_camt(stream: BinaryIO) -> None:
    _count(read_camt(stream))


def _read_cfonb(stream: BinaryIO) -> None:
    _count(read_cfonb(stream))


def _read_mt940(stream: BinaryIO) -> None:
    _count(read_mt940(stream))


def _count(parts: Iterator[Any]) -> None:
    movements = 0
    for part in parts:
        if isinstance(part, Movement):
            movements += 1
        elif part.problems:
            raise AssertionError(part.problems)
    if not movements:
        raise AssertionError("no movement was read")


def write_camt(path: Path, entries: int, version: str) -> int:
    """A camt.053 of so many credits as French banks write them, about 2.7 KB each; returns its size."""
    total = sum(_cents(number) for number in range(entries))
    with path.open("w", encoding="utf-8") as file:
        file.write(_CAMT_HEAD.format(version=version, opening=_euros(100_000), closing=_euros(100_000 + total)))
        for number in range(entries):
            file.write(_camt_entry(number, new=version >= "08"))
        file.write(_CAMT_TAIL)
    return path.stat().st_size


def _camt_entry(number: int, new: bool) -> str:
    return _CAMT_ENTRY.format(
        number=number,
        amount=_euros(_cents(number)),
        status="<Sts>\n          <Cd>BOOK</Cd>\n        </Sts>" if new else "<Sts>BOOK</Sts>",
        party="<Pty>" if new else "",
        end="</Pty>" if new else "",
        bic="BICFI" if new else "BIC",
    )


def write_cfonb(path: Path, movements: int) -> None:
    """A CFONB 120 statement of so many credits with the usual complements."""
    account = "12345678901"
    total = sum(_cents(number) for number in range(movements))

    def balance(kind: str, cents: int) -> str:
        return f"{f'{kind}30006    00001EUR2 {account}  {_DAY:%d%m%y}':<90}{_overpunched(cents)}".ljust(120)

    def complement(qualifier: str, text: str) -> str:
        return f"0530006000100001EUR2 {account}05{_DAY:%d%m%y}     {qualifier}{text:<70}".ljust(120)

    lines = [balance("01", 0)]
    for number in range(movements):
        head = f"0430006000100001EUR2 {account}05{_DAY:%d%m%y}  {_DAY:%d%m%y}VIR SEPA {number:<21}"
        lines.append(f"{f'{head:<79}':<90}{_overpunched(_cents(number))}{number:016d}")
        lines.append(complement("NPY", f"MARTIN LEFEBVRE {number}"))
        lines.append(complement("LCC", f"LOYER NOVEMBRE 2026 LOT {number}"))
        lines.append(complement("RCN", f"LOYER-2026-11-{number:06d}"))
        lines.append(complement("CBE", "FR7617328899004000000000193"))
    lines.append(balance("07", total))
    path.write_text("\n".join(lines), encoding="latin-1")


def write_mt940(path: Path, movements: int) -> None:
    """An MT940 statement of so many credits with German sub-fields."""
    total = sum(_cents(number) for number in range(movements))
    lines = [":20:M-1", ":25:FR7630006000011234567890189", ":28C:7/1", ":60F:C261122EUR0,00"]
    for number in range(movements):
        lines.append(f":61:2611231123CR{_euros(_cents(number)).replace('.', ',')}NTRFNONREF//{number:016d}")
        text = (
            f"166?00GUTSCHRIFT?109310?20EREF+LOYER-2026-11-{number:06d}?21SVWZ+LOYER NOVEMBRE 2026 ?22LOT {number}"
            f"?30AGRIFRPP?31FR1420041010050500013M02606?32MARTIN LEFEBVRE"
        )
        lines += [f":86:{text[:61]}", *(text[at : at + 65] for at in range(61, len(text), 65))]
    lines += [f":62F:C261123EUR{_euros(total).replace('.', ',')}", "-"]
    path.write_text("\r\n".join(lines), encoding="ascii")


def _cents(number: int) -> int:
    return 30_000 + number * 37 % 50_000


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _overpunched(cents: int) -> str:
    return f"{cents:014d}"[:-1] + "{ABCDEFGHI"[cents % 10]


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
          <Dt>2026-11-23</Dt>
        </BookgDt>
        <ValDt>
          <Dt>2026-11-23</Dt>
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
              <EndToEndId>LOYER-2026-11-{number:06d}</EndToEndId>
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
                {party}<Nm>MARTINEZ LEFEBVRE Jacqueline {number}</Nm>
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
                  <IBAN>FR7630006000011234567890189</IBAN>
                </Id>
              </DbtrAcct>
              <Cdtr>
                {party}<Nm>SEMIGA</Nm>{end}
              </Cdtr>
              <CdtrAcct>
                <Id>
                  <IBAN>FR7617328899004000000000193</IBAN>
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
              <Ustrd>LOYER NOVEMBRE 2026 RESIDENCE LES OLIVIERS LOT {number}</Ustrd>
            </RmtInf>
            <RltdDts>
              <AccptncDtTm>2026-11-23T08:00:00+01:00</AccptncDtTm>
            </RltdDts>
          </TxDtls>
        </NtryDtls>
        <AddtlNtryInf>VIREMENT RECU</AddtlNtryInf>
      </Ntry>
"""
