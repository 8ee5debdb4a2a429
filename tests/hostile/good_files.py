"""Good files to spoil: every format and version, written by the tests, and the published samples that are clean."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from golden.corpora import CORPORA
from hostile.sample import Sample
from unit.banking.camt_files import ACCOUNT, VIRTUAL, Detail, Entry, Message, a_detail, a_statement, an_entry
from unit.banking.other_files import cfonb, complement, mt940, operation, record

from quitus.banking.profiles import DEFAULT
from quitus.banking.read_bank_file import understand

VERSIONS = ("02", "04", "08")


def entries() -> list[Entry]:
    """What a bank's day holds: receipts, a batch, twins, a returned debit with its charge, one that is pending."""
    charge = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3.00</TtlChrgsAndTaxAmt></Chrgs>'
    returned = Detail(transaction_amount="50.00", returned="AM04", debtor="Zoé Août", references={"EndToEndId": "E-4"})
    return [
        an_entry(a_detail(debtor="Zoé d&apos;Août", references={"EndToEndId": "E-1"}), bank_reference="B-1"),
        an_entry(
            a_detail(amount="100.00", unstructured=["LOYER RF18539", "007547034"]),
            a_detail(amount="350.01", unstructured=["<![CDATA[a < b]]>"], creditor_iban=None),
            amount="450.01",
            bank_reference="B-2",
            note=f"REMISE {VIRTUAL}",
        ),
        *(an_entry(a_detail(debtor="Jumeau"), amount="612.30") for _ in range(2)),
        an_entry(returned, amount="53.00", sign="DBIT", code="PMNT/IDDT/UPDD", inside=charge),
        an_entry(a_detail(), amount="10.00", status="PDNG", bank_reference="B-7"),
        an_entry(amount="0.99", sign="DBIT", code="", note="FRAIS"),
    ]


def _camt() -> Iterator[Sample]:
    for version in VERSIONS:
        yield _sample("camt.053", version, a_statement(*entries(), version=version))
        for kind in ("camt.052", "camt.054"):
            message = Message(entries=entries(), kind=kind, version=version, opening=None)
            yield _sample(kind, version, message)


def _sample(kind: str, version: str, message: Message) -> Sample:
    return Sample(f"{kind}.001.{version}", kind, message.bytes(), frozenset({ACCOUNT}))


def _records() -> list[str]:
    return [
        record("01", 100_000),
        operation(45_000, reference="REF-1"),
        complement("NPY", "ZOÉ D'AOÛT"),
        complement("LCC", "LOYER RF18539007547034"),
        complement("CBE", VIRTUAL),
        operation(45_000),
        operation(45_000),
        operation(-5_300, "B3", "REJET PRLV", rejected="AM"),
        complement("MMO", "EUR2000000000050000"),
        record("07", 229_700),
        record("01", 229_700),
        operation(-99, "62", "FRAIS"),
        complement("LIB", "COMMISSION"),
        record("07", 229_601),
    ]


def _cfonb() -> Iterator[Sample]:
    held = frozenset({ACCOUNT})
    yield Sample("cfonb120", "cfonb120", cfonb(*_records(), ""), held)
    blank = [line[:16] + " " * 4 + line[20:] if line[:2] in {"01", "07"} else line for line in _records()]
    yield Sample("cfonb120, blank currency", "cfonb120", cfonb(*blank, "", end="\r\n"), held)


GERMAN = (
    ":61:2611231123C450,00NTRFNONREF//B-1",
    ":86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+LOYER NOVEMBRE?32ZOÉ D'AOÛT",
    ":61:2611231123C450,00NTRFNONREF",
    ":86:166?00GUTSCHRIFT?20SVWZ+LOYER?32JUMEAU",
    ":61:2611231123C450,00NTRFNONREF",
    ":86:166?00GUTSCHRIFT?20SVWZ+LOYER?32JUMEAU",
    ":61:2611231123D53,00NRTINONREF",
    ":86:109?00RUECKLASTSCHRIFT?20EREF+E-4?34914",
)
SLASHED = (
    ":61:2611231123C450,00NTRFEREF//B-1",
    "/OCMT/EUR450,00/",
    f":86:/EREF/E-1/ORDP//NAME/ZOE/REMI/USTD//LOYER {VIRTUAL[:14]}",
    f"{VIRTUAL[14:]}/",
    ":61:261123C847,00N003NONREF",
    ":86:VIREMENT SEPA RECU",
)


def _mt940() -> Iterator[Sample]:
    for name, fields in (("german", GERMAN), ("slashed", SLASHED)):
        first = mt940(*fields, closing="C261123EUR2297,00")
        second = mt940(":61:261124RC0,99NCHGNONREF", opening="C261123EUR2297,00", closing="C261124EUR2296,01")
        data = first + b"\r\n" + second.replace(b":28C:7/1", b":28C:8/1") + b"\r\n"
        yield Sample(f"mt940, {name}", "mt940", data.decode().encode("latin-1"), frozenset({ACCOUNT}))


def _published() -> Iterator[Sample]:
    """The published samples that read without any problem."""
    for folder in ("camt-genkgo", "camt-viafintech", "cfonb-pennylane", "mt940-wolph"):
        for path in sorted((CORPORA / folder).rglob("*")):
            if path.suffix in {".xml", ".txt", ".sta"} and (sample := _if_clean(path)):
                yield sample


def _if_clean(path: Path) -> Sample | None:
    data = path.read_bytes()
    understood = understand(io.BytesIO(data), DEFAULT)
    statements = [statement for statement, _ in understood.statements]
    if understood.exit_code or (understood.format.startswith("camt") and b"<Document" not in data):
        return None
    accounts = frozenset(statement.account for statement in statements)
    return Sample(path.name, understood.format, data, accounts, share=1)


@cache
def written() -> tuple[Sample, ...]:
    """The files that the tests write."""
    return (*_camt(), *_cfonb(), *_mt940())


@cache
def good_files() -> tuple[Sample, ...]:
    """All of them."""
    return (*written(), *_published())


@cache
def erp_frames() -> tuple[Sample, ...]:
    """ERP files whose first line, header and trailer are right."""
    columns = "lease_id;status;start_date;unit_id;unit_kind;residence_id;residence_name;commune;holder_name"
    leases = f'#quitus;leases;1;42\n{columns}\nL1;active;2020-01-01;U1;dwelling;R1;"Les ""M""";Nîmes;Zoé\n#end;1;0.00\n'
    columns = "due_id;lease_id;kind;period;due_date;amount;label"
    dues = f"#quitus;dues;1;7\r\n{columns}\r\nD1;L1;rent;2026-11;2026-11-05;450.00;Loyer\r\n#end;1;450.00;;\r\n"
    return (
        Sample("leases", "erp", leases.encode(), frozenset()),
        Sample("dues", "erp", dues.encode("iso-8859-15"), frozenset()),
    )
