"""Keys of the deployment in Secrets Manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class SecretKey:
    """The bytes of a secret: read once, when first needed, kept in memory for the life of the process, never logged."""

    def __init__(self, client: Callable[[], SecretsManagerClient], arn: str) -> None:
        self._client = client
        self._arn = arn
        self._held: bytes | None = None

    def __call__(self) -> bytes:
        """The key."""
        if self._held is None:
            client = self._client()
            self._held = client.get_secret_value(SecretId=self._arn)["SecretString"].encode()
        return self._held
