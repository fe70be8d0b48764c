"""`chiso plan`: who must do what so that a body reaches a rank, or holds the one it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from chiso.bodies import Body
from chiso.cli.app import app
from chiso.cli.options import BodyName, Folder, Lang, language, open_history, pick
from chiso.cli.output import out, print_table
from chiso.comparison.improvement import Improvement, NoPlan, Step, at_risk, plan_to_reach
from chiso.comparison.plan_files import (
    Assignment,
    followed,
    read_efforts,
    read_plan,
    same_size,
    write_plan,
)
from chiso.language import Language, Text, number
from chiso.problems import InvalidInput, Problem
from chiso.rounds.folder import Round
from chiso.rounds.spec import ILLUSTRATIVE
from chiso.scoring.standings import Standings

_RISKS = 5
_HEADINGS = (
    Text("Việc cần làm", "Step"),
    Text("Từ", "From"),
    Text("Đến", "To"),
    Text("Tối đa", "Of"),
    Text("Điểm chỉ số thêm", "Score gained"),
    Text("Công sức", "Effort"),
    Text("Đã đạt", "Have it"),
)


@app.command("plan")
def plan(
    folder: Folder,
    body: BodyName,
    reach: Annotated[
        str, typer.Option(help="The place wanted, as rank=10; the present one: rank=hold.")
    ] = "rank=10",
    certainty: Annotated[
        float, typer.Option(help="With which it must do when the others move too; 0: they do not.")
    ] = 0.0,
    size: Annotated[
        str, typer.Option(help="A fact of the index; only bodies of like size tell the effort.")
    ] = "",
    efforts: Annotated[
        Path | None, typer.Option(help="A table of efforts: criterion, effort.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Save the plan as CSV, to be assigned and followed.")
    ] = None,
    follow: Annotated[
        Path | None, typer.Option(help="A saved plan: how far each step is in this round.")
    ] = None,
    lang: Lang = "vi",
) -> None:
    """The cheapest steps to a rank, under the rules as they are."""
    chosen = language(lang)
    if not 0 <= certainty < 1:
        raise InvalidInput("--certainty is at least 0 and below 1")
    opened, _, history = open_history(folder)
    found, standings, year = pick(opened, history, body, 0)
    if follow is not None:
        _follow(follow, standings, found, chosen)
        return
    earlier = history.group(year - 1, found.group)
    wanted = _wanted(reach, standings, found)
    try:
        made = plan_to_reach(
            standings, found.code, wanted,
            peers=same_size(standings, found.code, size) if size else (),
            efforts=read_efforts(efforts, opened.index) if efforts else None,
            earlier=earlier, certainty=certainty or None,
        )  # fmt: skip
    except NoPlan as error:
        raise InvalidInput(Problem(error.why.get(chosen))) from None
    _show(opened, made, found, chosen, certainty)
    _risks(standings, found, chosen)
    if save is not None:
        write_plan(save, made, opened.index)
        out.print(str(save), markup=False)


def _wanted(reach: str, standings: Standings, body: Body) -> int:
    word, _, value = reach.partition("=")
    if word == "rank" and value == "hold":
        return standings.standing(body.code).rank or 1
    if word != "rank" or not value.isdigit() or int(value) < 1:
        raise InvalidInput(f"--reach is rank=10 or rank=hold, not '{reach}'")
    return int(value)


def _show(opened: Round, made: Improvement, body: Body, chosen: Language, asked: float) -> None:
    say = Text(
        "{name}: hạng {rank}, điểm {score}. Muốn hạng {wanted} cần {threshold}.",
        "{name}: rank {rank}, score {score}. Rank {wanted} needs {threshold}.",
    ).get(chosen)
    out.print(
        say.format(
            name=body.name.get(chosen), rank=made.rank, score=number(made.score, chosen, 4),
            wanted=made.wanted, threshold=number(made.threshold, chosen, 4),
        ),
        markup=False,
    )  # fmt: skip
    if opened.spec.illustrative:
        out.print(ILLUSTRATIVE.get(chosen), markup=False, style="yellow")
    out.print(_others(made, chosen, asked), markup=False, style="dim")
    if not made.steps:
        nothing = Text("Không cần thêm việc gì.", "Nothing more is needed.")
        out.print(nothing.get(chosen), markup=False)
        return
    print_table(_table(made.steps, chosen))
    end = Text(
        "{n} việc, tổng công sức {effort}: điểm {score}, hạng {rank} so với kết quả hiện nay{how}.",
        "{n} steps, effort {effort}: score {score}, rank {rank} against the others of today{how}.",
    ).get(chosen)
    how = (
        Text("", "") if made.proven else Text("; có thể còn cách rẻ hơn", "; there may be cheaper")
    )
    out.print(
        end.format(
            n=len(made.steps), effort=number(made.effort, chosen, 1), how=how.get(chosen),
            score=number(made.reached_score, chosen, 4), rank=made.reached_rank,
        ),
        markup=False,
    )  # fmt: skip


def _others(made: Improvement, chosen: Language, asked: float) -> str:
    if made.certainty is not None:
        text = Text(
            "Các cơ quan khác được giả định thay đổi như cả khối đã thay đổi trong năm qua; "
            "kế hoạch đủ trong {p} % trường hợp.",
            "The others are taken to move as the whole group moved last year; "
            "the plan is enough in {p} % of the cases.",
        ).get(chosen)
        return text.format(p=number(100 * made.certainty, chosen, 0))
    if asked:
        return Text(
            "Chưa có kết quả năm trước để biết các cơ quan khác thay đổi ra sao; coi như đứng yên.",
            "No earlier result tells how the others move; they are taken to stand still.",
        ).get(chosen)
    return Text(
        "Các cơ quan khác được coi là đứng yên.", "The others are taken to stand still."
    ).get(chosen)


def _table(steps: Sequence[Step], chosen: Language) -> Table:
    table = Table()
    for place, heading in enumerate(_HEADINGS):
        table.add_column(heading.get(chosen), justify="left" if place == 0 else "right")
    for step in steps:
        table.add_row(
            f"{step.title.get(chosen)} ({step.criterion})", number(step.now, chosen, 2),
            number(step.then, chosen, 2), number(step.full, chosen, 2),
            number(step.gain, chosen, 4), number(step.effort, chosen, 2),
            f"{step.having}/{step.asked}",
        )  # fmt: skip
    return table


def _risks(standings: Standings, body: Body, chosen: Language) -> None:
    own = standings.standing(body.code).rank or 0
    listed = [risk for risk in at_risk(standings, body.code) if risk.rank > own][:_RISKS]
    if not listed:
        return
    head = Text(
        "Nếu kết quả kiểm tra sau không được xác nhận, thứ hạng sẽ là:",
        "If these observations stayed unconfirmed, the rank would be:",
    )
    out.print(head.get(chosen), markup=False)
    for risk in listed:
        points = number(risk.points, chosen, 2)
        out.print(f"  {risk.rank}: {risk.title.get(chosen)} (−{points})", markup=False)


def _follow(path: Path, standings: Standings, body: Body, chosen: Language) -> None:
    table = Table()
    headings = (
        *_HEADINGS[:3],
        Text("Hiện nay", "Now"),
        Text("Người phụ trách", "Owner"),
        Text("Hạn", "Due"),
        Text("Tình trạng", "State"),
    )
    for heading in headings:
        table.add_column(heading.get(chosen))
    today = dt.date.today()
    for line in followed(read_plan(path), standings, body.code):
        said: Assignment = line.assignment
        now = "" if line.now is None else number(line.now, chosen, 2)
        table.add_row(
            f"{said.title} ({said.criterion})", number(said.now, chosen, 2),
            number(said.then, chosen, 2), now, said.owner, said.due.isoformat() if said.due else "",
            line.state(today).get(chosen),
        )  # fmt: skip
    print_table(table)
