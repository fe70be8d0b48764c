"""Rounds to build sites from: a small computed one, and a realistic one with seeded answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from chiso.bodies import Body, Register, Succession, load_register, register_from_names
from chiso.comparison import History
from chiso.index import Criterion, Index, Input, load_index, parse_index
from chiso.language import Text
from chiso.rounds.answers import Answer, AnswerBook, Observation, Ruling, State
from chiso.rounds.folder import Round
from chiso.rounds.spec import RoundSpec
from chiso.scoring.engine import score
from chiso.scoring.standings import RoundResult

HOSTILE = "<script>alert(\"x\")</script> & 'co'"
FORMULA = "=HYPERLINK(0)"

INDEX = """
index: small
version: "1"
title: {vi: Bộ chỉ số nhỏ, en: Small index}
groups:
  town: {vi: thị trấn, en: towns}
law: ["01/2020/QĐ-X <b>"]
sources: ["https://example.org/a?b=1&c=2", "javascript:alert(1)"]
facts:
  staff: {type: integer, title: {vi: Số người, en: Staff}, min: 1}
  desks:
    type: table
    title: {vi: Quầy, en: Desks}
    columns:
      online: {type: yes_no, title: {vi: trực tuyến, en: online}}
pillars:
  - id: tools
    title: {vi: Công cụ, en: Tools}
    points: 60
    advice:
      body: {vi: mua thêm máy, en: buy more computers}
    criteria:
      - id: computers
        title: {vi: Máy tính, en: Computers}
        points: 40
        inputs:
          machines:
            type: integer
            title: {vi: Số máy, en: Machines}
            unit: {vi: máy, en: machines}
        rule: {share: machines / staff}
        evidence: {required: true, ask: {vi: Danh sách, en: A list}}
        examples:
          - {given: {machines: 5, staff: 10}, points: 20}
      - id: desks_online
        title: {vi: Quầy trực tuyến, en: Desks online}
        points: 20
        provenance: reconstructed
        origin: "02/2020/TT-X; https://example.org/tt"
        rule: {share: "share(desks, online)"}
  - id: people
    title: {vi: Con người, en: People}
    points: 40
    provenance: reconstructed
    advice:
      body: {vi: tổ chức đào tạo, en: train people}
    criteria:
      - id: plan
        title: {vi: Kế hoạch, en: A plan}
        points: 20
        inputs:
          level:
            type: choice
            title: {vi: Mức, en: Level}
            options: {none: {vi: chưa có, en: none}, full: {vi: đã có, en: in force}}
        rule: {levels: {of: level, at: {none: 0, full: 1}}}
        optional: true
      - id: portal
        title: {vi: Cổng, en: Portal}
        points: 20
        source: check
        rule: {observed: portal.up}
