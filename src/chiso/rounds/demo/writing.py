"""Writing the demonstration rounds: the latest as Excel forms, the earlier ones as tables."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from chiso.bodies import Body, Register, load_register
from chiso.executor import Progress, local, run_all
from chiso.index.loading import load_index
from chiso.index.model import Index, Input
from chiso.problems import InvalidInput, Problem
from chiso.rounds.answers import State
from chiso.rounds.demo.filling import awards, fill
from chiso.rounds.demo.looks import LOOKED, RULED, observations, rulings
from chiso.rounds.demo.nature import Nature
from chiso.rounds.demo.recipe import HERE, Recipe, load_recipe
from chiso.rounds.forms import fingerprint, write_form
from chiso.rounds.spec import FILE, RoundSpec, read_spec
from chiso.tables import Cell, write_csv

MARKER = "generated.json"
REPORTS = "reports"
WORKERS = 2
_LONG = ("group", "body", "key", "value", "state", "reason", "source", "evidence")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which demonstration is made: the seed, the groups, and at most so many bodies of each."""

    seed: int
    groups: tuple[str, ...]
    limit: int | None

    @property
    def mark(self) -> dict[str, object]:
        """What tells one demonstration from another, the generator itself included."""
        return {
            "generator": _version(),
            "seed": self.seed,
            "groups": list(self.groups),
            "limit": self.limit,
        }


def make_demo(
    folder: Path,
    seed: int = 2019,
    *,
    force: bool = False,
    groups: Sequence[str] | None = None,
    limit: int | None = None,
    workers: int = WORKERS,
    progress: Progress = lambda what, done, total: None,
) -> list[Path]:
    """Make the demonstration rounds in a folder, one folder a year, each whole or not at all.

    Args:
        folder: where the folders of the years go.
        seed: the same seed gives the same rounds.
        force: make them anew even where they are there already.
        groups: only these groups; all of the recipe by default.
        limit: at most so many bodies of a group report.
        workers: how many processes write forms.
        progress: is told how many forms are written.

    Returns:
        The folders that were made: none where the same rounds were there already.

    Raises:
        InvalidInput: a folder of a year is there and was not made by this generator.
    """
    recipe = load_recipe()
    plan = Plan(seed, tuple(groups or recipe.groups), limit)
    targets = [folder / str(year) for year in recipe.years]
    _refuse_others(targets)
    if not force and all(_mark(target) == plan.mark for target in targets):
        return []
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=folder) as name:
        building = Path(name)
        with local(workers) as executor:
            for year in recipe.years:
                _make_year(building / str(year), plan, year, executor, progress)
        for target in targets:
            if target.exists():
                target.rename(building / f"old-{target.name}")
            (building / target.name).rename(target)
    return targets


def _refuse_others(targets: Iterable[Path]) -> None:
    problems = [
        Problem(
            "exists and was not made by 'chiso demo'; nothing was changed",
            file=str(target),
            hint="name another folder, or move this one away",
        )
        for target in targets
        if target.exists() and _mark(target) is None
    ]
    if problems:
        raise InvalidInput(problems)


