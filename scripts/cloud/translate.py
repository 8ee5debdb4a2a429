"""SAM template → plain CloudFormation, printed as JSON. Runs in the emulator's environment, which has the translator.

Usage: python translate.py TEMPLATE REGION BUCKET NAME=VALUE…; every local code folder becomes an archive of that name
in the bucket.
"""

import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def packaged(template: dict[str, Any], bucket: str) -> dict[str, Any]:
    for resource in template["Resources"].values():
        if name := CODE.get(resource["Type"]):
            resource["Properties"][name] = f"s3://{bucket}/{resource['Properties'][name]}"
    return template


def translate(template: dict[str, Any], region: str, parameters: dict[str, str]) -> dict[str, Any]:
    translator = Translator({}, Parser(), boto_session=SimpleNamespace(region_name=region))
    translated: dict[str, Any] = translator.translate(template, parameters)
    return translated


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    source, region_name, bucket_name, *assignments = sys.argv[1:]
    values = dict(assignment.split("=", 1) for assignment in assignments)
    json.dump(translate(packaged(yaml_parse(Path(source).read_text()), bucket_name), region_name, values), sys.stdout)
