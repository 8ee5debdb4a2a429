"""The report of the demonstration: tables for an accountant, in euros."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from demonstration.findings import Findings
from demonstration.progress import number
from demonstration.proof import AccountProof

_COMMUNES_SHOWN: Final = 10
_LISTED: Final = 12
_MEANS: Final = {
    "transfer": "virement",
    "instant_transfer": "virement instantané",
    "direct_debit": "prélèvement",
    "card": "carte",
    "cheque": "chèque",
    "cash": "espèces",
    "caf": "CAF",
    "other": "autre",
}
_BOOKS: Final = {
    "512": "banque",
    "511": "valeurs à l'encaissement",
    "411": "locataires",
    "4195": "avances des locataires",
    "471": "compte d'attente",
}
_REASONS: Final = {
    "unknown_virtual_iban": "a virtual IBAN of the range that no lease has",
    "no_evidence": "neither a virtual IBAN nor a payment reference",
    "several_leases": "names more than one lease",
    "unassigned": "taken off its lease by a person",
}
_ALERTS: Final = {
    "unassigned_virtual_iban": "ask the payer which IBAN was on the notice; assign the payment",
    "payment_on_ended_lease": "a departed tenant paid: settle the rest, or give the credit back",
    "file_quarantined": "nothing of this file was posted: ask the bank for it again",
    "double_payment": "paid twice: the second one is a credit; tell the tenant or refund",
    "erp_backlog": "the ERP does not take entries: they wait in order",
    "statement_gap": "a statement is missing between two others",
    "statement_unproved": "a statement came without its balances",
    "statement_overlap": "two statements tell of the same days",
    "identity_conflict": "one reference with two amounts: call the bank",
}


def report(found: Findings) -> str:
    """Everything, as text."""
    sections = (
        _receipts(found),
        _standing(found),
        _proof(found),
        _books(found),
        _adoption(found),
        _next(found),
    )
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they need; the first one to the left, the others to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  " + "  ".join([first, *others]).rstrip()

    yield line(head)
    yield "  " + "  ".join("─" * width for width in widths)
    yield from map(line, rows)


def money(cents: int | None) -> str:
    """Euros with two decimals and spaces between thousands."""
    if cents is None:
        return "?"
    sign = "-" if cents < 0 else ""
    return f"{sign}{number(abs(cents) // 100)}.{abs(cents) % 100:02d}"


def _receipts(found: Findings) -> Iterator[str]:
    yield "ENCAISSEMENTS · receipts posted on leases"
    by_means = sorted(found.by_means["rows"], key=lambda row: -row["amount_cents"])
    rows = [(_MEANS.get(row["key"], row["key"]), number(row["count"]), money(row["amount_cents"])) for row in by_means]
    yield from table(("by means", "number", "euros"), [*rows, _total(found.by_means)])
    yield ""
    towns = sorted(found.by_commune["rows"], key=lambda row: -row["amount_cents"])
    shown, rest = towns[:_COMMUNES_SHOWN], towns[_COMMUNES_SHOWN:]
    rows = [(row["label"], number(row["count"]), money(row["amount_cents"])) for row in shown]
    if rest:
        counted, summed = sum(row["count"] for row in rest), sum(row["amount_cents"] for row in rest)
        rows.append((f"{len(rest)} other communes", number(counted), money(summed)))
    yield from table(("by commune", "number", "euros"), [*rows, _total(found.by_commune)])


def _total(dashboard: Mapping[str, Any]) -> tuple[str, str, str]:
    count = sum(row["count"] for row in dashboard["rows"])
    return "total", number(count), money(dashboard["total_cents"])


def _standing(found: Findings) -> Iterator[str]:
    owing = [lease for lease in found.leases if lease["balance_cents"] > 0]
    departed = [lease for lease in owing if lease["status"] == "ended"]
    ahead = [lease for lease in found.leases if lease["credit_cents"] > 0]
    rows = [
        ("impayés · still owed", number(len(owing)), money(_owed(owing))),
        ("  of which départs · ended leases", number(len(departed)), money(_owed(departed))),
        ("avances · credits of tenants", number(len(ahead)), money(sum(lease["credit_cents"] for lease in ahead))),
        ("compte d'attente · suspense", number(len(found.suspense)), money(found.by_means["suspense_cents"])),
    ]
    yield "COMPTES LOCATAIRES · how the leases stand"
    yield from table(("", "number", "euros"), rows)


def _owed(leases: Sequence[Mapping[str, Any]]) -> int:
    return sum(lease["balance_cents"] for lease in leases)


def _proof(found: Findings) -> Iterator[str]:
    yield "PREUVE · bank = ledger, every day of every account"
    head = ("account", "opening", "credits", "debits", "closing", "receipts", "reversals", "other", "")
    yield from table(head, [_account(account) for account in found.proof.accounts])
    for account in found.proof.accounts:
        yield from (f"  {account.bank.account}: {difference}" for difference in account.differences)


def _account(account: AccountProof) -> tuple[str, ...]:
    bank = account.bank
    amounts = (
        bank.opening_cents,
        bank.credits_cents,
        bank.debits_cents,
        bank.closing_cents,
        account.receipts_cents,
        account.reversals_cents,
        account.other_cents,
    )
    return (f"…{bank.account[-9:]}", *map(money, amounts), _sign(equal=account.is_equal))


def _books(found: Findings) -> Iterator[str]:
    yield "ÉCRITURES · ledger = ERP, debits less credits by account"
    rows = [
        (
            f"{books.number} {_BOOKS.get(books.number, '')}",
            money(books.ledger_cents),
            money(books.erp_cents),
            _sign(equal=books.is_equal),
        )
        for books in found.proof.books
    ]
    yield from table(("account", "ledger", "ERP", ""), rows)
    erp = found.erp
    yield (
        f"  The ERP holds {number(erp['entries'])} entries from {number(erp['batches'])} batches. "
        f"It answered 500 once after applying: {number(erp['duplicates'])} came again, and nothing was booked twice."
    )
    if found.proof.missing_in_erp:
        yield f"  {found.proof.missing_in_erp} entries are missing, twice or out of order in the ERP."
    total = money(found.proof.receipts_cents)
    if found.proof.is_equal:
        yield f"  Bank = ledger = ERP: {total} euros, to the cent."
    else:
        yield f"  BANK, LEDGER AND ERP ARE NOT EQUAL (ledger: {total} euros)."


def _adoption(found: Findings) -> Iterator[str]:
    issued, used = found.virtual_ibans["issued"], found.leases_paying_virtually
    rules, paid = found.rules, len(found.payments)
    automatic = paid - rules["none"] - rules["person"]
    cheques = sum(row["count"] for row in found.by_means["rows"] if row["key"] == "cheque")
    yield "ADOPTION"
    yield from table(
        ("", "number", "share"),
        [
            ("IBAN virtuels · issued", number(issued), ""),
            ("IBAN virtuels · that received a payment", number(used), _share(used, issued)),
            ("payments attributed without a person", number(automatic), _share(automatic, paid)),
            ("  by virtual IBAN", number(rules["virtual_iban"]), _share(rules["virtual_iban"], paid)),
            ("  by payment reference (RF)", number(rules["reference"]), _share(rules["reference"], paid)),
            ("  by payment link, by card", number(rules["link"]), _share(rules["link"], paid)),
            ("cheques", number(cheques), _share(cheques, paid)),
        ],
    )


def _next(found: Findings) -> Iterator[str]:
    yield "À REGARDER · what to look at next"
    still_open = [alert for alert in found.alerts if alert["closed_at"] is None]
    for kind, count in Counter(alert["kind"] for alert in still_open).most_common():
        yield f"  {number(count)} × {kind}: {_ALERTS.get(kind, 'see GET /v1/alerts')}"
    for kind, count in Counter(alert["kind"] for alert in found.alerts if alert not in still_open).most_common():
        yield f"  {number(count)} × {kind}: closed by itself"
    yield "  Suspense:"
    for payment in found.suspense[:_LISTED]:
        reason = payment["match"]["reason"]
        yield (
            f"    {payment['booking_date']}  {money(payment['amount_cents']):>10}  {payment['debtor_name'] or '?'}: "
            f"{_REASONS.get(reason, reason)}"
        )
    if len(found.suspense) > _LISTED:
        yield f"    and {len(found.suspense) - _LISTED} more"
    yield "  Files:"
    for file in found.files:
        if file["status"] in ("quarantined", "duplicate", "refused"):
            yield f"    {file['name']}: {file['status']}{_because(file)}"


def _because(file: Mapping[str, Any]) -> str:
    return f" ({file['reason']})" if file["reason"] else ", nothing posted again"


def _sign(*, equal: bool) -> str:
    return "=" if equal else "≠"


def _share(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f} %" if whole else ""
