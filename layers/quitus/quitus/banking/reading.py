"""The reader for each format, behind one door."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from quitus.banking.camt.messages import read_camt
from quitus.banking.cfonb import read_cfonb
from quitus.banking.mt940 import read_mt940
from quitus.banking.problems import Reason, unreadable
from quitus.banking.profiles import DEFAULT, Profile
from quitus.banking.reader import Read
from quitus.banking.recognition import BankFile
from quitus.domain.errors import UnreadableFile
from quitus.domain.movement import Movement, Statement

_READERS: Final[dict[str, Read]] = {
    "camt.052": read_camt,
    "camt.053": read_camt,
    "camt.054": read_camt,
    "cfonb120": read_cfonb,
    "mt940": read_mt940,
}


def read_bank_file(file: BankFile, profile: Profile = DEFAULT) -> Iterator[Movement | Statement]:
    """Movements and statements of a recognised file, from its start (see `quitus.banking.reader.Read`).

    Raises:
        UnreadableFile: not a bank file, or one that cannot be read.
    """
    reader = _READERS.get(file.format)
    if reader is None:
        raise _refusal(file, profile)
    return reader(file.rewound(), profile)


def _refusal(file: BankFile, profile: Profile) -> UnreadableFile:
    """Why a file of no known format is refused: XML may have a reason that says more."""
    try:
        deque(read_camt(file.rewound(), profile) if file.is_xml else (), maxlen=0)
    except UnreadableFile as refusal:
        return refusal
    return unreadable(Reason.UNKNOWN_FORMAT, "Neither camt.052, camt.053, camt.054, CFONB 120 nor MT940.")
