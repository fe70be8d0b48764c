from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from chiso.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def chiso(monkeypatch, capsys):
    """Run a command as a user would: its exit code, and what it printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["chiso", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        printed = capsys.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err)

    return run


@pytest.fixture
def example():
    """The published example."""
    return ROOT / "examples" / "vietnam-ict-2019"
