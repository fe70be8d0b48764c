"""The demonstration round: seeded, labelled illustrative, complete, and plausible."""

import csv
import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from chiso.bodies import load_register
from chiso.cli.demo import demo
from chiso.index import load_index
from chiso.index.model import Criterion
from chiso.problems import InvalidInput
from chiso.rounds.answers import State
from chiso.rounds.demo import make_demo
from chiso.rounds.demo.filling import awards, fill, idle
from chiso.rounds.demo.looks import observations
from chiso.rounds.demo.nature import Nature
from chiso.rounds.demo.recipe import load_recipe
from chiso.rounds.folder import load_round
from chiso.scoring.results import results_with_history

ICT = load_index("ict-application/2019")
RECIPE = load_recipe()
REGISTER = load_register(RECIPE.bodies)
SEED = 2019
pytestmark = pytest.mark.xdist_group("demo")  # the module's folders are made once


def natures(year=2019, seed=SEED):
    """All bodies of the demonstration."""
    on = np.datetime64(f"{year}-12-31").item()
    return [
        Nature(RECIPE, body, year, seed)
        for group in RECIPE.groups
        for body in REGISTER.in_group(group, on=on)
    ]


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """The rounds with two bodies of each group, and how the forms were counted."""
    folder = tmp_path_factory.mktemp("demo")
    told = []
    make_demo(folder, SEED, limit=2, workers=1, progress=lambda *step: told.append(step))
    return folder, told


