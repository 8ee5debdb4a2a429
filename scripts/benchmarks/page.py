"""What the pay page costs a tenant: its function under AWS' Runtime Interface Emulator, on a local cloud, beside a
function that answers nothing, call by call (A B A B).
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from cloud import build, process, up
from cloud.clients import client
from cloud.outputs import read_outputs
from cloud.places import LOCAL, ROOT, RUNTIME_PYTHON, Place
from cloud.tokens import token

_CALLS, _STARTS, _WARMING = 300, 7, 20
_EMPTY = "def handler(event, context):\n    return {'statusCode': 200, 'headers': {}, 'body': ''}\n"
_SETTINGS = {
    "name": "Banc", "siren": "123456782", "creditor_identifier": None, "tolerance_cents": 500,
    "bank_accounts": [{"iban": "FR1420041010050500013M02606", "bic": "PSSTFRPPXXX", "profile": "default"}],
    "virtual_iban_range": {"bank_code": "17328", "branch_code": "89900", "account_prefix": "4",
                           "bic": "SWNBFR22XXX", "payee_name": "Banc"},
    "virtual_iban_per": "lease", "allocation_mode": "quitus", "erp": {"kind": "none"},
}  # fmt: skip
_LEASE = {
    "status": "active", "start_date": "2020-01-01", "unit_id": "U", "unit_kind": "dwelling", "residence_id": "R",
    "residence_name": "Les Quais", "commune": "Nîmes", "holder_name": "Camille Roux",
}  # fmt: skip
_DUE = {"kind": "rent", "period": "2026-11", "due_date": "2026-11-10", "amount_cents": 45_000}


@dataclass(frozen=True)
class Function:
    """A function under the emulator of the runtime."""

    url: str

    def call(self, event: Mapping[str, Any]) -> float:
        """Seconds of one call."""
        began = time.perf_counter()
        with urlopen(Request(self.url, data=json.dumps(event).encode()), timeout=30) as answer:
            told = json.loads(answer.read())
        if told.get("statusCode") != 200:
            raise RuntimeError(f"the function answered {told}")
        return time.perf_counter() - began


def run() -> Iterator[dict[str, Any]]:
    """The page's median and 99th percentile over those of the empty function, warm; and both from the start."""
    with _local_cloud() as (place, settings), tempfile.TemporaryDirectory() as folder:
        event = {"httpMethod": "GET", "path": _a_page(place), "headers": {}}
        empty = Path(folder)
        (empty / "app.py").write_text(_EMPTY)
        yield from _warm(empty, settings, event)
        yield from _cold(empty, settings, event)


def _warm(empty: Path, settings: Mapping[str, str], event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    with _running(empty, settings) as floor, _running(ROOT / "functions" / "pay_page", settings) as ours:
        for _ in range(_WARMING):
            floor.call(event)
            ours.call(event)
        pairs = [(floor.call(event), ours.call(event)) for _ in range(_CALLS)]
    for name, place in (("p50", 0.5), ("p99", 0.99)):
        bare, page = (_quantile([pair[side] for pair in pairs], place) for side in (0, 1))
        yield _figure(f"page.warm.{name}", page, bare)


def _cold(empty: Path, settings: Mapping[str, str], event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    starts: dict[Path, list[float]] = {empty: [], ROOT / "functions" / "pay_page": []}
    for _ in range(_STARTS):
        for folder, seconds in starts.items():
            with _running(folder, settings) as function:
                seconds.append(function.call(event))
    bare, page = (statistics.median(seconds) for seconds in starts.values())
    yield _figure("page.cold.first_answer", page, bare)


def _figure(name: str, page: float, bare: float) -> dict[str, Any]:
    return {
        "name": name,
        "ratio_to_empty_handler": round(page / bare, 1),
        "milliseconds": round(page * 1000, 1),
        "empty_milliseconds": round(bare * 1000, 1),
    }


def _quantile(values: list[float], place: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * place))]


@contextmanager
def _local_cloud() -> Iterator[tuple[Place, dict[str, str]]]:
    """A cloud of its own, and the settings with which the page's function runs on it."""
    place = Place(_free_port())
    emulator = up.start(place, None, build.sources())
    try:
        outputs = read_outputs(place)
        named = outputs["PayPageFunctionName"]
        told = client(place, "lambda").get_function_configuration(FunctionName=named)["Environment"]["Variables"]
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": outputs["region"]}
        yield place, told | keys | {"AWS_ENDPOINT_URL": outputs["endpoint"]}
    finally:
        process.end(place, emulator)
        place.lock.unlink(missing_ok=True)


def _a_page(place: Place) -> str:
    """The path of the page of a lease that owes its rent."""
    outputs = read_outputs(place)
    bearer = token(place, outputs, "bench", "admin")

    def ask(method: str, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        request = Request(f"{outputs['ApiUrl']}{path}", json.dumps(body).encode(), headers, method=method)
        with urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    ask("PUT", "/v1/landlords/bench", _SETTINGS)
    ask("PUT", "/v1/leases/L", _LEASE)
    ask("PUT", "/v1/leases/L/dues/d", _DUE)
    url: str = ask("POST", "/v1/leases/L/payment-links", {})["url"]
    return "/p/" + url.rpartition("/")[2]


@contextmanager
def _running(folder: Path, settings: Mapping[str, str]) -> Iterator[Function]:
    (rie,) = (LOCAL / "sam").glob(
        f"lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{build.architecture()}"
    )
    built = build.layers()
    path = [folder, *(built[f"layers/{name}"] for name in ("dependencies", "quitus"))]
    port = _free_port()
    command = [str(rie), "--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address",
               f"127.0.0.1:{_free_port()}", str(RUNTIME_PYTHON), "-m", "awslambdaric", "app.handler"]  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(map(str, path)), **settings}
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, cwd=folder)
    try:
        _wait_for(port)
        yield Function(f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations")
    finally:
        running.terminate()
        running.wait(timeout=10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("the runtime's emulator did not start")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
