"""The app client of one landlord's ERP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

from access.stack import arguments, granted, outputs, say
from quitus.adapters import keys
from quitus.adapters.dynamo import DynamoTable
from quitus.domain.access import API_SCOPE
from quitus.services.claims import Grant
from quitus.services.table import New, Put, Table

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def make(cognito: CognitoIdentityProviderClient, table: Table, pool_id: str, grant: Grant) -> dict[str, str]:
    """Make the client and its row; until the row is written the client's tokens have no scope."""
    client = cognito.create_user_pool_client(UserPoolId=pool_id, **_settings(grant))["UserPoolClient"]
    row = keys.client(client["ClientId"]).row(landlord=grant.landlord_id, role=grant.role.value)
    table.write([Put(row, New())])
    return {"client_id": client["ClientId"], "client_secret": client["ClientSecret"], "scope": API_SCOPE}


def _settings(grant: Grant) -> dict[str, Any]:
    """Client credentials and nothing else: nobody signs in through it, nobody writes an attribute through it."""
    return {
        "ClientName": f"{grant.role}-{grant.landlord_id}",
        "GenerateSecret": True,
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": [API_SCOPE],
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        "WriteAttributes": ["locale"],
        "AccessTokenValidity": 60,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "EnableTokenRevocation": True,
        "PreventUserExistenceErrors": "ENABLED",
    }


def main() -> None:
    """Make the client that the arguments ask for."""
    parser = arguments("Makes the app client of one landlord's ERP; its secret is printed once.")
    parser.add_argument("--role", default="erp", help="role of the machine")
    asked = parser.parse_args()
    grant = granted(asked.landlord, asked.role)
    stack = outputs(asked.stack)
    table = DynamoTable(boto3.client("dynamodb"), stack["TableName"])
    made = make(boto3.client("cognito-idp"), table, stack["UserPoolId"], grant)
    say({**made, "token_url": stack["TokenUrl"]})


if __name__ == "__main__":
    main()
