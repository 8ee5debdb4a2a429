"""A person of a landlord."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from access.stack import arguments, granted, outputs, say, stop
from quitus.services.claims import Grant

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def invite(cognito: CognitoIdentityProviderClient, pool_id: str, email: str, grant: Grant) -> str:
    """Invite a person by mail; the id of the person.

    Raises:
        UsernameExistsException: someone has this address already; a person belongs to one landlord.
    """
    invited = cognito.admin_create_user(
        UserPoolId=pool_id,
        Username=email,
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "custom:landlord", "Value": grant.landlord_id},
            {"Name": "custom:role", "Value": grant.role},
        ],
    )
    return invited["User"]["Username"]


def main() -> None:
    """Invite the person that the arguments name."""
    parser = arguments("Invites a person of a landlord by mail.")
    parser.add_argument("--role", required=True, help="admin, accountant, collections or viewer")
    parser.add_argument("--email", required=True, help="where the invitation goes")
    asked = parser.parse_args()
    grant = granted(asked.landlord, asked.role)
    cognito = boto3.client("cognito-idp")
    try:
        person = invite(cognito, outputs(asked.stack)["UserPoolId"], asked.email, grant)
    except cognito.exceptions.UsernameExistsException:
        stop("Someone has this address already.")
    say({"user": person, "landlord": grant.landlord_id, "role": grant.role})


if __name__ == "__main__":
    main()
