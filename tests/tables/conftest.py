"""Hand-made workbooks for the tests of this room."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def workbooks() -> ModuleType:
    """The module `workbooks.py` beside this file, off the path in import mode `importlib`."""
    specification = importlib.util.spec_from_file_location(
        "workbooks", Path(__file__).with_name("workbooks.py")
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