@pytest.fixture(scope="module")
def few_read(few):
    """The same rounds, read, by year."""
    return {year: load_round(few[0] / str(year)) for year in (2018, 2019)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Both rounds with all bodies, and their results."""
    folder = tmp_path_factory.mktemp("whole")
    make_demo(folder, SEED)
    return results_with_history(folder / "2019")


# ── the whole round ──


def test_all_bodies_of_all_groups_are_ranked_in_both_years(whole):
    opened, results = whole
    assert [result.year for result in results] == [2018, 2019]
    sizes = {"province": 63, "ministry": 17, "agency": 7}
    for result in results:
        assert {group: len(found.bodies) for group, found in result.groups.items()} == sizes
        for group, size in sizes.items():
            assert result.groups[group].nodes["overall"].ranked == size
    assert opened.spec.illustrative


def test_scores_spread_and_bac_kan_is_not_extreme(whole):
    _, results = whole
    provinces = results[-1].groups["province"]
    score = provinces.nodes["overall"].score
    assert 0.40 <= score.min() <= 0.55
    assert 0.85 <= score.max() <= 0.96
    assert score.std() > 0.08
    rank = provinces.standing("bac-kan").rank
    assert rank is not None
    assert 10 <= rank <= 53


def test_changes_are_known_and_plausible(whole):
    _, results = whole
    for group in RECIPE.groups:
        before, after = (result.groups[group].nodes["overall"].score for result in results)
        change = after - before
        assert not np.isnan(change).any()
        assert np.abs(change).max() < 0.2
        assert change.mean() > 0
        if len(change) > 10:
            assert np.corrcoef(before, after)[0, 1] > 0.85


def test_every_criterion_counts_for_somebody_and_not_alike_for_all(whole):
    _, results = whole
    computation = results[-1].groups["province"].computation
    share = computation.points / np.where(computation.full > 0, computation.full, np.nan)
    for place, criterion in enumerate(computation.criteria):
        assert np.nanmax(share[place]) > 0.5, criterion.id
        assert np.nanstd(share[place]) > 0.01, criterion.id


def test_bodies_without_procedures_are_not_assessed_on_services(whole):
    _, results = whole
    agencies = results[-1].groups["agency"]
    services = dict(zip(agencies.bodies, agencies.nodes["online_services"].score, strict=True))
    without = set(RECIPE.zero["procedures"])
    assert {body for body, score in services.items() if np.isnan(score)} == without


def test_every_state_that_an_answer_can_have_occurs(whole):
    opened, _ = whole
    states = {
        State(int(state))
        for answers in opened.answers.values()
        for column in (*answers.columns.values(), *answers.levels.values())
        for state in np.unique(column.states)
    }
    assert states >= {State.REPORTED, State.MISSING, State.NOT_APPLICABLE, State.PENDING}
    assert State.NOT_MEASURED in states
    decisions = {r.decision for a in opened.answers.values() for r in a.rulings.values()}
    assert decisions == set(RECIPE.rulings.decisions)


def test_every_check_of_the_index_is_observed_at_every_body(whole):
    opened, _ = whole
    checks = {c for node in ICT.leaves for c in getattr(node.item, "checks", ())}
    for answers in opened.answers.values():
        assert set(answers.levels) == checks
        assert len(answers.observations) == len(checks) * len(answers.bodies)


# ── the files ──


def test_the_latest_year_is_forms_and_the_earlier_one_is_tables(few):
    folder, _ = few
    assert len(list((folder / "2019" / "reports").glob("*.xlsx"))) == 6
    assert not (folder / "2018" / "reports").exists()
    names = {path.name for path in (folder / "2018").iterdir()}
    assert {"answers.csv", "reasons.csv", "units.csv", "services.csv", "awards.csv"} <= names


def test_both_ways_of_writing_read_back_what_was_made_up(few_read):
    for year, opened in few_read.items():
        read = opened.answers["province"]
        place = read.bodies.index("bac-kan")
        filling = fill(ICT, Nature(RECIPE, REGISTER.get("bac-kan"), year, SEED))
        for key, value in filling.values.items():
            declared = ICT.questions[key]
            if declared.type == "choice":
                value = list(declared.options).index(value)
            assert read.columns[key].values[place] == value, key
        for key, rows in filling.tables.items():
            assert np.count_nonzero(read.tables[key].owner == place) == len(rows)
        for key, (state, reason) in filling.states.items():
            assert read.state(place, key) is state
            assert read.reasons[place, key] == reason


def test_everything_is_labelled_illustrative_in_both_languages(few, few_read):
    for year, opened in few_read.items():
        spec = opened.spec
        assert spec.illustrative
        assert "minh họa" in spec.title.vi
        assert "illustrative" in spec.title.en
        assert "minh họa" in spec.data.vi
        assert "illustrative" in spec.data.en
        assert "Illustrative" in (few[0] / str(year) / "round.yaml").read_text().splitlines()[0]


def test_the_rounds_are_named_and_linked(few_read):
    spec = few_read[2019].spec
    assert (spec.round, spec.history, spec.focus) == ("demo-2019", ["../2018"], "bac-kan")
    assert few_read[2018].spec.round == "demo-2018"


def test_addresses_are_reserved_for_examples(few):
    folder, _ = few
    with (folder / "2019" / "observations.csv").open(encoding="utf-8-sig", newline="") as file:
        addresses = {row["url"] for row in csv.DictReader(file)}
    assert addresses
    assert all(address.endswith(".example/") for address in addresses)


def test_progress_is_told_for_every_form(few):
    _, told = few
    assert told == [("demo", done, 6) for done in range(1, 7)]


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(few, tmp_path):
    folder, _ = few
    make_demo(tmp_path / "same", SEED, groups=["agency"], limit=2, workers=1)
    make_demo(tmp_path / "other", 7, groups=["agency"], limit=2, workers=1)
    forms = {path.name for path in (tmp_path / "same" / "2019" / "reports").iterdir()}
    for name in forms:
        made = [
            (base / "2019" / "reports" / name).read_bytes()
            for base in (folder, tmp_path / "same", tmp_path / "other")
        ]
        assert made[0] == made[1] != made[2]


def test_two_processes_write_what_one_writes(tmp_path):
    for workers in (1, 2):
        make_demo(tmp_path / str(workers), SEED, groups=["agency"], limit=3, workers=workers)
    for path in (tmp_path / "1").rglob("*.*"):
        if path.is_file():
            other = tmp_path / "2" / path.relative_to(tmp_path / "1")
            assert other.read_bytes() == path.read_bytes(), path.name


# ── made once, never half ──


@pytest.fixture
def made(tmp_path):
    """Make a very small demonstration in a folder; gives what was made."""

    def make(seed=SEED, **options):
        return make_demo(tmp_path, seed, groups=["agency"], limit=1, workers=1, **options)

    return make


def test_rounds_that_are_there_are_left_alone(made, tmp_path):
    assert [path.name for path in made()] == ["2018", "2019"]
    (tmp_path / "2019" / "release").mkdir()
    assert made() == []
    assert (tmp_path / "2019" / "release").is_dir()


def test_force_and_another_seed_make_them_anew(made, tmp_path):
    made()
    (tmp_path / "2019" / "rulings.csv").unlink()
    assert len(made(force=True)) == 2
    assert (tmp_path / "2019" / "rulings.csv").is_file()
    assert len(made(seed=1)) == 2
    assert json.loads((tmp_path / "2018" / "generated.json").read_text())["seed"] == 1


def test_a_folder_that_is_not_ours_is_never_replaced(made, tmp_path):
    (tmp_path / "2018").mkdir()
    (tmp_path / "2018" / "round.yaml").write_text("mine")
    for force in (False, True):
        with pytest.raises(InvalidInput, match="was not made by 'chiso demo'"):
            made(force=force)
    assert (tmp_path / "2018" / "round.yaml").read_text() == "mine"
    assert not (tmp_path / "2019").exists()


def test_what_is_interrupted_leaves_nothing_and_keeps_what_was_there(made, tmp_path):
    made()
    before = (tmp_path / "2019" / "round.yaml").stat().st_ino

    def stop(*step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(seed=5, progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2018", "2019"]
    assert (tmp_path / "2019" / "round.yaml").stat().st_ino == before


def test_the_command_says_what_it_made_and_that_it_need_not_again(tmp_path, monkeypatch):
    few = {"groups": ["agency"], "limit": 1, "workers": 1}
    monkeypatch.setattr(
        "chiso.cli.demo.make_demo", lambda folder, seed, **o: make_demo(folder, seed, **few, **o)
    )
    app = typer.Typer()
    app.command()(demo)
    first = CliRunner().invoke(app, [str(tmp_path), "--seed", "3"])
    assert first.exit_code == 0, first.output
    assert f"made {tmp_path / '2019'} (illustrative)" in first.output
    assert "already holds" in CliRunner().invoke(app, [str(tmp_path), "--seed", "3"]).output
    assert "made" in CliRunner().invoke(app, [str(tmp_path), "--seed", "3", "--force"]).output


# ── what is made up ──


@pytest.mark.parametrize("seed", [1, 2019])
def test_answers_keep_to_their_bounds_and_parts_to_their_wholes(seed):
    for nature in natures(seed=seed)[::3]:
        values = fill(ICT, nature).values
        for key, value in values.items():
            declared = ICT.questions[key]
            if declared.type in {"integer", "number"}:
                assert declared.min <= value <= declared.max, (nature.body.code, key)
        for key, amount in RECIPE.amounts.items():
            if amount.of in values and key in values and max(amount.low, amount.high) <= 1:
                whole = values[amount.of] - values.get(amount.without, 0)
                assert values[key] <= max(whole, ICT.questions[key].min), (nature.body.code, key)
        for key, needed in RECIPE.needs.items():
            assert not values.get(key) or values.get(needed, True)


def test_services_add_up_in_every_row():
    for nature in natures()[::5]:
        filling = fill(ICT, nature)
        services = filling.tables["services"]
        assert len(services) <= min(filling.values["procedures"], 60)
        assert len({row["name"] for row in services}) == len(services)
        for row in services:
            assert row["online_files"] <= row["total_files"]
            assert row["on_time"] <= row["resolved"] <= row["total_files"]
            assert row["level"] != "level_2" or row["online_files"] == 0
        assert 15 <= len(filling.tables["units"]) <= 30


def test_a_body_is_the_same_whichever_others_are_made_up():
    one = Nature(RECIPE, REGISTER.get("lao-cai"), 2019, SEED)
    alone = fill(ICT, one)
    for nature in natures()[:3]:
        fill(ICT, nature)
    again = fill(ICT, Nature(RECIPE, REGISTER.get("lao-cai"), 2019, SEED))
    assert (alone.values, alone.tables) == (again.values, again.tables)


def test_few_answers_are_missing_and_only_optional_criteria_do_not_apply():
    asked = missing = excused = 0
    for nature in natures():
        filling = fill(ICT, nature)
        for key in ICT.questions:
            owner, dot, name = key.partition(".")
            if not dot or name not in ICT.criterion(owner).inputs:
                continue
            criterion = ICT.criterion(owner)
            if idle(criterion, nature):
                assert key not in filling.values
                continue
            asked += 1
            if key in filling.states:
                excused += 1
                assert criterion.optional
                assert filling.states[key][1]
            else:
                missing += key not in filling.values
    assert 0.01 < missing / asked < 0.03
    assert 0.005 < excused / asked < 0.08


def test_what_was_seen_agrees_with_the_level():
    for nature in natures()[::7]:
        for _, _, check, state, level, seen, *_ in observations(ICT, nature):
            if level is None:
                assert state not in {"pass", "partial", "fail"}
                continue
            look = RECIPE.looks.checks[check]
            got = round(level * look.of)
            assert seen == look.seen.format(got=got, of=look.of)
            assert state == ("pass" if level == 1 else "partial" if level else "fail")


def test_boards_award_half_points_within_the_maximum():
    given = [points for nature in natures() for _, points in awards(ICT, nature)]
    known = [points for points in given if points is not None]
    assert len(given) == 87
    assert len(known) < 87
    assert all(0 <= points <= 5 and points * 2 == int(points * 2) for points in known)


@pytest.mark.parametrize("name", ["dti-province/2022", "egdi/2024"])
def test_the_generator_fills_an_index_that_its_recipe_does_not_know(name):
    index = load_index(name)
    group = next(iter(index.groups))
    body = next(b for b in REGISTER.bodies if b.group in RECIPE.quality)
    filling = fill(index, Nature(RECIPE, body, 2019, SEED))
    for key, value in filling.values.items():
        declared = index.questions[key]
        if declared.type in {"integer", "number"}:
            assert (declared.min or 0) <= value, key
            assert declared.max is None or value <= declared.max, key
    reported = [
        node
        for node in index.leaves
        if isinstance(node.item, Criterion)
        and node.item.source == "report"
        and index.applies_to(node, body.group)
    ]
    assert bool(filling.values) == bool(reported), group
