"""The beginnings of an index and of a round."""

from __future__ import annotations

from pathlib import Path

from chiso.index.loading import load_index
from chiso.problems import InvalidInput, Problem
from chiso.tables import atomic_write

_INDEX = """\
# An index is data. Check it with: chiso lint {name}
# Write its rulebook with:          chiso rulebook {name}
index: {stem}
version: "1"
title:
  vi: Bộ chỉ số mới
  en: A new index
groups:
  province: {{vi: "tỉnh, thành phố", en: provinces and cities}}
points: 20

facts:                       # asked once of every body, used by any criterion
  staff:
    type: integer
    min: 1
    title: {{vi: Số cán bộ, en: Staff}}
    unit: {{vi: người, en: people}}

pillars:
  - id: infrastructure
    title: {{vi: Hạ tầng, en: Infrastructure}}
    points: 20
    criteria:
      - id: staff_with_computer
        title: {{vi: Tỷ lệ cán bộ có máy tính, en: Staff with a computer}}
        points: 20
        inputs:
          computers:
            type: integer
            min: 0
            title: {{vi: Số máy tính, en: Computers}}
        rule: {{share: computers / staff}}
        evidence:
          required: true
          ask: {{vi: Biểu tổng hợp trang thiết bị, en: An inventory of equipment}}
        examples:
          - {{given: {{computers: 90, staff: 100}}, points: 18}}
"""

_ROUND = """\
# One index version applied to some groups for one year. Run it with: chiso run {folder}
round: {round}
title:
  vi: Kỳ đánh giá {year}
  en: Assessment {year}
index: {index}
year: {year}
bodies: vietnam              # or a folder here with bodies.csv
groups: [{groups}]
answers:
  - forms: reports           # filled Excel forms; write empty ones with: chiso form {folder} --all
"""


def new_index(path: Path) -> None:
    """Write a small index that passes its checks.

    Raises InvalidInput if the file exists or its name is no YAML name.
    """
    if path.suffix not in {".yaml", ".yml"}:
        raise InvalidInput(Problem("an index file ends in .yaml", file=str(path)))
    refuse_existing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    stem = "".join(c if c.isalnum() else "-" for c in path.stem.lower())
    with atomic_write(path) as file:
        file.write(_INDEX.format(name=path.name, stem=stem).encode())


def new_round(folder: Path, index: str, year: int, groups: list[str] | None = None) -> None:
    """Make a round's folder with `round.yaml` and a folder for filled forms.

    Raises InvalidInput if the folder already holds a round, or the index or a group is unknown.
    """
    loaded = load_index(index)
    chosen = groups or list(loaded.groups)
    unknown = [group for group in chosen if group not in loaded.groups]
    if unknown:
        known = ", ".join(loaded.groups)
        raise InvalidInput(f"the index {loaded.key} has no group '{unknown[0]}'; groups: {known}")
    path = folder / "round.yaml"
    refuse_existing(path)
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    if Path(index).is_file():  # the round carries its own rules with it
        index = _copy_index(Path(index), folder)
    stem = "-".join("".join(c if c.isalnum() else " " for c in folder.name.lower()).split())
    text = _ROUND.format(
        folder=folder, round=stem or "round", year=year, index=index, groups=", ".join(chosen)
    )
    with atomic_write(path) as file:
        file.write(text.encode())


def _copy_index(source: Path, folder: Path) -> str:
    target = folder / source.name
    if not target.exists() or not target.samefile(source):
        refuse_existing(target)
        with atomic_write(target) as file:
            file.write(source.read_bytes())
    return target.name


def refuse_existing(path: Path) -> None:
    """Raise InvalidInput if a file is already there: beginnings never overwrite."""
    if path.exists():
        raise InvalidInput(Problem("exists already; nothing was changed", file=str(path)))
