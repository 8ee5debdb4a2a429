"""The ERP's files as the contract wants them: a first line, a header, rows, a trailer with count and control sum."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO
from typing import Final

from demonstration.dues import Due
from demonstration.estate import Lease, Party

_LEASES: Final = (
    "lease_id;status;start_date;end_date;unit_id;unit_kind;residence_id;residence_name;street;postal_code;commune;"
    "account_group;holder_name;holder_email;holder_phone;language;e_receipt_consent"
)
_PARTIES: Final = "lease_id;party_id;role;name;email;phone;share_percent;from_date;to_date"
_DUES: Final = "due_id;lease_id;kind;period;due_date;amount;label"


def leases_file(leases: Iterable[Lease], sequence: int = 1) -> bytes:
    """The `leases` file."""
    return _file("leases", sequence, _LEASES, [_lease(lease) for lease in leases])


def parties_file(parties: Iterable[Party], sequence: int = 1) -> bytes:
    """The `parties` file."""
    return _file("parties", sequence, _PARTIES, [_party(party) for party in parties])


def dues_file(dues: Iterable[Due], sequence: int = 1) -> bytes:
    """The `dues` file; its trailer carries the sum of the amounts."""
    listed = list(dues)
    return _file("dues", sequence, _DUES, [_due(due) for due in listed], sum(due.cents for due in listed))


def euros(cents: int) -> str:
    """Decimal euros as in the files: `450.00`, `-56.00`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _lease(lease: Lease) -> Sequence[str]:
    place, holder = lease.residence, lease.holder
    return (
        lease.lease_id,
        lease.status,
        lease.start_date.isoformat(),
        _day(lease.end_date),
        lease.unit_id,
        lease.unit_kind,
        place.residence_id,
        place.name,
        place.street,
        place.postal_code,
        place.commune,
        lease.account_group or "",
        holder.name,
        holder.email,
        holder.phone,
        holder.language,
        "oui" if lease.e_receipt_consent else "non",
    )


def _party(party: Party) -> Sequence[str]:
    person = party.person
    who = (party.lease_id, party.party_id, party.role, person.name, person.email, person.phone)
    return (*who, party.share_percent, party.from_date.isoformat(), "")


def _due(due: Due) -> Sequence[str]:
    return (due.due_id, due.lease_id, due.kind, due.period, due.due_date.isoformat(), euros(due.cents), due.label)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _file(kind: str, sequence: int, header: str, rows: Sequence[Sequence[str]], control: int = 0) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    text.write(f"#quitus;{kind};1;{sequence}\n{header}\n")
    writer.writerows(rows)
    text.write(f"#end;{len(rows)};{euros(control)}\n")
    return text.getvalue().encode()
