"""Do the rebuilt rows agree with each other? Every entry's seal, every lease's chain, and its account (I2, I8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from quitus.adapters import keys, records
from quitus.adapters.account_records import account_of
from quitus.domain.lease import Account
from quitus.domain.ledger import Entry, entry_hash
from quitus.services.table import Key, Row
from rebuilding.findings import Findings, Wrong


class Owner(NamedTuple):
    """Whose entries follow one another: a lease's, or those of a payment on no lease."""

    landlord_id: str
    name: str


class Link(NamedTuple):
    """What its chain needs of an entry."""

    sequence: int
    previous: str | None
    hash: str


class Chains:
    """Gathers entries and accounts while rows pass, then holds them against each other."""

    def __init__(self, findings: Findings) -> None:
        self.entries = 0
        self._findings = findings
        self._links: dict[Owner, list[Link]] = defaultdict(list)
        self._charges: dict[Owner, list[int]] = defaultdict(list)
        self._balances: dict[Owner, int] = defaultdict(int)
        self._accounts: dict[Owner, Account] = {}

    def see(self, row: Row) -> None:
        """Take a row in."""
        key = Key.of(row)
        landlord_id, family, names = keys.parse(key.pk)
        if family == "movement":
            payment_id = keys.bucket_of(names).payment_id(int(key.sk.partition("#")[0]))
            for entry in _entries(key, names, row):
                owner = Owner(landlord_id, entry.lease_id or payment_id)
                self._links[owner].append(Link(entry.sequence, entry.previous_hash, entry.hash))
                self._weigh(owner, entry)
        elif family == "lease" and key.sk == "account":
            self._accounts[Owner(landlord_id, names[0])] = account_of(names[0], row)
        elif family == "lease" and key.sk.startswith(keys.CHARGES):
            owner = Owner(landlord_id, names[0])
            self._charges[owner].append(int(key.sk.removeprefix(keys.CHARGES)))
            if "entry" in row:
                self._weigh(owner, records.entry_of(row["entry"]))

    def _weigh(self, owner: Owner, entry: Entry) -> None:
        self.entries += 1
        if entry.hash != entry_hash(entry):
            self._findings.add(Wrong.CHAIN_BROKEN, f"{owner.landlord_id}: the seal of entry {entry.entry_id}")
        owed = (line for line in entry.lines if line.auxiliary == owner.name)
        self._balances[owner] += sum(line.debit_cents - line.credit_cents for line in owed)

    def check(self) -> None:
        """Find what does not follow from what."""
        for owner, links in self._links.items():
            links.sort()
            self._check_chain(owner, links)
        for owner, account in self._accounts.items():
            self._check_account(owner, account)

    def _check_chain(self, owner: Owner, links: Sequence[Link]) -> None:
        before: str | None = None
        for number, link in enumerate(links, 1):
            if (link.sequence, link.previous) != (number, before):
                self._findings.add(Wrong.CHAIN_BROKEN, f"{owner.landlord_id}: {owner.name}, at entry {number}")
                return
            before = link.hash

    def _check_account(self, owner: Owner, account: Account) -> None:
        """An account is what its entries and chargings made of it."""
        links = self._links.get(owner, [])
        last = links[-1] if links else Link(0, None, "")
        stands = account.sequence, account.last_hash or "", account.balance_cents
        made = last.sequence, last.hash, self._balances.get(owner, 0)
        charges = sorted(self._charges.get(owner, []))
        if stands != made or charges != list(range(1, account.charge_sequence + 1)):
            told = f"{owner.landlord_id}: lease {owner.name} is at entry {account.sequence}, balance"
            more = f"its {len(links)} entries and {len(charges)} chargings make {made[2]}"
            self._findings.add(Wrong.ACCOUNT_BEHIND, f"{told} {account.balance_cents}; {more}")


def _entries(key: Key, names: tuple[str, ...], row: Mapping[str, Any]) -> Iterator[Entry]:
    """The entries of a movement's own row, of a decision on it, or of a use of its credit."""
    ordinal, _, rest = key.sk.partition("#")
    if not rest:
        yield from records.posted_of(keys.bucket_of(names), int(ordinal), row).entries
    elif rest.startswith((keys.DECISIONS, keys.USES)):
        yield from map(records.entry_of, row["entries"])
