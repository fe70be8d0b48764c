"""What tests of the online checks share: one small internet for the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.internet.internet import Internet


@pytest.fixture(scope="session")
def internet() -> Iterator[Internet]:
    """The test internet, without hosts: a test adds its own, under names of its own."""
    with Internet() as running:
        yield running