"""


def small_index() -> Index:
    """Two pillars, four criteria: a share, a table, a choice, a check."""
    return parse_index(INDEX)


def small_register() -> Register:
    """Five towns, one with a hostile name and one with a formula for a name."""
    return register_from_names(
        [
            ("an", "Thị trấn An"),
            ("dong", "Thị trấn Đông"),
            ("hostile", HOSTILE),
            ("formula", FORMULA),
            ("zim", "Thị trấn Zim"),
        ],
        "town",
        "Các thị trấn",
    )


def small_world(*, illustrative: bool = False) -> tuple[Round, History]:
    """Two computed years of the small index with rulings, observations and gaps."""
    index, register = small_index(), small_register()
    results = [
        RoundResult(year, index, {"town": score(index, "town", answers, year=year)}, illustrative)
        for year, answers in ((2020, _answers(index, 5)), (2021, _answers(index, 7)))
    ]
    spec = RoundSpec.model_validate(
        {
            "round": "small-2021",
            "title": {"vi": "Kỳ thử & kiểm", "en": "Trial & test"},
            "index": "small/1",
            "year": 2021,
            "groups": ["town"],
            "illustrative": illustrative,
            "answers": [{"forms": "forms"}],
        }
    )
    bodies = {"town": register.in_group("town")}
    answers = {"town": _answers(index, 7)}
    opened = Round(Path("nowhere"), spec, index, register, bodies, answers)
    return opened, History(results, register)


def _answers(index: Index, machines: int) -> Any:
    book = AnswerBook(index, [body.code for body in small_register().in_group("town")])
    for place, town in enumerate(("an", "dong", "hostile", "formula")):
        book.put(town, "staff", Answer(10, origin="form.xlsx Sheet!B2"))
        book.put(town, "computers.machines", Answer(machines - place))
        book.put(town, "desks", Answer([{"online": "yes"}, {"online": "no"}]))
        book.observe(
            town,
            "portal.up",
            1.0 if place else 0.0,
            Observation("pass", Text(HOSTILE, HOSTILE), "https://example.org/", "2021-05-01"),
        )
    book.put("an", "plan.level", Answer("full"))
    book.put("dong", "plan.level", Answer(state=State.NOT_APPLICABLE, reason=HOSTILE))
    book.put("hostile", "plan.level", Answer("none"))
    book.put("formula", "plan.level", Answer(state=State.PENDING))
    book.add_evidence("an", "computers", ["https://example.org/list.pdf", "javascript:alert(1)"])
    book.rule("an", "computers", Ruling("correct", FORMULA, 12.0, "Ông A", "2021-06-01"))
    return book.build()


def merged_world() -> tuple[Round, History]:
    """Two towns that merged between two years, and an index that changed with them."""
    index = small_index()
    old = parse_index(
        INDEX.replace('"1"', '"0"').replace("tools", "old_tools").replace("Tools", "Old tools")
    )
    day = dt.date(2021, 1, 1)
    last = day - dt.timedelta(days=1)
    register = Register(
        Text("Các thị trấn", "Towns"),
        (
            Body("an", Text("Thị trấn An"), "town", valid_to=last),
            Body("dong", Text("Thị trấn Đông"), "town", valid_to=last),
            Body("hostile", Text(HOSTILE), "town"),
            Body("formula", Text(FORMULA), "town"),
            Body("joined", Text("Thị trấn Hợp"), "town", valid_from=day),
        ),
        successions=tuple(Succession(before, "joined", day, "merge") for before in ("an", "dong")),
    )
    results = []
    for year, version in ((2020, old), (2021, index)):
        towns = [b.code for b in register.in_group("town", on=dt.date(year, 12, 31))]
        book = AnswerBook(version, towns)
        for place, town in enumerate(towns):
            book.put(town, "staff", Answer(10))
            book.put(town, "computers.machines", Answer(9 - place))
        standings = score(version, "town", book.build(), year=year)
        results.append(RoundResult(year, version, {"town": standings}))
    opened, _ = small_world()
    opened = replace(opened, register=register, answers={})
    return opened, History(results, register)


def large_world(
    groups: tuple[str, ...] = ("province", "ministry", "agency"), seed: int = 2019
) -> tuple[Round, History]:
    """The shipped index of 2019 with two years of seeded answers: illustrative only."""
    years = (2018, 2019)
    index, register = load_index("ict-application/2019"), load_register("vietnam")
    spec = RoundSpec.model_validate(
        {
            "round": "try-2019",
            "title": {"vi": "Thử dựng trang năm 2019", "en": "Trial of the 2019 site"},
            "index": "ict-application/2019",
            "year": max(years),
            "groups": list(groups),
            "illustrative": True,
            "answers": [{"forms": "forms"}],
        }
    )
    bodies = {group: register.in_group(group, on=spec.day) for group in spec.groups}
    results, answers = [], {}
    for year in years:
        random = np.random.default_rng(seed + year)
        for group in spec.groups:
            answers[group] = _seeded(index, [b.code for b in bodies[group]], random)
        groups = {g: score(index, g, a, year=year) for g, a in answers.items()}
        results.append(RoundResult(year, index, groups, illustrative=True))
    opened = Round(Path("nowhere"), spec, index, register, bodies, dict(answers))
    return opened, History(results, register)


def _seeded(index: Index, bodies: list[str], random: np.random.Generator) -> Any:
    book = AnswerBook(index, bodies)
    checks = {c for n in index.leaves if isinstance(n.item, Criterion) for c in n.item.checks}
    for body in bodies:
        skill = random.uniform(0.2, 0.95)
        for key, declared in index.questions.items():
            if random.random() > 0.97:
                book.put(body, key, Answer(state=State.PENDING if "." in key else State.MISSING))
            elif (value := _value(declared, skill, random)) is not None:
                book.put(body, key, Answer(value, origin=f"{body}.xlsx"))
        for check in sorted(checks):
            level = None if random.random() > 0.95 else float(random.random() < skill)
            state = "not_measured" if level is None else "pass" if level else "fail"
            book.observe(
                body, check, level, Observation(state, Text.of("HTTP 200"), "", "2019-11-02")
            )
    return book.build()


def _value(declared: Input, skill: float, random: np.random.Generator) -> Any:
    match declared.type:
        case "table":
            rows = int(random.integers(3, 12))
            return [
                {name: _cell(column, skill, random) for name, column in declared.columns.items()}
                for _ in range(rows)
            ]
        case _:
            return _cell(declared, skill, random)


def _cell(declared: Any, skill: float, random: np.random.Generator) -> Any:
    match declared.type:
        case "yes_no":
            return "yes" if random.random() < skill else "no"
        case "choice":
            options = list(declared.options)
            return options[min(len(options) - 1, int(random.random() * skill * 1.4 * len(options)))]
        case "integer" | "number":
            least = declared.min or 0
            most = declared.max if declared.max is not None else 1000
            top = least + (min(most, 1000) - least) * (0.3 + 0.7 * random.random() * skill)
            return int(top) if declared.type == "integer" else round(float(top), 2)
        case "date":
            return "2019-05-20"
        case _:
            return "văn bản số 12"