def _mark(target: Path) -> object:
    """What the marker of a generated folder says, None where there is none."""
    try:
        return json.loads((target / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@cache
def _version() -> str:
    """A mark of the generator: its code, its recipe, the form and the index."""
    parts = [path.read_bytes() for path in sorted(HERE.glob("*.*")) if path.is_file()]
    parts += [(HERE.parent / name).read_bytes() for name in ("forms.py", "form_cells.py")]
    parts.append(fingerprint(_index()).encode())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()[:16]


@cache
def _index() -> Index:
    return load_index(load_recipe().index)


@cache
def _register() -> Register:
    return load_register(load_recipe().bodies)


def _bodies(recipe: Recipe, plan: Plan, year: int) -> list[Body]:
    """The bodies that report; with a limit, the body in focus is always among them."""
    found: list[Body] = []
    for group in plan.groups:
        bodies = _register().in_group(group, on=dt.date(year, 12, 31))
        first = sorted(bodies, key=lambda body: body.code != recipe.focus)
        chosen = first[: plan.limit] if plan.limit is not None else bodies
        found.extend(body for body in bodies if body in chosen)
    return found


def _make_year(folder: Path, plan: Plan, year: int, executor: Executor, progress: Progress) -> None:
    recipe = load_recipe()
    natures = [Nature(recipe, body, year, plan.seed) for body in _bodies(recipe, plan, year)]
    folder.mkdir()
    _write_spec(folder, recipe, plan, year)
    if year == max(recipe.years):
        _write_reports(folder, natures, executor, progress)
    else:
        _write_answers(folder, natures)
    _write_awards(folder, natures)
    index = _index()
    seen = (row for nature in natures for row in observations(index, nature))
    write_csv(folder / "observations.csv", LOOKED, seen)
    ruled = (row for nature in natures for row in rulings(index, nature, fill(index, nature)))
    write_csv(folder / "rulings.csv", RULED, ruled)
    (folder / MARKER).write_text(json.dumps(plan.mark, indent=2) + "\n", encoding="utf-8")


def _write_spec(folder: Path, recipe: Recipe, plan: Plan, year: int) -> None:
    texts = {
        name: {"vi": text.vi.format(year=year), "en": text.en.format(year=year)}
        for name, text in recipe.texts.items()
    }
    latest = year == max(recipe.years)
    reports: list[dict[str, str]] = [{"forms": REPORTS}]
    if not latest:
        long = [{"file": f"{name}.csv", "layout": "long"} for name in ("reasons",)]
        tables = [{"file": f"{_stem(key)}.csv", "table": key} for key in _tables(_index())]
        reports = [{"file": "answers.csv"}, *long, *tables]
    tree: dict[str, object] = {
        "round": f"demo-{year}",
        "title": texts["title"],
        "index": recipe.index,
        "year": year,
        "bodies": recipe.bodies,
        "groups": list(plan.groups),
        "illustrative": True,
        "publisher": texts["publisher"],
        "data": texts["data"],
        "decimal": "point",
        "answers": [*reports, {"file": "awards.csv", "layout": "long"}],
        "rulings": ["rulings.csv"],
        "observations": ["observations.csv"],
    }
    if latest:
        tree["history"] = [f"../{y}" for y in sorted(recipe.years) if y < year]
    if recipe.focus and any(_register().get(recipe.focus).group == g for g in plan.groups):
        tree["focus"] = recipe.focus
    yaml = YAML()
    yaml.width, yaml.allow_unicode = 4096, True
    with (folder / FILE).open("w", encoding="utf-8", newline="\n") as file:
        file.write("# Made by 'chiso demo' from a seed. Illustrative: no body is described here.\n")
        yaml.dump(tree, file)


def _stem(key: str) -> str:
    return key.replace(".", "-")


def _tables(index: Index) -> dict[str, Input]:
    return {key: item for key, item in index.questions.items() if item.type == "table"}


# ── the latest year: Excel forms ──


@dataclass(frozen=True, slots=True)
class _Task:
    """One form to write; small, as it travels to another process."""

    folder: Path
    body: str
    year: int
    seed: int


def _write_reports(
    folder: Path, natures: Sequence[Nature], executor: Executor, progress: Progress
) -> None:
    (folder / REPORTS).mkdir()
    tasks = [_Task(folder, n.body.code, n.year, n.seed) for n in natures]
    run_all(executor, _write_report, tasks, lambda done: progress("demo", done, len(tasks)))


@cache
def _spec(folder: Path) -> RoundSpec:
    return read_spec(folder)


def _write_report(task: _Task) -> None:
    body, index = _register().get(task.body), _index()
    filling = fill(index, Nature(load_recipe(), body, task.year, task.seed))
    path = task.folder / REPORTS / f"{body.code}.xlsx"
    write_form(path, _spec(task.folder), index, body, "vi", filling)


# ── earlier years: tables ──


def _write_answers(folder: Path, natures: Sequence[Nature]) -> None:
    index = _index()
    fillings = [(nature.body, fill(index, nature)) for nature in natures]
    keys = [key for key, item in index.questions.items() if item.type != "table"]
    given = [key for key in keys if any(key in filling.values for _, filling in fillings)]
    wide = (
        [body.group, body.name.vi, *(_plain(filling.values.get(key)) for key in given)]
        for body, filling in fillings
    )
    write_csv(folder / "answers.csv", ("group", "body", *given), wide)
    reasons: list[list[Cell]] = [
        [body.group, body.code, key, None, state.word, reason, None, None]
        for body, filling in fillings
        for key, (state, reason) in filling.states.items()
    ]
    write_csv(folder / "reasons.csv", _LONG, reasons)
    for key, item in _tables(index).items():
        columns = list(item.columns)
        rows = (
            [body.group, body.code, *(_plain(row.get(name)) for name in columns)]
            for body, filling in fillings
            for row in filling.tables.get(key, [])
        )
        write_csv(folder / f"{_stem(key)}.csv", ("group", "body", *columns), rows)


def _plain(value: object) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    assert value is None or isinstance(value, str | int | float)
    return value


def _write_awards(folder: Path, natures: Sequence[Nature]) -> None:
    write_csv(folder / "awards.csv", _LONG[:7], _award_rows(natures))


def _award_rows(natures: Iterable[Nature]) -> Iterator[list[Cell]]:
    for nature in natures:
        by, body = nature.recipe.awards, nature.body
        for key, points in awards(_index(), nature):
            if points is None:
                yield [body.group, body.code, key, None, State.PENDING.word, by.reason, by.by]
            else:
                yield [body.group, body.code, key, points, None, None, by.by]
