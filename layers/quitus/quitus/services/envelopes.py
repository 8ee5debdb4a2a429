"""Files that come encrypted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class Envelopes(Protocol):
    """Opens what is encrypted to a landlord."""

    def opened(self, landlord_id: str, content: BinaryIO) -> AbstractContextManager[BinaryIO]:
        """What a file holds: itself when it is not encrypted, else its content, gone at the end.

        Raises:
            UnreadableFile: `encrypted`: no key of the landlord opens it; `too_large`: beyond the limits.
        """
        ...
