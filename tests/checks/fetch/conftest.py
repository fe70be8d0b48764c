"""A small network on loopback for the tests of the fetching."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.checks.fetch.lab import Trust, make_trust, run


@pytest.fixture
def lab() -> Callable[..., None]:
    """Runs an asynchronous test with a network of its own: `lab(test, zone)`."""
    return run


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """A root and the certificates that it signs."""
    return make_trust(tmp_path_factory.mktemp("trust"))
