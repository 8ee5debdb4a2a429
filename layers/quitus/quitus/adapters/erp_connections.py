"""From a landlord's settings to its ERP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quitus.adapters.erp_files import FileErp
from quitus.adapters.erp_http import HttpErp
from quitus.domain.landlord import ErpKind, Landlord
from quitus.services.push_erp import Erp

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, slots=True)
class ErpConnections:
    """Connects to ERPs; `loopback` lets plain HTTP reach the machine itself (the local cloud)."""

    secrets: SecretsManagerClient
    secret_prefix: str
    s3: S3Client
    export_bucket: str
    loopback: bool

    def connect(self, landlord: Landlord) -> Erp:
        """The landlord's ERP; what is wrong with its settings shows as refused batches."""
        if landlord.erp.kind is ErpKind.FILE:
            return FileErp(self.s3, self.export_bucket, landlord.landlord_id)
        return HttpErp(landlord.erp.url, lambda: self._secret(landlord.landlord_id), loopback=self.loopback)

    def _secret(self, landlord_id: str) -> str | None:
        try:
            answer = self.secrets.get_secret_value(SecretId=f"{self.secret_prefix}{landlord_id}/erp")
        except self.secrets.exceptions.ResourceNotFoundException:
            return None
        return answer.get("SecretString")
