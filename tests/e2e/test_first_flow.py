"""A bank file becomes posted rent: the whole way through the contract alone, against an oracle of its own."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from random import Random
from threading import Thread
from typing import Any

import pytest

from demonstration.api import Api
from demonstration.bank import BIC, Address
from demonstration.camt import notice_file, statement_file
from demonstration.cloud import Cloud
from demonstration.dues import Due
from demonstration.erp_files import dues_file, leases_file
from demonstration.estate import estate
from demonstration.waiting import found_within, wait_until
from erp_stand_in import StandIn

from .conftest import Cloud as Deployed
from .first_flow import (
    ACCOUNT,
    ANNOUNCED,
    BANK,
    BRANCH,
    CREDITS,
    DAY,
    FEE_CENTS,
    OPENING_CENTS,
    PREFIX,
    UNKNOWN,
    UNNAMED,
    Credit,
    announced_of,
    credits_of,
    dues_of,
    event_of,
    expected,
    statement_of,
)

LANDLORD = "first-flow"
LEASES = 500
IDLE_SECONDS = 240


@dataclass
class Flow:
    """A landlord on the cloud, with what it was told."""

    cloud: Cloud
    api: Api
    erp: StandIn
    dues: list[Due]
    addresses: dict[str, Address]
    credits: list[Credit]

    def drop(self, name: str, content: bytes) -> None:
        self.cloud.put(f"{LANDLORD}/bank/{name}", content)
        self.settle()

    def announce(self) -> None:
        self.cloud.send_events(event_of(credit, LANDLORD, self.addresses) for credit in announced_of(self.credits))
        self.settle()

    def settle(self) -> None:
        self.cloud.idle(IDLE_SECONDS, lambda _: None)


@pytest.fixture(scope="module")
def flow(cloud: Deployed) -> Iterator[Flow]:
    """Leases and dues loaded by CSV, virtual IBANs issued, an ERP that listens, the day's credits at hand."""
    outside = Cloud(cloud.place.port)
    rng = Random("first flow")
    leases = [replace(lease, account_group=None) for lease in estate(11, LEASES, DAY).leases]
    dues = dues_of(leases, rng)
    api = Api(outside.outputs["ApiUrl"], outside.token(LANDLORD, "admin"))
    with StandIn() as erp, running(erp):
        api.put(f"/landlords/{LANDLORD}", settings(erp.url))
        load(outside, "leases", leases_file(leases))
        load(outside, "dues", dues_file(dues))
        addresses = {
            lease["lease_id"]: Address(lease["virtual_iban"], lease["payment_reference"])
            for lease in api.items("/leases")
        }
        taken = {address.virtual_iban for address in addresses.values()}
        yield Flow(outside, api, erp, dues, addresses, credits_of(leases, dues, taken, rng))


def settings(erp_url: str) -> dict[str, Any]:
    return {
        "name": "Un bailleur",
        "siren": "123456782",
        "creditor_identifier": None,
        "tolerance_cents": 500,
        "bank_accounts": [{"iban": ACCOUNT, "bic": BIC, "profile": "default"}],
        "virtual_iban_range": {
            "bank_code": BANK,
            "branch_code": BRANCH,
            "account_prefix": PREFIX,
            "bic": BIC,
            "payee_name": "Un bailleur",
        },
        "virtual_iban_per": "lease",
        "allocation_mode": "quitus",
        "erp": {"kind": "rest", "url": erp_url, "accounts": {}},
    }


@contextmanager
def running(erp: StandIn) -> Iterator[None]:
    thread = Thread(target=erp.serve_forever)
    thread.start()
    yield
    erp.shutdown()
    thread.join()


def load(cloud: Cloud, kind: str, content: bytes) -> None:
    """Drop an ERP file; every line must be accepted, and acknowledged under its physical line."""
    cloud.put(f"{LANDLORD}/erp/{kind}.csv", content)
    cloud.idle(IDLE_SECONDS, lambda _: None)
    acknowledged = cloud.export(f"{LANDLORD}/acks/{kind}.csv.csv")
    assert acknowledged is not None
    lines = list(csv.DictReader(StringIO(acknowledged.decode("utf-8-sig")), delimiter=";"))
    assert Counter(line["status"] for line in lines) == {"accepted": content.count(b"\n") - 3}
    assert sorted(int(line["line"]) for line in lines) == list(range(3, len(lines) + 3))


