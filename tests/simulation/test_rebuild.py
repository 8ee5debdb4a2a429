"""A landlord's table is wiped and made again from the raw files and the action log, whatever came in which order.

scripts/test plays some hundred bank lines; `scripts/simulate --rebuild N` plays N.
"""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterator
from datetime import date

import pytest
from builders import BANK_ACCOUNT
from many_days import statements_of
from rebuilds import compared, rebuilt
from simulation import world as worlds
from simulation.cloud import no_fault
from simulation.world import LANDLORD, RAW, SETTINGS, World, some

from demonstration.camt import notice_file, statement_file
from demonstration.days import latest_month
from demonstration.dues import called
from demonstration.erp_files import dues_file, leases_file, parties_file
from demonstration.estate import FEWEST_LEASES, estate
from quitus.services import bank_statements
from quitus.services.messages import MOVEMENTS_AT_ONCE

SEED = int(os.environ.get("QUITUS_SEED", "20261125"))
LINES = int(os.environ.get("QUITUS_REBUILD", "400"))
LAST = date(2026, 11, 5)
CHEQUES = 5


def busy(world: World) -> None:
    """A landlord whose files come in an order of chance, while processes die."""
    chance = random.Random(SEED)
    addresses = let(world)
    files = list(bank_files(addresses, chance))
    chance.shuffle(files)
    world.turnstile.plan = some(chance, 0.002)
    for name, content in files:
        world.drop(f"{LANDLORD}/bank/{name}", content, announced=chance.random() < 0.9)
        world.drain()
    world.settle()
    decide(world, sorted(addresses), chance)
    world.turnstile.plan = no_fault
    world.settle()


def let(world: World) -> dict[str, str]:
    """A landlord's leases and dues, from its ERP's files; their virtual IBANs."""
    assert world.ask("PUT", f"/v1/landlords/{LANDLORD}", SETTINGS).status == 201
    town = estate(1, max(FEWEST_LEASES, LINES // 20), LAST)
    dues = called(1, town, latest_month(LAST)).dues
    told = {"leases": leases_file(town.leases), "parties": parties_file(town.parties), "dues": dues_file(dues)}
    for kind, content in told.items():
        world.drop(f"{LANDLORD}/erp/{kind}.csv", content)
        world.settle()
    wanted = [lease.lease_id for lease in town.leases]
    return {name: world.ask("GET", f"/v1/leases/{name}").body["virtual_iban"] for name in wanted}


def bank_files(addresses: dict[str, str], chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Every day's statement; most days' notices too; some statements again, packed."""
    for statement in statements_of(BANK_ACCOUNT, addresses, LINES, LAST, chance):
        content = statement_file(statement)
        yield f"{statement.statement_id}.xml", content
        if chance.random() < 0.5:
            yield f"avis-{statement.statement_id}.xml", notice_file(statement)
        if chance.random() < 0.2:
            yield f"{statement.statement_id}.xml.gz", gzip.compress(content)


def decide(world: World, lease_ids: list[str], chance: random.Random) -> None:
    """People receive cheques and put what is in suspense on leases."""
    for number in range(CHEQUES):
        body = {"lease_id": chance.choice(lease_ids), "amount_cents": 10_000 + number, "means": "cheque"}
        body |= {"received_on": LAST.isoformat()}
        assert world.ask("POST", "/v1/payments", body, key=f"cheque-{number}").status == 201
    for payment in world.ask("GET", "/v1/payments?status=suspense&limit=20").body["items"]:
        path, order = (
            f"/v1/payments/{payment['payment_id']}/assign",
            {"lease_id": chance.choice(lease_ids), "reason": "vu"},
        )
        assert world.ask("POST", path, order, key=payment["payment_id"]).status == 200


def test_a_table_that_was_wiped_is_made_again_from_files_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "LONGEST", 50 * LINES)
    world = World(monkeypatch)
    monkeypatch.setattr(bank_statements, "MOVEMENTS_AT_ONCE", MOVEMENTS_AT_ONCE)
    busy(world)
    live = compared(world.buckets.objects, RAW, world.table).live
    for seed in (1, 2):
        report, table = rebuilt(world.buckets.objects, RAW, seed)
        assert report.is_clean, report.findings.told
        assert (report.rebuilt, report.log, table.rows) == (live, live, world.table.rows)
        assert report.reread.bank_lines >= LINES
        assert (report.reread.otherwise, report.reread.sealed) == (0, 0)
