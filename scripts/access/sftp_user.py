"""A bank, an ERP or a payer of lists that drops files over SFTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3

from access.stack import arguments, granted, outputs, say, stop

FOLDERS = ("bank", "erp", "lists")


def user(stack: dict[str, str], landlord_id: str, folder: str, sender: str, public_key: str) -> dict[str, Any]:
    """The user to create: it sees one folder as `/`, and may only put into it."""
    bucket = stack["DropBucketName"]
    return {
        "ServerId": stack["SftpServerId"],
        "UserName": f"{landlord_id}-{sender}",
        "Role": stack["SftpUserRoleArn"],
        "HomeDirectoryType": "LOGICAL",
        "HomeDirectoryMappings": [{"Entry": "/", "Target": f"/{bucket}/{landlord_id}/{folder}"}],
        "Policy": json.dumps(_put_only(f"arn:aws:s3:::{bucket}/{landlord_id}/{folder}/*")),
        "SshPublicKeyBody": public_key,
    }


def _put_only(objects: str) -> dict[str, Any]:
    """What is left of the role's rights in this user's session."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Drop", "Effect": "Allow", "Action": "s3:PutObject", "Resource": objects},
            {"Sid": "FilesKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"},
        ],
    }


def main() -> None:
    """Make the user that the arguments ask for."""
    parser = arguments("Lets a bank, an ERP or a payer of lists drop files for one landlord over SFTP.")
    parser.add_argument("--folder", choices=FOLDERS, default="bank", help="what it drops")
    parser.add_argument("--sender", required=True, help="short name of who drops them")
    parser.add_argument("--public-key", required=True, type=Path, help="file that holds its SSH public key")
    asked = parser.parse_args()
    grant = granted(asked.landlord, "viewer")
    stack = outputs(asked.stack)
    if "SftpServerId" not in stack:
        stop("The stack has no SFTP server: deploy it with EnableSftp=true.")
    key = asked.public_key.read_text(encoding="ascii").strip()
    made = boto3.client("transfer").create_user(**user(stack, grant.landlord_id, asked.folder, asked.sender, key))
    say({"user": made["UserName"], "server": made["ServerId"]})


if __name__ == "__main__":
    main()
