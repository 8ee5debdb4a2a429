"""Where outsiders reach the API: a parameter that the stack writes, since no function can be told in its settings the
address of an API that is itself told of the function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class SsmAddress:
    """`payment_links.Addresses` in Systems Manager; read once, when first needed."""

    def __init__(self, client: Callable[[], SSMClient], name: str) -> None:
        self._client = client
        self._name = name
        self._held: str | None = None

    def public_url(self) -> str:
        """See `Addresses.public_url`."""
        if self._held is None:
            client = self._client()
            self._held = client.get_parameter(Name=self._name)["Parameter"]["Value"].rstrip("/")
        return self._held
