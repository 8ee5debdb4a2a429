"""The same deployment with nothing around it that decides nothing, so that thousands of small stories can be played.

Handlers, services, adapters, table, queues, buckets, clock and ERP are those of the whole world, and every call passes
the turnstile. Left out are the text of bank files (whoever reads one is handed what it says), events and answers as the
cloud writes them in JSON, the log's lines, and the log of rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any, BinaryIO, Final

import pytest
from aws_lambda_powertools.utilities.batch.types import PartialItemFailures
from botocore.exceptions import BotoCoreError, ClientError
from simulation.world import _CONTEXT, LONGEST, SCHEDULES, Saved, Stuck, World

import apply_erp_file.app
import forward_changes.app
import intake_file.app
import post_movements.app
import push_erp.app
import settle_pending.app
import sweep_drops.app
import update_views.app
from quitus.adapters.sqs_batch import Failed, Message
from quitus.banking.recognition import BankFile
from quitus.domain.errors import Contention
from quitus.domain.movement import Movement, Statement
from quitus.services import bank_intake, bank_statements
from quitus.services.table import Stale

type Parts = Sequence[Movement | Statement]
"""What a bank file says: the movements of each statement, then the statement."""

_APPS: Final[Sequence[ModuleType]] = (
    apply_erp_file.app,
    intake_file.app,
    post_movements.app,
    push_erp.app,
    settle_pending.app,
    update_views.app,
)
_REPAIRING: Final = (sweep_drops.app.handler, push_erp.app.handler)
"""Schedules that find at once what was lost on the way; others only watch."""
_QUIETEST = 12
"""Rounds of schedules after which nothing may wait any more."""


class LeanWorld(World):
    """A world whose bank files are handed over as they are to be read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.lives = False
        self.said: dict[bytes, tuple[str, Parts]] = {}
        """The format of a file and what it says, by its bytes."""
        monkeypatch.setattr(bank_intake, "open_bank_file", self._opened)
        monkeypatch.setattr(bank_statements, "read_bank_file", self._read)
        monkeypatch.setattr(logging.getLogger("quitus"), "disabled", True)
        for app in _APPS:
            monkeypatch.setattr(app, "each_message", _each_message)

    def forget_and_become(self, other: Saved) -> None:
        """See `World.forget_and_become`."""
        super().forget_and_become(other)
        self.lives = False

    def _begin(self) -> None:
        """A process lives on until it is killed: what it made once is used again."""
        if not self.lives:
            super()._begin()
        self.lives = True

    def _died(self) -> None:
        self.lives = False

    def _opened(self, stream: BinaryIO) -> BankFile:
        return BankFile(self.said[stream.read()][0], stream)

    def _read(self, opened: BankFile, profile: object) -> Iterator[Movement | Statement]:
        return iter(self.said[opened.rewound().read()][1])

    def bring(self, name: str, channel: str, parts: Parts, *, announced: bool = True) -> None:
        """The bank drops a file."""
        content = f"{channel} {name.partition('.')[0]}".encode()
        self.said[content] = channel, parts
        self.drop(f"semiga/bank/{name}", content, announced=announced)

    def stream(self, most: int = 100) -> None:
        """See `World.stream`: only the keys are looked at."""
        some = self.table.stream[:most]
        records = [{"dynamodb": {"Keys": {"PK": {"S": one.row["PK"]}, "SK": {"S": one.row["SK"]}}}} for one in some]
        with self._process():
            forward_changes.app.handler({"Records": records}, _CONTEXT)
            del self.table.stream[: len(some)]

    def log(self, most: int = 100) -> None:
        """The log of rows is left out."""
        del self.table.unlogged[:most]

    def insist(self, act: Callable[[], object]) -> None:
        """Somebody asks until it is done. Raises Stuck."""
        done = list[object]()
        for _ in range(_QUIETEST):
            with self._process(), suppress(Contention):
                act()
                done.append(act)
            if done:
                return
        raise Stuck(act)

    def fire(self, handler: Callable[..., object]) -> None:
        """One schedule fires."""
        with self._process():
            handler({}, _CONTEXT)

    def drain(self) -> None:
        """Work off what waits, then what came of it. Raises Stuck."""
        for _ in range(LONGEST):
            if self.queues.waiting:
                first = self.queues.waiting[0]
                self.deliver(0)
                if self.queues.waiting[:1] == [first]:
                    self.queues.waiting.append(self.queues.waiting.pop(0))
            elif self.table.stream:
                self.stream()
            else:
                return
        raise Stuck(self.queues.waiting[0].queue)

    def rest(self) -> None:
        """Work off everything, with one round of schedules. Raises Stuck."""
        self.drain()
        self.clock.tick(90)
        for handler in _REPAIRING:
            self.fire(handler)
        self.drain()

    def settle(self) -> None:
        """Work off everything; schedules fire until they find nothing to do. Raises Stuck."""
        for _ in range(_QUIETEST):
            self.drain()
            self.clock.tick(30)
            changed = self.table.sequence
            for handler in SCHEDULES:
                self.fire(handler)
            if self.table.sequence == changed and not self.queues.waiting:
                return
        self.drain()


def _each_message(event: dict[str, Any], do: Callable[[Message], object], sqs: object) -> Failed:
    """See `sqs_batch.each_message`; what no cloud and nobody else brought about is raised at once."""
    failed: list[PartialItemFailures] = []
    for record in event["Records"]:
        try:
            do(Message(record["body"], record["eventSourceARN"]))
        except (Contention, Stale, BotoCoreError, ClientError):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
