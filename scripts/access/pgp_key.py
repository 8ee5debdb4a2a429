"""The keys that bank files are encrypted to: one secret per landlord, the newest key first."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import boto3
from pysequoia import CipherSuite, Profile, Tsk

from access.stack import arguments, granted, outputs
from quitus.adapters.pgp_envelopes import keys_in, secret_name

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT = 5
"""Files encrypted to older keys are opened no more: a secret holds 64 KB."""
COMMON = CipherSuite.RSA3k
"""What every bank's software knows."""


def public_key(
    client: SecretsManagerClient,
    name: str,
    landlord_id: str,
    kms_key: str,
    *,
    rotate: bool = False,
    suite: CipherSuite = COMMON,
) -> str:
    """The public key of a landlord, armored; of a new pair when there is none, or when the keys are rotated. The older
    ones stay, so that files that are under way open.
    """
    held = _held(client, name)
    if held and not rotate:
        return _public(held[0])
    made = Tsk.generate(f"Quitus {landlord_id}", profile=Profile.RFC4880, cipher_suite=suite)
    secret = json.dumps({"keys": [str(made), *(held or [])][:KEPT]})
    if held is None:
        client.create_secret(Name=name, KmsKeyId=kms_key, SecretString=secret)
    else:
        client.put_secret_value(SecretId=name, SecretString=secret)
    return _public(str(made))


def _held(client: SecretsManagerClient, name: str) -> list[str] | None:
    try:
        return keys_in(client.get_secret_value(SecretId=name)["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        return None


def _public(armored: str) -> str:
    return str(Tsk.from_bytes(armored.encode()).extract_certificate())


def main() -> None:
    """Print the public key of the landlord that the arguments name."""
    parser = arguments("Prints the public key that a landlord's bank files are encrypted to.")
    parser.add_argument("--rotate", action="store_true", help="make a new pair; the older ones still open files")
    asked = parser.parse_args()
    grant = granted(asked.landlord, "viewer")
    name = secret_name(outputs(asked.stack)["PgpSecretPrefix"], grant.landlord_id)
    client = boto3.client("secretsmanager")
    sys.stdout.write(public_key(client, name, grant.landlord_id, f"alias/{asked.stack}-data", rotate=asked.rotate))


if __name__ == "__main__":
    main()
