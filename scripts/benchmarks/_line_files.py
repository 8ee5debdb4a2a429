"""CFONB 120 and MT940 statements as banks write them: most movements are transfers, some are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks._payments import ACCOUNT, Payment, payments

_DOMESTIC = "12345678901"
_CODES = {"transfer": "05", "long": "05", "instant": "C2", "return": "B3", "fee": "62", "cheque": "02"}
_LABELS = {
    "transfer": "VIR SEPA RECU",
    "long": "VIR SEPA RECU",
    "instant": "VIR INST RECU",
    "return": "REJET PRLV SEPA",
}


def write_cfonb(path: Path, movements: int) -> None:
    """A CFONB 120 statement of so many movements, each with two to four complements."""
    total = sum(payment.cents for payment in payments(movements))
    with path.open("w", encoding="latin-1") as file:
        file.write(f"{_balance('01', 0)}\n")
        for payment in payments(movements):
            file.writelines(f"{line}\n" for line in _records(payment))
        file.write(f"{_balance('07', total)}\n")


def _balance(kind: str, cents: int) -> str:
    return f"{f'{kind}30006    00001EUR2 {_DOMESTIC}  301126':<90}{_overpunched(cents)}".ljust(120)


def _records(payment: Payment) -> Iterator[str]:
    code, day = _CODES[payment.kind], f"{payment.day:%d%m%y}"
    rejected = "12" if payment.kind == "return" else "  "
    label = f"{_LABELS.get(payment.kind, payment.kind.upper())} {payment.number}"
    start = f"300060001{'00001'}EUR2 {_DOMESTIC}{code}{day}"
    yield f"04{start}{rejected}{day}{label:<31}  0000000  {_overpunched(payment.cents)}2611{payment.number:012d}"
    for qualifier, text in _complements(payment):
        yield f"05{start}     {qualifier}{text:<70}  "


def _complements(payment: Payment) -> list[tuple[str, str]]:
    payer, reference = ("NPY", payment.payer), ("RCN", f"{payment.reference:<35}RENT")
    remittance, account = ("LCC", payment.remittance[:70]), ("CBE", payment.virtual_iban)
    told = {
        "transfer": [payer, reference, remittance, account],
        "instant": [payer, remittance, reference, account],
        "long": [payer, remittance, ("LC2", payment.remittance[70:]), account],
        "return": [payer, reference, remittance],
    }
    return told.get(payment.kind, [("LIB", f"OPERATION {payment.number}"), ("REF", f"{payment.reference:<35}")])


def write_mt940(path: Path, movements: int) -> None:
    """An MT940 statement of so many movements with German sub-fields, as most banks of the SEPA area write them."""
    total = sum(payment.cents for payment in payments(movements))
    with path.open("w", encoding="latin-1", newline="") as file:
        file.write(f":20:M-1\r\n:25:{ACCOUNT}\r\n:28C:7/1\r\n:60F:C261031EUR0,00\r\n")
        for payment in payments(movements):
            file.write("\r\n".join(_fields(payment)) + "\r\n")
        file.write(f":62F:C261130EUR{_euros(total)}\r\n-\r\n")


def _fields(payment: Payment) -> Iterator[str]:
    mark, kind, code = ("DR", "NRTI", "109") if payment.cents < 0 else ("CR", "NTRF", "166")
    amount = _euros(abs(payment.cents))
    yield f":61:{payment.day:%y%m%d}{payment.day:%m%d}{mark}{amount}{kind}NONREF//{payment.number:016d}"
    said = f"EREF+{payment.reference}SVWZ+{payment.remittance}"
    pieces = "".join(f"?{20 + number}{said[at : at + 27]}" for number, at in enumerate(range(0, len(said), 27)))
    text = (
        f"{code}?00GUTSCHRIFT?109310{pieces}?30AGRIFRPP?31{payment.payer_iban}?32{payment.payer}"
        f"?38{payment.virtual_iban}"
    )
    yield f":86:{text[:61]}"
    yield from (text[at : at + 65] for at in range(61, len(text), 65))


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _overpunched(cents: int) -> str:
    digits = f"{abs(cents):014d}"
    return digits[:-1] + ("{ABCDEFGHI" if cents >= 0 else "}JKLMNOPQR")[int(digits[-1])]