@dataclass(frozen=True)
class Seen:
    """What the API says at one moment."""

    balances: dict[str, tuple[int, int]]
    payments: Counter[tuple[str | None, int]]
    payment_ids: list[str]
    suspense: Counter[int]
    proof: dict[str, Any]
    files: dict[str, dict[str, Any]]


def seen(flow: Flow) -> Seen:
    payments = list(flow.api.items("/payments", **{"from": DAY.isoformat(), "to": DAY.isoformat()}))
    (proof,) = flow.api.get("/proof", date=DAY.isoformat())["accounts"]
    return Seen(
        balances={
            lease["lease_id"]: (lease["balance_cents"], lease["credit_cents"]) for lease in flow.api.items("/leases")
        },
        payments=Counter((payment["lease_id"], payment["amount_cents"]) for payment in payments),
        payment_ids=[payment["payment_id"] for payment in payments],
        suspense=Counter(payment["amount_cents"] for payment in flow.api.items("/payments", status="suspense")),
        proof=proof,
        files={file["name"]: file for file in flow.api.items("/files")},
    )


def assert_as_expected(flow: Flow, seen: Seen) -> None:
    """Balances, payments, suspense and proof are those of the oracle, to the cent."""
    outcome = expected(flow.dues, flow.credits)
    assert seen.balances == {name: (lease.balance_cents, lease.credit_cents) for name, lease in outcome.items()}
    assert seen.payments == Counter((credit.lease_id, credit.cents) for credit in flow.credits)
    assert len(set(seen.payment_ids)) == len(seen.payment_ids)
    assert seen.suspense == Counter(credit.cents for credit in flow.credits if credit.lease_id is None)
    received = sum(credit.cents for credit in flow.credits)
    proof = seen.proof
    assert (proof["status"], proof["difference_cents"], proof["lines"]) == ("proved", 0, [])
    assert (proof["opening_cents"], proof["credits_cents"]) == (OPENING_CENTS, received)
    assert (proof["debits_cents"], proof["closing_cents"]) == (FEE_CENTS, OPENING_CENTS + received - FEE_CENTS)
    assert (proof["receipts_cents"], proof["reversals_cents"], proof["other_cents"]) == (received, 0, -FEE_CENTS)


@pytest.fixture(scope="module")
def announced(flow: Flow) -> Seen:
    """Events have spoken of some credits; no file has."""
    flow.announce()
    return seen(flow)


@pytest.fixture(scope="module")
def stated(flow: Flow, announced: Seen) -> Seen:
    """The day's camt.053 has come."""
    flow.drop("releve.xml", statement_file(statement_of(flow.credits, flow.addresses)))
    return seen(flow)


@pytest.fixture(scope="module")
def noticed(flow: Flow, stated: Seen) -> Seen:
    """Then the camt.054 of the same day, with the bank's reference left out here and there."""
    flow.drop("avis.xml", notice_file(statement_of(flow.credits, flow.addresses, hide=3)))
    return seen(flow)


@pytest.fixture(scope="module")
def renamed(flow: Flow, noticed: Seen) -> Seen:
    """Then the camt.053 again, under another name."""
    flow.drop("releve-bis.xml", statement_file(statement_of(flow.credits, flow.addresses)))
    return seen(flow)


@pytest.fixture(scope="module")
def repeated(flow: Flow, renamed: Seen) -> Seen:
    """Then everything once more: the drop under its own name, and each event twice."""
    flow.drop("releve.xml", statement_file(statement_of(flow.credits, flow.addresses)))
    flow.announce()
    flow.announce()
    return seen(flow)


def test_events_are_posted_before_any_file_speaks_of_them(flow: Flow, announced: Seen) -> None:
    told = Counter((credit.lease_id, credit.cents) for credit in announced_of(flow.credits))
    assert announced.payments == told
    assert announced.proof["status"] == "awaiting_statement"


