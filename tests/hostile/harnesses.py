"""One harness per reader: any bytes at all are read, or refused with an enumerated reason; nothing else may happen.

The same functions are fed by atheris (`scripts/fuzz`) and, for a few seconds, by chance in the tests. This module
imports nothing but the product, so that it runs where only atheris is installed.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable
from typing import Final

from quitus.banking.camt.messages import read_camt
from quitus.banking.cfonb import read_cfonb
from quitus.banking.mt940 import read_mt940
from quitus.banking.problems import Reason
from quitus.banking.profiles import DEFAULT
from quitus.banking.reader import Read
from quitus.banking.reading import read_bank_file
from quitus.banking.recognition import open_bank_file
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Movement, Statement
from quitus.services.erp_files import parse
from quitus.services.refusals import FileRefusal

type Harness = Callable[[bytes], None]

_REASONS: Final = frozenset(reason.value for reason in Reason)
_REFUSALS: Final = frozenset(refusal.value for refusal in FileRefusal)


def _enumerated(refusal: UnreadableFile, codes: frozenset[str]) -> None:
    assert refusal.code in codes, f"{refusal.code} is not enumerated"


def _reads(read: Read) -> Harness:
    def harness(data: bytes) -> None:
        last: Movement | Statement | None = None
        try:
            for part in read(io.BytesIO(data), DEFAULT):
                last = part
                if isinstance(part, Statement):
                    assert {problem.code for problem in part.problems} <= _REASONS
        except UnreadableFile as refusal:
            _enumerated(refusal, _REASONS)
        else:
            assert not isinstance(last, Movement), "movements that no statement closes"

    return harness


def recognition(data: bytes) -> None:
    """Unpack, recognise, read."""
    try:
        with open_bank_file(io.BytesIO(data)) as opened:
            deque(read_bank_file(opened), maxlen=0)
    except UnreadableFile as refusal:
        _enumerated(refusal, _REASONS)


def erp(data: bytes) -> None:
    """The frame of an ERP file: first line, header, trailer."""
    try:
        parse(data)
    except UnreadableFile as refusal:
        _enumerated(refusal, _REFUSALS)


HARNESSES: Final[dict[str, Harness]] = {
    "camt": _reads(read_camt),
    "cfonb": _reads(read_cfonb),
    "mt940": _reads(read_mt940),
    "recognition": recognition,
    "erp": erp,
}
