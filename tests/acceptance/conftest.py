"""The acceptance cases are told to a deployment in memory."""

import pytest
from acceptance.case import Case
from acceptance.words import Words


@pytest.fixture
def case() -> Words:
    return Case()
