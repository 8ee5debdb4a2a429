"""Functions' processes are killed while they work, and every batch is told twice: no balance shows it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from cloud.clients import client
from cloud.idle import wait_until_idle
from demonstration.bank import Address
from demonstration.camt import Party, notice_file, statement_file
from demonstration.erp_files import dues_file, leases_file
from demonstration.estate import estate
from demonstration.ibans import french_iban

from .api import Api
from .conftest import Cloud
from .first_flow import BANK, BRANCH, DAY, Credit, _due, expected, statement_of
from .test_first_flow import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

LEASES, CREDITS = 60, 400
ACCOUNT = french_iban(BANK, BRANCH, "20000000002")
KILLS, LEAST_KILLS = 6, 2
FIRST_GAPS, LATER_GAPS = (0.1, 0.4), (0.2, 2.5)
"""Seconds between kills: a machine that is done within seconds has its least number of them in the first one."""
SOON_SECONDS = 4
TRIES = 1_000
"""A function that is only slow is told its batch again every few seconds: that must not use up its tries."""
PATIENCE_SECONDS = 240


@pytest.fixture
def landlord() -> str:
    return "killed"


@pytest.fixture
def retried_soon(cloud: Cloud) -> Iterator[None]:
    """What a killed function had taken is visible again within seconds instead of minutes, in every queue."""
    sqs = client(cloud.place, "sqs")
    usual: dict[str, dict[QueueAttributeNameType, str]] = {}
    for url in (url for name, url in cloud.outputs.items() if name.endswith("QueueUrl")):
        held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout", "RedrivePolicy"])
        usual[url] = held["Attributes"]
        redrive = json.loads(usual[url]["RedrivePolicy"]) | {"maxReceiveCount": TRIES}
        sqs.set_queue_attributes(
            QueueUrl=url,
            Attributes={"VisibilityTimeout": str(SOON_SECONDS), "RedrivePolicy": json.dumps(redrive)},
        )
    yield
    for url, attributes in usual.items():
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def functions_of(endpoint: str) -> Iterator[int]:
    """The processes of the cloud's functions."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command, settings = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            if b"awslambdaric" in command and f"AWS_ENDPOINT_URL={endpoint}".encode() in settings.split(b"\0"):
                yield int(folder.name)


@contextmanager
def killing(cloud: Cloud, rng: Random) -> Iterator[list[int]]:
    """Kills a function now and then, at moments that chance chooses; a killed one starts again from cold."""
    killed: list[int] = []
    over = Event()

    def gap() -> float:
        return rng.uniform(*(FIRST_GAPS if len(killed) < LEAST_KILLS else LATER_GAPS))

    def kill() -> None:
        while len(killed) < KILLS and not over.wait(gap()):
            running = list(functions_of(cloud.outputs["endpoint"]))
            if running:
                victim = rng.choice(running)
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)

    thread = Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the functions' processes under /proc")
@pytest.mark.usefixtures("retried_soon")
def test_killed_functions_and_repeated_files_change_no_balance(
    cloud: Cloud, api: Api, drop: Callable[[str, bytes], None]
) -> None:
    rng = Random("kills")
    told: dict[str, Any] = settings("https://erp.example.org") | {
        "bank_accounts": [{"iban": ACCOUNT, "bic": "SWNBFR22XXX", "profile": "default"}],
        "erp": {"kind": "none", "url": None, "accounts": {}},
    }
    told["virtual_iban_range"] |= {"account_prefix": "6"}
    assert api.put("/v1/landlords/killed", told).status == 201
    leases = [
        replace(lease, lease_id=f"K-{place}", account_group=None)
        for place, lease in enumerate(estate(3, LEASES, DAY).leases)
    ]
    dues = [_due(lease, number, "rent", DAY, rng.randint(20_000, 90_000)) for lease in leases for number in (0, 1)]
    with killing(cloud, rng) as killed:
        drop("erp/leases.csv", leases_file(leases))
        wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
        drop("erp/dues.csv", dues_file(dues))
        wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
    found = {item["lease_id"]: item for item in api.get("/v1/leases", limit=500).body["items"]}
    addresses = {name: Address(item["virtual_iban"], item["payment_reference"]) for name, item in found.items()}
    payer = Party("CAMILLE ROUX", french_iban("30004", "00001", "00000000001"))
    booked = [
        Credit(rng.choice(leases).lease_id, rng.randint(1_000, 99_000), f"K{place}", payer) for place in range(CREDITS)
    ]
    statement = replace(statement_of(booked, addresses), account=ACCOUNT)
    with killing(cloud, rng) as killed_too:
        for name, content in (("a.xml", statement_file(statement)), ("b.xml", notice_file(statement)), ("c.xml", None)):
            drop(f"bank/{name}", content or statement_file(statement))
            time.sleep(rng.uniform(0, 2))
        wait_until_idle(cloud.place, cloud.outputs, PATIENCE_SECONDS)
    assert min(len(killed), len(killed_too)) >= LEAST_KILLS
    outcome = expected(dues, booked)
    after = api.get("/v1/leases", limit=500).body["items"]
    balances = {item["lease_id"]: (item["balance_cents"], item["credit_cents"]) for item in after}
    assert balances == {name: (lease.balance_cents, lease.credit_cents) for name, lease in outcome.items()}
    (proof,) = api.get("/v1/proof", date=DAY).body["accounts"]
    assert (proof["status"], proof["difference_cents"]) == ("proved", 0)
