"""Bearer tokens of people and machines, issued by the user pool through its real trigger."""

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from access.erp_client import make
from cloud.clients import client
from cloud.errors import NoToken
from cloud.places import Place
from quitus.adapters.dynamo import DynamoTable
from quitus.domain.access import API_SCOPE, Role
from quitus.services.claims import Grant, grant

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

MACHINE_ROLE = Role.ERP


def token(place: Place, stack: dict[str, str], landlord_id: str, role: str) -> str:
    """An access token that speaks for this landlord and role."""
    asked = grant(landlord_id, role)
    if asked is None:
        raise NoToken(f"no landlord can be called {landlord_id!r} and act as {role!r} (roles: {', '.join(Role)})")
    return machine_token(place, stack, asked) if role == MACHINE_ROLE else person_token(place, stack, asked)


def person_token(place: Place, stack: dict[str, str], person: Grant) -> str:
    """Signs a person in, who is made the first time."""
    cognito = client(place, "cognito-idp")
    address = f"{person.role}-{hashlib.sha256(person.landlord_id.encode()).hexdigest()[:16]}@people.example"
    password = "Aa1!" + hashlib.sha256(f"{stack['secret_access_key']}{address}".encode()).hexdigest()
    try:
        return sign_in(cognito, stack, address, password)
    except (cognito.exceptions.NotAuthorizedException, cognito.exceptions.UserNotFoundException):
        create_person(cognito, stack["UserPoolId"], person, address, password)
    return sign_in(cognito, stack, address, password)


def sign_in(cognito: "CognitoIdentityProviderClient", stack: dict[str, str], address: str, password: str) -> str:
    answer = cognito.admin_initiate_auth(
        UserPoolId=stack["UserPoolId"],
        ClientId=stack["StaffClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": address, "PASSWORD": password},
    )
    return answer["AuthenticationResult"]["AccessToken"]


def create_person(
    cognito: "CognitoIdentityProviderClient", pool: str, person: Grant, address: str, password: str
) -> None:
    attributes = {
        "email": address,
        "email_verified": "true",
        "custom:landlord": person.landlord_id,
        "custom:role": person.role,
    }
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):  # another process was first
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=address,
            MessageAction="SUPPRESS",
            TemporaryPassword=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )
    cognito.admin_set_user_password(UserPoolId=pool, Username=address, Password=password, Permanent=True)


def machine_token(place: Place, stack: dict[str, str], machine: Grant) -> str:
    """The client credentials grant of the landlord's app client, which is made the first time."""
    cognito = client(place, "cognito-idp")
    found = find_client(cognito, stack["UserPoolId"], f"{machine.role}-{machine.landlord_id}")
    if found is None:
        table = DynamoTable(client(place, "dynamodb"), stack["TableName"])
        made = make(cognito, table, stack["UserPoolId"], machine)
        found = made["client_id"], made["client_secret"]
    form = {"grant_type": "client_credentials", "client_id": found[0], "client_secret": found[1], "scope": API_SCOPE}
    with urlopen(Request(f"{place.endpoint}/oauth2/token", data=urlencode(form).encode()), timeout=30) as answer:
        issued: str = json.load(answer)["access_token"]
    return issued


def find_client(cognito: "CognitoIdentityProviderClient", pool: str, name: str) -> tuple[str, str] | None:
    """The id and the secret of an app client by its name."""
    for page in cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool):
        for each in page["UserPoolClients"]:
            if each["ClientName"] == name:
                told = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=each["ClientId"])["UserPoolClient"]
                return told["ClientId"], told["ClientSecret"]
    return None