def test_a_statement_posts_every_credit_on_its_lease_or_in_suspense(flow: Flow, stated: Seen) -> None:
    assert_as_expected(flow, stated)
    file, nobodys = stated.files["releve.xml"], UNKNOWN + UNNAMED
    assert (file["kind"], file["status"], file["reason"]) == ("camt.053", "processed", None)
    assert file["counts"] == {
        "movements": CREDITS + 1,
        "posted": CREDITS - nobodys - ANNOUNCED,
        "suspense": nobodys,
        "duplicates": ANNOUNCED,
        "ignored": 1,
    }


def test_every_due_is_settled_in_the_laws_order(flow: Flow, stated: Seen) -> None:
    outcome = expected(flow.dues, flow.credits)
    for lease_id in sorted(outcome)[::8]:
        lease = flow.api.get(f"/leases/{lease_id}")
        still_open = {due["due_id"]: due["open_cents"] for due in lease["dues"] if due["amount_cents"] > 0}
        assert still_open == outcome[lease_id].open_cents


def test_the_notice_of_the_same_day_posts_nothing_again(flow: Flow, noticed: Seen) -> None:
    assert_as_expected(flow, noticed)
    counts = noticed.files["avis.xml"]["counts"]
    assert (counts["movements"], counts["posted"], counts["suspense"]) == (CREDITS + 1, 0, 0)


def test_the_statement_under_another_name_is_a_duplicate(flow: Flow, renamed: Seen) -> None:
    assert_as_expected(flow, renamed)
    assert renamed.files["releve-bis.xml"]["status"] == "duplicate"


def test_repeated_messages_change_nothing(flow: Flow, repeated: Seen) -> None:
    assert_as_expected(flow, repeated)


def test_the_erp_has_each_entry_once_in_order_and_chained(flow: Flow, repeated: Seen) -> None:
    journal = flow.erp.journal
    assert wait_until(lambda: len(journal.entries) >= CREDITS, 120)
    assert journal.errors == []
    assert len({entry["entry_id"] for entry in journal.entries}) == len(journal.entries) == CREDITS
    bank = journal.summary()["accounts"]["512"]
    assert (bank["debit_cents"], bank["credit_cents"]) == (sum(credit.cents for credit in flow.credits), 0)


def test_the_days_fec_holds_every_entry_once_under_numbers_without_a_hole(flow: Flow, repeated: Seen) -> None:
    day = DAY.isoformat()
    order = flow.api.post("/exports", {"kind": "fec", "from": day, "to": day}, key="fec")
    export = found_within(lambda: ready(flow.api, order["export_id"]), 60)
    assert export is not None
    lines = list(csv.DictReader(StringIO(flow.api.download(export["url"]).decode()), delimiter="\t"))
    numbered = list(dict.fromkeys((line["JournalCode"], line["EcritureNum"]) for line in lines))
    assert numbered == [("BQ", str(number)) for number in range(1, CREDITS + 1)]
    assert {line["EcritureDate"] for line in lines} == {f"{DAY:%Y%m%d}"}
    sides = [
        (line["CompteNum"], int(line["Debit"].replace(",", "")), int(line["Credit"].replace(",", ""))) for line in lines
    ]
    assert sum(debit for _, debit, _ in sides) == sum(credit for _, _, credit in sides)
    received = sum(credit.cents for credit in flow.credits)
    assert sum(debit - credit for account, debit, credit in sides if account == "512") == received
    assert flow.api.get("/closings")["items"][0]["through"] == day


def ready(api: Api, export_id: str) -> dict[str, Any] | None:
    export: dict[str, Any] = api.get(f"/exports/{export_id}")
    return export if export["url"] else None


def test_no_name_and_no_account_number_is_in_the_logs(flow: Flow, repeated: Seen, cloud: Deployed) -> None:
    logged = cloud.place.log.read_text(encoding="utf-8", errors="replace")
    assert "Lambda" in logged
    holders = {lease.holder.name for lease in estate(11, LEASES, DAY).leases}
    payers = {credit.payer.name for credit in flow.credits}
    numbers = {address.virtual_iban for address in flow.addresses.values()} | {ACCOUNT}
    payees = {credit.payer.iban for credit in flow.credits}
    shown = {text for text in holders | payers | numbers | payees if text.casefold() in logged.casefold()}
    assert shown == set()
