"""Locked copies of what was dropped: anyone can check one by its name alone."""

from __future__ import annotations

import gzip
import hashlib
import io

import boto3
from botocore.stub import Stubber

from quitus.adapters.drop_store import S3RawFiles

AWS = boto3.Session(region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")
PACKED = gzip.compress(b":20:STATEMENT")


def test_a_copy_is_named_by_the_hash_of_the_bytes_that_it_holds() -> None:
    client, content = AWS.client("s3"), io.BytesIO(PACKED)
    sha256 = hashlib.sha256(PACKED).hexdigest()
    asked = {"Bucket": "raw", "Key": f"raw/semiga/{sha256}", "Body": content, "IfNoneMatch": "*"}
    with Stubber(client) as stub:
        stub.add_response("put_object", {}, asked)
        assert S3RawFiles(client, "raw").keep("semiga", content) == sha256
    assert content.getvalue() == PACKED


def test_the_same_bytes_again_change_nothing() -> None:
    client = AWS.client("s3")
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
        kept = S3RawFiles(client, "raw").keep("semiga", io.BytesIO(PACKED))
    assert kept == hashlib.sha256(PACKED).hexdigest()
