"""A small round of the agencies, with every type of question, and what reading it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from chiso.problems import InvalidInput
from chiso.rounds.folder import Round, load_round, open_round
from chiso.rounds.forms import Filling, write_form

BODY = "dai-tieng-noi-viet-nam"
OTHER = "dai-truyen-hinh-viet-nam"

INDEX = """\
index: small
version: "1"
title: {vi: Bộ chỉ số nhỏ, en: A small index}
groups:
  agency: {vi: cơ quan thuộc Chính phủ, en: government agencies}
facts:
  staff:
    type: integer
    min: 1
    max: 5000
    title: {vi: Số cán bộ, en: Staff}
    unit: {vi: người, en: people}
  services:
    type: table
    title: {vi: "Dịch vụ công: danh sách", en: Services}
    columns:
      name: {type: text, title: {vi: Tên, en: Name}}
      level:
        type: choice
        title: {vi: Mức độ, en: Level}
        options: {low: {vi: mức thấp, en: low}, high: {vi: mức cao, en: high}}
      files: {type: integer, min: 0, max: 1000, title: {vi: Hồ sơ, en: Files}}
      remark: {type: text, required: false, title: {vi: Ghi chú, en: Remark}}
pillars:
  - id: work
    title: {vi: Làm việc, en: Work}
    criteria:
      - id: equipped
        title: {vi: Có máy tính, en: Equipped}
        points: 10
        inputs:
          computers:
            type: integer
            min: 0
            max: 9000
            title: {vi: Số máy tính, en: Computers}
            note: {vi: Không tính máy hỏng, en: Working ones only}
        rule: {share: computers / staff}
        evidence: {required: true, ask: {vi: Biểu tổng hợp, en: A table}}
      - id: section
        title: {vi: Chuyên mục, en: Section}
        points: 6
        optional: true
        inputs:
          state:
            type: choice
            title: {vi: Mức đáp ứng, en: State}
            options: {full: {vi: đầy đủ, en: complete}, none: {vi: chưa có, en: absent}}
          rules: {type: yes_no, title: {vi: Có quy chế, en: Rules}}
        rule:
          sum:
            - {levels: {of: state, at: {full: 1, none: 0}}, points: 4}
            - {yes_no: rules, points: 2}
      - id: budget
        title: {vi: Kinh phí, en: Budget}
        points: 4
        inputs:
          spent:
            type: number
            min: 0
            max: 100
            title: {vi: Đã chi, en: Spent}
            unit: {vi: "%", en: "%"}
        rule: {share: spent / 100}
      - id: offered
        title: {vi: Dịch vụ mức cao, en: Services at the high level}
        points: 5
        rule: {share: 'count(services, level == "high") / staff'}
        evidence: {required: true, ask: {vi: Danh mục, en: A list}}
  - id: portal
    title: {vi: Cổng, en: Portal}
    criteria:
      - {id: seen, title: {vi: Đã thấy, en: Seen}, points: 3, source: check, rule: {observed: X-01}}
      - id: quality
        title: {vi: Chất lượng, en: Quality}
        points: 2
        source: appraiser
        rule: {awarded: {vi: Hội đồng chấm, en: A board decides}}
"""

ROUND = """\
round: small-2019
title: {vi: Kỳ thử, en: A trial}
index: index.yaml
year: 2019
groups: [agency]
"""


@dataclass
class Small:
    """The folder of a small round; files are added before it is read."""

    folder: Path

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    def set(self, rest: str) -> None:
        """What follows in round.yaml after its first lines."""
        self.write("round.yaml", ROUND + rest)

    def form(self, body: str = BODY, name: str = "a.xlsx", filling: Filling | None = None) -> Path:
        """A form in the folder of reports."""
        opened = open_round(self.folder)
        path = self.folder / "reports" / name
        path.parent.mkdir(exist_ok=True)
        write_form(path, opened.spec, opened.index, opened.register.get(body), "vi", filling)
        return path

    def read(self) -> Round:
        """The round with all its answers."""
        return load_round(self.folder)

    def problems(self) -> list[str]:
        """Everything that is wrong, as it would be shown; none if the round can be read."""
        try:
            load_round(self.folder)
        except InvalidInput as error:
            return [str(problem) for problem in error.problems if not problem.warning]
        return []

    def problem(self) -> str:
        """The one problem that there is."""
        problems = self.problems()
        assert len(problems) == 1, problems
        return problems[0]

    def answers(self, body: str = BODY) -> dict[str, object]:
        """What a body answered, by key; tables left out."""
        read = self.read().answers["agency"]
        place = read.bodies.index(body)
        return {key: float(column.values[place]) for key, column in read.columns.items()}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """A small round that reads forms."""
    made = Small(tmp_path / "small")
    made.write("index.yaml", INDEX)
    made.set("answers: [{forms: reports}]\n")
    return made


@pytest.fixture
def edit() -> Callable[[Path, Mapping[str, object]], None]:
    """Write into cells of a workbook as a person would: `{'1. Số liệu chung!F4': 3}`."""

    def change(path: Path, cells: Mapping[str, object]) -> None:
        book = openpyxl.load_workbook(path)
        for place, value in cells.items():
            sheet, _, cell = place.rpartition("!")
            book[sheet][cell] = value
        book.save(path)

    return change
