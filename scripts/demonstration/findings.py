"""What is asked of Quitus once everything has happened: the figures that the report shows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from demonstration.api import Api
from demonstration.days import PARIS
from demonstration.erp import Erp
from demonstration.proof import (
    Entry,
    Proof,
    account_proof,
    balances,
    bank_sides,
    compare,
    day_range,
    exported_entries,
    out_of_step,
)
from demonstration.story import LANDLORD, Story, StoryFailed
from demonstration.waiting import PAUSE_SECONDS, wait_until

_EXPORT_SECONDS: Final = 120
_ERP_SECONDS: Final = 180
_VIEWS_SECONDS: Final = 60
BANK_ACCOUNT: Final = "512"


@dataclass(frozen=True, slots=True)
class Findings:
    """Answers of the API, of the export and of the ERP."""

    proof: Proof
    by_commune: Mapping[str, Any]
    by_means: Mapping[str, Any]
    leases: Sequence[Mapping[str, Any]]
    payments: Sequence[Mapping[str, Any]]
    files: Sequence[Mapping[str, Any]]
    alerts: Sequence[Mapping[str, Any]]
    virtual_ibans: Mapping[str, int]
    erp: Mapping[str, Any]

    @property
    def suspense(self) -> list[Mapping[str, Any]]:
        """Payments whose lease is not known."""
        return [payment for payment in self.payments if payment["status"] == "suspense"]

    @property
    def rules(self) -> Counter[str]:
        """How the payments found their lease."""
        return Counter(payment["match"]["rule"] or "none" for payment in self.payments)

    @property
    def leases_paying_virtually(self) -> int:
        """Leases that received at least one payment on their virtual IBAN."""
        paid = {payment["lease_id"] for payment in self.payments if payment["match"]["rule"] == "virtual_iban"}
        return len(paid)


def find(story: Story, erp: Erp) -> Findings:
    """Wait for the ERP and ask for everything."""
    api, progress = story.api, story.progress
    first, _ = day_range(story.cast.days)
    with progress.stage("Entries exported from the ledger") as stage:
        ledger = exported_entries(export(api, first, _today(), stage.show))
        stage.reached(len(ledger))
    with progress.stage("Entries in the ERP", len(ledger)) as stage:
        wait_until(lambda: _in_erp(erp, stage.reached) >= len(ledger), _ERP_SECONDS)
    with progress.stage("Proof of every day and account"):
        proof = prove(story, ledger, erp)
    with progress.stage("Figures for the report"):
        return Findings(
            proof=proof,
            by_commune=api.get("/dashboard", by="commune", **{"from": first, "to": _today()}),
            by_means=api.get("/dashboard", by="means", **{"from": first, "to": _today()}),
            leases=list(api.items("/leases")),
            payments=list(api.items("/payments", **{"from": first, "to": _today()})),
            files=list(api.items("/files")),
            alerts=list(api.items("/alerts")),
            virtual_ibans=api.get(f"/landlords/{LANDLORD}")["virtual_ibans"],
            erp=erp.summary(),
        )


def export(api: Api, first: str, last: str, tick: Callable[[], object]) -> bytes:
    """The ledger's entries between two days, by a signed URL."""
    order = api.post("/exports", {"kind": "entries", "from": first, "to": last}, key=f"entries-{first}-{last}")
    deadline = time.monotonic() + _EXPORT_SECONDS
    while (made := api.get(f"/exports/{order['export_id']}"))["url"] is None:
        if time.monotonic() > deadline:
            raise StoryFailed(f"the export is still {made['status']} after {_EXPORT_SECONDS} s")
        tick()
        time.sleep(PAUSE_SECONDS)
    return api.download(made["url"])


def prove(story: Story, ledger: Sequence[Entry], erp: Erp) -> Proof:
    """Compare bank, ledger and ERP; the views that prove a day may follow the postings by some seconds."""
    sides = bank_sides(story.statements)
    received = erp.entries()
    in_ledger = balances(ledger)

    def compared() -> Proof:
        days = [story.api.get("/proof", date=day.isoformat()) for day in story.cast.days]
        return Proof(
            accounts=tuple(account_proof(side, days) for side in sides),
            books=compare(in_ledger, balances(received)),
            bank_in_ledger_cents=in_ledger.get(BANK_ACCOUNT, 0),
            missing_in_erp=out_of_step(ledger, received),
        )

    deadline = time.monotonic() + _VIEWS_SECONDS
    while not (proof := compared()).is_equal and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
    return proof


def _today() -> str:
    """What people decide is booked on the day on which they decide."""
    return datetime.now(PARIS).date().isoformat()


def _in_erp(erp: Erp, tell: Callable[[int], object]) -> int:
    entries = int(erp.summary()["entries"])
    tell(entries)
    return entries
