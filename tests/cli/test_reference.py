"""The documentation of commands and of round.yaml is tested against the code."""

import importlib.util
import re
from pathlib import Path

from chiso.rounds.reading import CHECK_STATES, DECISIONS
from chiso.rounds.spec import AnswerFile, RoundSpec

ROOT = Path(__file__).parents[2]


def test_the_page_of_commands_is_what_the_commands_say():
    path = ROOT / "scripts" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (ROOT / "docs" / "reference" / "commands.md").read_text()
    assert written == module.reference(), "run: python scripts/reference.py > docs/reference/…"


def test_the_page_of_round_yaml_names_every_key():
    page = (ROOT / "docs" / "reference" / "round-file.md").read_text()
    table = page.split("## Columns")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert set(RoundSpec.model_fields) <= named
    assert set(AnswerFile.model_fields) <= named | {"layout", "table", "file"}


def test_the_page_of_round_yaml_names_every_decision_and_state():
    page = (ROOT / "docs" / "reference" / "round-file.md").read_text()
    for word in (*DECISIONS, *CHECK_STATES):
        assert word in page
