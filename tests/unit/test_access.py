"""The scripts that let people, machines and SFTP users in."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.stub import ANY, Stubber
from pysequoia import Cert, CipherSuite, Tsk

from access import card_keys, erp_client, pgp_key, sender, sftp_user, staff_user
from access.stack import granted
from quitus.adapters import keys
from quitus.adapters.memory import MemoryTable
from quitus.domain.access import Role
from quitus.domain.mailing import Channel
from quitus.services.claims import Grant

POOL = "eu-west-3_EXAMPLE01"
STACK = {
    "DropBucketName": "quitus-drop-123456789012-eu-west-3",
    "SftpServerId": "s-0123456789abcdef0",
    "SftpUserRoleArn": "arn:aws:iam::123456789012:role/quitus-SftpUserRole",
}
AWS = boto3.Session(region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
SECRET = "not-a-secret-" * 3


def test_a_machine_speaks_for_its_landlord_once_its_row_is_written() -> None:
    cognito, table = AWS.client("cognito-idp"), MemoryTable()
    with Stubber(cognito) as stub:
        made = {"UserPoolClient": {"ClientId": "abc123", "ClientSecret": SECRET}}
        stub.add_response("create_user_pool_client", made)
        answer = erp_client.make(cognito, table, POOL, Grant("semiga", Role.ERP))
    assert answer == {"client_id": "abc123", "client_secret": SECRET, "scope": "quitus/api"}
    row = table.get(keys.client("abc123"))
    assert row is not None
    assert (row["landlord"], row["role"]) == ("semiga", "erp")


def test_nobody_signs_in_or_changes_a_landlord_through_a_machines_client() -> None:
    cognito = AWS.client("cognito-idp")
    expected = {
        "UserPoolId": POOL,
        "ClientName": "erp-semiga",
        "GenerateSecret": True,
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": ["quitus/api"],
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        "WriteAttributes": ["locale"],
        "AccessTokenValidity": ANY,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "EnableTokenRevocation": True,
        "PreventUserExistenceErrors": "ENABLED",
    }
    with Stubber(cognito) as stub:
        made = {"UserPoolClient": {"ClientId": "abc123", "ClientSecret": SECRET}}
        stub.add_response("create_user_pool_client", made, expected)
        erp_client.make(cognito, MemoryTable(), POOL, Grant("semiga", Role.ERP))
        stub.assert_no_pending_responses()


def test_a_person_is_invited_with_landlord_and_role() -> None:
    cognito = AWS.client("cognito-idp")
    attributes = [
        {"Name": "email", "Value": "a@example.org"},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "custom:landlord", "Value": "semiga"},
        {"Name": "custom:role", "Value": "viewer"},
    ]
    with Stubber(cognito) as stub:
        expected = {
            "UserPoolId": POOL,
            "Username": "a@example.org",
            "DesiredDeliveryMediums": ["EMAIL"],
            "UserAttributes": attributes,
        }
        stub.add_response("admin_create_user", {"User": {"Username": "0c1d2e3f"}}, expected)
        assert staff_user.invite(cognito, POOL, "a@example.org", Grant("semiga", Role.VIEWER)) == "0c1d2e3f"


def test_a_bank_sees_one_folder_and_only_puts_into_it() -> None:
    made = sftp_user.user(STACK, "semiga", "bank", "bnp", "ssh-ed25519 AAAA")
    folder = f"{STACK['DropBucketName']}/semiga/bank"
    assert made["UserName"] == "semiga-bnp"
    assert made["HomeDirectoryMappings"] == [{"Entry": "/", "Target": f"/{folder}"}]
    rights = json.loads(made["Policy"])["Statement"]
    assert [(one["Action"], one["Resource"]) for one in rights if "s3" in str(one["Action"])] == [
        ("s3:PutObject", f"arn:aws:s3:::{folder}/*")
    ]


def test_an_sftp_user_is_one_that_aws_accepts() -> None:
    transfer = AWS.client("transfer")
    with Stubber(transfer) as stub:
        made = {"ServerId": STACK["SftpServerId"], "UserName": "semiga-gx"}
        stub.add_response("create_user", made)
        transfer.create_user(**sftp_user.user(STACK, "semiga", "erp", "gx", "ssh-ed25519 AAAA"))


@pytest.mark.parametrize(("landlord_id", "role"), [("semiga", "owner"), ("../other", "admin"), ("", "admin")])
def test_nothing_is_made_for_an_odd_landlord_or_role(landlord_id: str, role: str) -> None:
    with pytest.raises(SystemExit):
        granted(landlord_id, role)


NAME = "quitus/stack/pgp/semiga"
QUICK = CipherSuite.Cv25519


def test_the_first_public_key_comes_with_a_new_pair_kept_in_the_landlords_secret() -> None:
    secrets = AWS.client("secretsmanager")
    with Stubber(secrets) as stub:
        stub.add_client_error("get_secret_value", "ResourceNotFoundException", expected_params={"SecretId": NAME})
        made = {"Name": NAME, "KmsKeyId": "alias/stack-data", "SecretString": ANY}
        stub.add_response("create_secret", {}, made)
        public = pgp_key.public_key(secrets, NAME, "semiga", "alias/stack-data", suite=QUICK)
        stub.assert_no_pending_responses()
    assert public.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert str(Cert.from_bytes(public.encode()).user_ids[0]) == "Quitus semiga"


def test_the_public_key_is_the_same_until_it_is_rotated_and_the_older_pairs_stay() -> None:
    secrets, pairs = AWS.client("secretsmanager"), [str(Tsk.generate(f"pair {number}")) for number in range(6)]
    held = {"SecretString": json.dumps({"keys": pairs[:5]})}
    kept: list[list[str]] = []
    secrets.meta.events.register(
        "provide-client-params.secretsmanager.PutSecretValue",
        lambda params, **_: kept.append(json.loads(params["SecretString"])["keys"]),
    )
    with Stubber(secrets) as stub:
        stub.add_response("get_secret_value", held)
        same = pgp_key.public_key(secrets, NAME, "semiga", "k", suite=QUICK)
        stub.add_response("get_secret_value", held)
        stub.add_response("put_secret_value", {}, {"SecretId": NAME, "SecretString": ANY})
        rotated = pgp_key.public_key(secrets, NAME, "semiga", "k", rotate=True, suite=QUICK)
        stub.assert_no_pending_responses()
    assert same == str(Tsk.from_bytes(pairs[0].encode()).extract_certificate())
    assert (rotated != same, kept[0][1:], len(kept[0])) == (True, pairs[:4], pgp_key.KEPT)


CARDS = "quitus/quitus/cards/semiga/stripe"


def kept(told: list[tuple[str, dict[str, object]]], api_key: str, webhook_key: str) -> tuple[str, ...]:
    """The webhook keys after the calls that are expected."""
    secrets = AWS.client("secretsmanager")
    with Stubber(secrets) as stub:
        for call, expected in told:
            if call == "get_secret_value" and "SecretString" not in expected:
                stub.add_client_error(call, "ResourceNotFoundException", expected_params=expected)
            else:
                answer = {"SecretString": expected.pop("SecretString")} if call == "get_secret_value" else {}
                stub.add_response(call, answer, expected)
        return card_keys.keep(secrets, CARDS, "alias/quitus-data", api_key, webhook_key).webhook_keys


def test_the_first_keys_of_a_card_provider_make_its_secret() -> None:
    secret = json.dumps({"api_key": "sk", "webhook_keys": ["one"]})
    made: dict[str, object] = {"Name": CARDS, "KmsKeyId": "alias/quitus-data", "SecretString": secret}
    calls: list[tuple[str, dict[str, object]]] = [("get_secret_value", {"SecretId": CARDS}), ("create_secret", made)]
    assert kept(calls, "sk", "one") == ("one",)
    with pytest.raises(ValueError, match="both keys"):
        kept(calls[:1], "sk", "")


@pytest.mark.parametrize(
    ("held", "given", "then"),
    [
        (["one"], "two", ["two", "one"]),
        (["two", "one"], "three", ["three", "two"]),
        (["two", "one"], "", ["two", "one"]),
    ],
)
def test_a_new_webhook_key_holds_beside_the_one_before_it(held: list[str], given: str, then: list[str]) -> None:
    before = json.dumps({"api_key": "sk", "webhook_keys": held})
    after = json.dumps({"api_key": "sk", "webhook_keys": then})
    calls: list[tuple[str, dict[str, object]]] = [
        ("get_secret_value", {"SecretId": CARDS, "SecretString": before}),
        ("put_secret_value", {"SecretId": CARDS, "SecretString": after}),
    ]
    assert kept(calls, "", given) == tuple(then)


def test_a_sender_is_one_landlords_and_ses_confirms_its_address() -> None:
    table, mail = MemoryTable(), AWS.client("sesv2")
    with Stubber(mail) as stub:
        stub.add_response("create_email_identity", {}, {"EmailIdentity": "loyers@semiga.example"})
        stub.add_client_error("create_email_identity", "AlreadyExistsException")
        for _ in range(2):
            assert sender.confirm(table, mail, "semiga", Channel.EMAIL, "loyers@semiga.example")
        assert sender.confirm(table, mail, "semiga", Channel.SMS, "SEMIGA")
        assert not sender.confirm(table, mail, "habitat", Channel.EMAIL, "loyers@semiga.example")
        assert not sender.confirm(table, mail, "habitat", Channel.SMS, "Semiga")
