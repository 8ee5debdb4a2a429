"""Files encrypted with OpenPGP, opened with the landlord's keys from Secrets Manager."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from quitus.banking.pgp import ANYONE, is_encrypted, recipients
from quitus.banking.problems import Reason, unreadable
from quitus.banking.recognition import MAX_BYTES, MAX_RATIO, RATIO_FREE

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from pysequoia import Tsk

_HEAD = 1 << 16


def secret_name(prefix: str, landlord_id: str) -> str:
    """The name of the secret that holds a landlord's keys."""
    return f"{prefix}{landlord_id}"


def keys_in(secret: str) -> list[str]:
    """The armored private keys that a secret holds, the newest first."""
    held: list[str] = json.loads(secret)["keys"]
    return held


class PgpEnvelopes:
    """`envelopes.Envelopes`. The keys are asked for only when a file is encrypted, and never kept or logged."""

    def __init__(self, client: SecretsManagerClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    @contextmanager
    def opened(self, landlord_id: str, content: BinaryIO) -> Iterator[BinaryIO]:
        """See `Envelopes.opened`."""
        content.seek(0)
        start = content.read(_HEAD)
        content.seek(0)
        if not is_encrypted(start):
            yield content
            return
        with NamedTemporaryFile() as plain:
            _decrypt(content, plain, recipients(start), self._keys(landlord_id))
            plain.seek(0)
            yield cast("BinaryIO", plain)

    def _keys(self, landlord_id: str) -> list[str]:
        try:
            answer = self._client.get_secret_value(SecretId=secret_name(self._prefix, landlord_id))
        except self._client.exceptions.ResourceNotFoundException:
            return []
        return keys_in(answer["SecretString"])


def _decrypt(content: BinaryIO, plain: Any, wanted: Sequence[str], armored: Sequence[str]) -> None:
    """Write what a message holds to a named file, with whichever key opens it. Raises UnreadableFile."""
    from pysequoia import Tsk, decrypt_file  # noqa: PLC0415 - few files are encrypted, and loading it takes a while

    keys = [Tsk.from_bytes(key.encode()) for key in armored]
    limit = _limit(content)
    ours = [key for key in keys if ANYONE in wanted or not _ids(key).isdisjoint(wanted)]
    for key in ours:
        try:
            with _no_larger_than(limit):
                decrypt_file(f"/proc/self/fd/{content.fileno()}", plain.name, decryptor=key.decryptor())
        except (RuntimeError, OSError) as error:
            if Path(plain.name).stat().st_size >= limit:
                raise unreadable(Reason.TOO_LARGE, "The file decrypts to more than a bank file can be.") from error
        else:
            return
    raise unreadable(Reason.ENCRYPTED, _why(wanted, known=bool(keys), ours=bool(ours)))


def _ids(key: Tsk) -> set[str]:
    """The ids of a key and of its subkeys: messages name the one that they are encrypted to."""
    from pysequoia.packet import PacketPile  # noqa: PLC0415 - slow to load, as above

    return {packet.key_id for packet in PacketPile.from_bytes(bytes(key)) if packet.key_id is not None}


def _limit(content: BinaryIO) -> int:
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    return min(max(size * MAX_RATIO, RATIO_FREE), MAX_BYTES)


@contextmanager
def _no_larger_than(limit: int) -> Iterator[None]:
    """No file of this process grows beyond the limit meanwhile: the library itself writes what it decrypts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _why(wanted: Collection[str], *, known: bool, ours: bool) -> str:
    named = ", ".join(sorted({key_id.upper() for key_id in wanted if key_id != ANYONE}))
    if not wanted:
        return "The file is encrypted with a password, or cut before it says to which key."
    if not known:
        return f"The file is encrypted to key {named or 'of nobody named'}, and the landlord has no key."
    if ours and named:
        return f"The file is encrypted to the landlord's key {named}, but it is cut or was altered on its way."
    if ours:
        return "The file does not say to which key it is encrypted, and none of the landlord's opens it."
    return f"The file is encrypted to key {named}, which is none of the landlord's."
