"""The emulator's process: runs in its own environment, stops with whoever started it, and tells its progress.

It serves a listening socket that its starter opened: nobody else can have the port, and who calls early waits. It reads
its standard input to the end. `stay` there means that the cloud is deployed; anything else means that the starter ended
half-way, so this process ends too. `/_local/progress` and `/_local/types` answer what no AWS API tells: how far event
sources are behind, and which resource types a stack may hold.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as emulator
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import dynamodb, lambda_svc

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Scope]]
type Send = Callable[[Scope], Awaitable[None]]

CONTINUE = b"stay"
SCRIPTS = Path(__file__).resolve().parents[1]


def follow_starter() -> None:
    told = b""
    while part := os.read(sys.stdin.fileno(), len(CONTINUE)):
        told += part
    if told != CONTINUE:
        os.kill(os.getpid(), signal.SIGTERM)


def behind(account: str, region: str, mapping: dict[str, Any]) -> int:
    """How many records of its stream an event source mapping has not had yet."""
    source = mapping.get("EventSourceArn", "")
    if ":dynamodb:" not in source:
        return 0
    _request_account_id.set(account)
    _request_region.set(region)
    table = source.split("/")[1]
    start, end = dynamodb.stream_start_position(table), dynamodb.stream_end_position(table)
    position = lambda_svc._dynamodb_stream_positions.get(mapping["UUID"])
    return int(end - max(start, end if position is None else position))


def progress() -> dict[str, int]:
    streams = sum(behind(*mapping) for mapping in lambda_svc._iter_all_esms())
    return {"stream_records": streams, "batches": sum(lambda_svc._esm_inflight.values())}


def types() -> list[str]:
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS  # noqa: PLC0415 - two seconds

    return sorted(_RESOURCE_HANDLERS)


ANSWERS: dict[str, Callable[[], object]] = {"/_local/progress": progress, "/_local/types": types}


def with_answers(inner: Callable[[Scope, Receive, Send], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        answer = ANSWERS.get(scope.get("path", ""))
        if answer is None:
            return await inner(scope, receive, send)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        return await send({"type": "http.response.body", "body": json.dumps(answer()).encode()})

    return application


def keep_logs(journal: Path) -> None:
    """Writes what every invocation logs into a file too (see journal.py): it stays however the emulator ends."""
    run = lambda_svc._execute_function_dispatch
    one_at_a_time = threading.Lock()

    def run_and_tell(func: Any, config: Any, event: Any, request_id: str, started: float) -> Any:
        result = run(func, config, event, request_id, started)
        lines = (result.get("log") or "").splitlines()
        if result.get("error"):
            lines.append(f"FAILED {json.dumps(result.get('body'))}")
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or config["FunctionName"]
        with one_at_a_time, journal.open("a") as stream:
            stream.writelines(f"{group.rpartition('/')[2]} {request_id} {line}\n" for line in lines)
        return result

    lambda_svc._execute_function_dispatch = run_and_tell


def provide_cards(listening: int) -> None:
    """Starts the provider of card payments: it is of this process's group, and its standard input ends with it."""
    subprocess.Popen(
        [sys.executable, "-m", "card_provider", "--fd", str(listening), "--attached"],
        stdin=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SCRIPTS), "PYTHONDONTWRITEBYTECODE": "1"},
        pass_fds=[listening],
    )


def main(folder: Path, listening: int, cards: int | None = None) -> None:
    threading.Thread(target=follow_starter, daemon=True).start()
    keep_logs(folder / "functions.log")
    if cards is not None:
        provide_cards(cards)
    settings = Config()
    settings.bind = [f"fd://{listening}"]
    settings.keep_alive_timeout = 75
    settings.loglevel = os.environ["LOG_LEVEL"]
    try:
        asyncio.run(serve(with_answers(emulator.app), settings))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
