"""The project keeps its promises about itself."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def names(requirements):
    return {re.split(r"[<>=\[; ]", line)[0] for line in requirements}


def test_the_locked_requirements_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = names(project["project"]["dependencies"])
    lines = (ROOT / "requirements" / "run.in").read_text().splitlines()
    build = {"hatchling", "editables"}
    assert names(line for line in lines if line and not line.startswith("#")) - build == declared


def test_no_requirement_file_names_a_registry_and_all_are_hash_locked():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        packages = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
        blocks = re.split(r"^(?=[a-z0-9][\w.-]*==)", text, flags=re.MULTILINE)[1:]
        assert len(blocks) == len(packages) > 0
        assert all("--hash=sha256:" in block for block in blocks)


def test_every_decision_has_a_number_a_date_and_a_state():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        head = page.read_text().splitlines()
        assert head[0].startswith(f"# {int(page.name[:4])}. ")
        assert re.match(r"\d{4}-\d\d-\d\d · (accepted|replaced by \d+)", head[2])


def test_the_reference_of_checks_is_the_catalogue():
    made = subprocess.run(
        [sys.executable, "scripts/checks_reference.py"], cwd=ROOT, capture_output=True, check=True
    )
    assert (ROOT / "docs" / "reference" / "checks.md").read_bytes() == made.stdout


def test_links_between_documents_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    broken = []
    for page in pages:
        targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text())
        broken += [f"{page.name} → {t}" for t in targets if not (page.parent / t).exists()]
    assert broken == []
