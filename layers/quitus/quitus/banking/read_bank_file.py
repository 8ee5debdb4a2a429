"""`scripts/read-bank-file`: what was understood of a bank file, as a table for people or as JSON, without AWS.

Exit codes: 0 clean, 1 with problems, 2 refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

from quitus.banking.profiles import PROFILES, Profile, profile_named
from quitus.banking.reading import read_bank_file
from quitus.banking.recognition import UNKNOWN, open_bank_file
from quitus.domain.errors import UnreadableFile
from quitus.domain.money import Cents, format_euros
from quitus.domain.movement import Movement, Problem, Statement

CLEAN: Final = 0
WITH_PROBLEMS: Final = 1
REFUSED: Final = 2
_COLUMNS: Final = "{:<10} {:>14} {:<8} {:<27} {:<24} {}"


@dataclass
class Understood:
    """What a file says: its statements with their movements, and why it was refused if it was."""

    format: str = UNKNOWN
    statements: list[tuple[Statement, list[Movement]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The command's answer to scripts."""
        if self.problems:
            return REFUSED
        return WITH_PROBLEMS if any(statement.problems for statement, _ in self.statements) else CLEAN


def understand(stream: BinaryIO, profile: Profile) -> Understood:
    """Read a whole file; a refusal is a problem of the file, which then has no statements."""
    understood, movements = Understood(), list[Movement]()
    try:
        with open_bank_file(stream) as file:
            understood.format = file.format
            for part in read_bank_file(file, profile):
                if isinstance(part, Movement):
                    movements.append(part)
                else:
                    understood.statements.append((part, movements))
                    movements = []
    except UnreadableFile as refusal:
        understood.statements.clear()
        understood.problems.append(Problem(str(refusal.code), refusal.message, refusal.detail.get("where")))
    return understood


def as_json(understood: Understood) -> dict[str, Any]:
    """The contract's shape: cents, ISO dates, None for what the bank did not say."""
    return {
        "format": understood.format,
        "statements": [_statement_json(statement, movements) for statement, movements in understood.statements],
        "problems": [_problem_json(problem) for problem in understood.problems],
    }


def _statement_json(statement: Statement, movements: Sequence[Movement]) -> dict[str, Any]:
    return {
        "account": statement.account,
        "statement_id": statement.statement_id,
        "message_id": statement.message_id,
        "from": _iso(statement.from_date),
        "to": _iso(statement.to_date),
        "currency": statement.currency,
        "opening_cents": statement.balances.opening_cents,
        "closing_cents": statement.balances.closing_cents,
        "movements": [_movement_json(movement) for movement in movements],
        "problems": [_problem_json(problem) for problem in statement.problems],
    }


def _movement_json(movement: Movement) -> dict[str, Any]:
    return {
        "position": movement.position,
        "amount_cents": movement.amount_cents,
        "status": movement.status.value,
        "booking_date": _iso(movement.booking_date),
        "value_date": _iso(movement.value_date),
        "nature": movement.nature.value,
        "means": movement.means.value,
        "virtual_iban": movement.virtual_iban,
        "virtual_iban_path": movement.virtual_iban_path,
        "other_accounts": [{"account": account, "path": path} for account, path in movement.other_accounts],
        "bank_reference": movement.bank_reference,
        "end_to_end_id": movement.end_to_end_id,
        "uetr": movement.uetr,
        "payment_reference": movement.payment_reference,
        "batch_references": list(movement.batch_references),
        "mandate_id": movement.mandate_id,
        "awaiting_details": movement.awaiting_details,
        "debtor_name": movement.debtor_name,
        "debtor_iban": movement.debtor_iban,
        "remittance": movement.remittance,
        "bank_code": movement.bank_code,
        "return_reason": movement.return_reason,
        "note": movement.note,
    }


def _problem_json(problem: Problem) -> dict[str, str | None]:
    return {"code": problem.code, "message": problem.message, "where": problem.where}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def as_table(understood: Understood) -> str:
    """Lines for people; what free texts hold beside printable characters is shown as dots."""
    lines = [f"Format {understood.format}"]
    for statement, movements in understood.statements:
        lines += ["", *_heading(statement, len(movements))]
        lines += [_row(movement) for movement in movements]
        lines += [f"  Problem {_problem_text(problem)}" for problem in statement.problems]
    lines += [f"Refused: {_problem_text(problem)}" for problem in understood.problems]
    return "\n".join(lines) + "\n"


def _heading(statement: Statement, count: int) -> list[str]:
    period = f"{_iso(statement.from_date) or '?'} to {_iso(statement.to_date) or '?'}"
    balances = statement.balances
    amounts = f"opening {_euros(balances.opening_cents)}, closing {_euros(balances.closing_cents)}"
    return [
        f"Statement {_printable(statement.statement_id)} of account {_printable(statement.account)}, {period}",
        f"  {amounts} {_printable(statement.currency)}, {count} movements",
        _COLUMNS.format("booked on", "amount", "status", "virtual IBAN", "payer", "remittance · where the IBAN was"),
    ]


def _row(movement: Movement) -> str:
    texts = [movement.remittance or movement.note, movement.virtual_iban_path, movement.return_reason]
    return _COLUMNS.format(
        movement.booking_date.isoformat(),
        format_euros(movement.amount_cents),
        movement.status.value,
        movement.virtual_iban or "–",
        _printable(movement.debtor_name or "–")[:24],
        " · ".join(_printable(text) for text in texts if text),
    ).rstrip()


def _problem_text(problem: Problem) -> str:
    where = f" ({problem.where})" if problem.where else ""
    return f"{problem.code}{where}: {_printable(problem.message)}"


def _euros(cents: Cents | None) -> str:
    return format_euros(cents) if cents is not None else "–"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in text)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: prints the answer, returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/read-bank-file",
        description="Show what Quitus understands of a camt.052/053/054, CFONB 120 or MT940 file (plain, gzip or zip).",
        epilog="Exit codes: 0 clean, 1 with problems, 2 refused. docs/bank-file-problems.md explains each problem.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--profile", default="default", choices=sorted(PROFILES), help="where this bank writes what")
    options = parser.parse_args(arguments)
    try:
        with options.file.open("rb") as stream:
            understood = understand(stream, profile_named(options.profile))
    except OSError as error:
        sys.stderr.write(f"{options.file}: {error.strerror}\n")
        return REFUSED
    if options.json:
        json.dump(as_json(understood), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(as_table(understood))
    return understood.exit_code


if __name__ == "__main__":
    sys.exit(main())
