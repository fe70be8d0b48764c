"""Checking an index before anybody is scored by it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from chiso.index.expressions import Expression
from chiso.index.model import Criterion, Index, Input, Loc, Node, Pillar
from chiso.index.rules import Awarded, BestOf, Count, Goalposts, Levels, RuleModel, Steps, Sum
from chiso.index.trial import try_criterion
from chiso.language import Text
from chiso.problems import Problem

Report = Callable[..., None]
_TOLERANCE = 1e-9


def lint_index(index: Index) -> list[Problem]:
    """Everything wrong or doubtful in an index, in the order of the file.

    Errors: duplicate ids, points that do not add up, unknown inputs, columns, options and
    groups, unreachable steps, missing translations and weights, failing examples. Warnings:
    inputs that nothing reads, evidence demanded but not described, reconstructed criteria
    without an origin.
    """
    found: list[Problem] = []

    def report(message: str, loc: Loc, criterion: str | None = None, warning: bool = False) -> None:
        line = index.line(loc)
        found.append(
            Problem(
                message, file=index.file or None, line=line, criterion=criterion, warning=warning
            )
        )

    unique = len(index.by_id) == len(index.nodes)
    # Sums follow ids from level to level, and would go astray where an id is used twice.
    levels = (_totals, _weights) if unique else ()
    for check in (_ids, *levels, _translations, _criteria, _unused, _crosswalk):
        check(index, report)
    return sorted(found, key=lambda problem: (problem.line or 0, problem.warning))


def _ids(index: Index, report: Report) -> None:
    seen: dict[str, Node] = {}
    for node in index.nodes:
        if node.id == "overall":
            report("'overall' names the total and cannot be an id", node.loc, node.id)
        if node.id in seen:
            line = index.line(seen[node.id].loc)
            report(f"the id '{node.id}' is already used on line {line}", node.loc, node.id)
        seen.setdefault(node.id, node)
        for group in node.item.groups or ():
            if group not in index.groups:
                known = ", ".join(index.groups)
                report(
                    f"unknown group '{group}'; groups are {known}", (*node.loc, "groups"), node.id
                )
        if isinstance(node.item, Criterion):
            for name in sorted(set(node.item.inputs) & set(index.facts)):
                loc = (*node.loc, "inputs", name)
                report(f"the input '{name}' hides the fact of the same name", loc, node.id)


def _totals(index: Index, report: Report) -> None:
    for parent, declared, by, loc in _levels(index):
        if by != "points" or declared is None:
            continue
        children = index.children(parent)
        total = sum(_full(index, node) for node in children if _counts(node))
        if not math.isclose(total, declared, abs_tol=_TOLERANCE):
            report(
                f"the points below add up to {total:g}, but {declared:g} are declared",
                (*loc, "points"),
                parent,
            )


def _levels(index: Index) -> Iterator[tuple[str | None, float | None, str, Loc]]:
    yield None, index.points, index.aggregate.by, ()
    for node in index.nodes:
        if isinstance(node.item, Pillar):
            yield node.id, node.item.points, node.item.aggregate.by, node.loc


def _counts(node: Node) -> bool:
    return not isinstance(node.item, Criterion) or node.item.counts == "points"


def _full(index: Index, node: Node) -> float:
    if isinstance(node.item, Criterion):
        return node.item.full
    if node.item.points is not None:
        return node.item.points
    return sum(_full(index, child) for child in index.children(node.id) if _counts(child))


def _weights(index: Index, report: Report) -> None:
    for parent, declared, by, loc in _levels(index):
        if by != "weights":
            continue
        for node in index.children(parent):
            if not _counts(node):
                message = "a bonus or deduction has no place in a weighted mean"
                report(message, node.loc, node.id)
            elif node.item.weight is None:
                report("a weight is missing: the level above is a weighted mean", node.loc, node.id)
        above = index.by_id[parent] if parent else None
        if above and declared is None and _aggregate_above(index, above) == "points":
            report("a pillar made by weights needs points to enter a sum of points", loc, parent)


def _aggregate_above(index: Index, node: Node) -> str:
    if node.parent is None:
        return index.aggregate.by
    above = index.by_id[node.parent].item
    return above.aggregate.by if isinstance(above, Pillar) else "points"


def _translations(index: Index, report: Report) -> None:
    def check(text: Text, loc: Loc, what: str, owner: str | None, needed: bool = True) -> None:
        missing = text.missing()
        if missing and (needed or len(missing) == 1):
            for language in missing:
                report(f"{what} has no text in '{language}'", loc, owner)

    check(index.title, ("title",), "the title", None)
    for group, title in index.groups.items():
        check(title, ("groups", group), f"the group '{group}'", None)
    for name, fact in index.facts.items():
        _input_texts(fact, ("facts", name), f"the fact '{name}'", None, check)
    for node in index.nodes:
        item = node.item
        check(item.title, (*node.loc, "title"), "the title", node.id)
        check(item.note, (*node.loc, "note"), "the note", node.id, needed=False)
        check(item.caveat, (*node.loc, "caveat"), "the caveat", node.id, needed=False)
        for audience, text in item.advice.items():
            check(text, (*node.loc, "advice", audience), "the advice", node.id)
        if isinstance(item, Criterion):
            ask = item.evidence.ask
            check(ask, (*node.loc, "evidence", "ask"), "the evidence asked for", node.id, False)
            for name, declared in item.inputs.items():
                loc = (*node.loc, "inputs", name)
                _input_texts(declared, loc, f"the input '{name}'", node.id, check)


def _input_texts(
    declared: Input, loc: Loc, what: str, owner: str | None, check: Callable[..., None]
) -> None:
    check(declared.title, (*loc, "title"), what, owner)
    check(declared.note, (*loc, "note"), f"the note of {what}", owner, needed=False)
    for option, text in declared.options.items():
        check(text, (*loc, "options", option), f"the option '{option}' of {what}", owner)
    for name, column in declared.columns.items():
        here = (*loc, "columns", name)
        check(column.title, (*here, "title"), f"the column '{name}' of {what}", owner)
        for option, text in column.options.items():
            check(text, (*here, "options", option), f"the option '{option}' of '{name}'", owner)


def _criteria(index: Index, report: Report) -> None:
    for node in index.leaves:
        item = node.item
        if not isinstance(item, Criterion):
            continue
        _names(index, node, item, report)
        _rule_points(node, item, report)
        for rule in item.rule.walk():
            _reachable(index, node, item, rule, report)
        if item.awarded and item.source not in {"appraiser", "published"}:
            report("points awarded by a person need 'source: appraiser'", node.loc, node.id)
        if item.checks and item.source not in {"check", "published"}:
            report("an observed rule needs 'source: check'", node.loc, node.id)
        if item.evidence.required and not item.evidence.ask.vi and not item.evidence.ask.en:
            report("evidence is required but not described", node.loc, node.id, True)
        if item.provenance == "reconstructed" and not item.origin:
            report("reconstructed, but 'origin' does not say from what", node.loc, node.id, True)
        _examples(index, node, item, report)


def _names(index: Index, node: Node, item: Criterion, report: Report) -> None:
    declared = {name: d for name, (_, d) in index.declared(item).items()}
    for expression in item.expressions:
        loc = (*node.loc, "applies" if expression is item.applies else "rule")
        for message in _unknown_names(expression, declared):
            report(message, loc, node.id)


def _unknown_names(expression: Expression, declared: dict[str, Input]) -> Iterator[str]:
    for name in sorted(expression.names):
        if name not in declared:
            yield f"'{expression}' reads '{name}', which is neither an input nor a fact"
        elif declared[name].type in {"table", "text", "date"}:
            yield f"'{expression}' computes with '{name}', which is of type {declared[name].type}"
    for table in sorted(expression.tables):
        if table not in declared or declared[table].type != "table":
            yield f"'{expression}' reduces '{table}', which is not a table input"
    for table, column in sorted(expression.columns):
        if table in declared and column not in declared[table].columns:
            yield f"'{expression}': the table '{table}' has no column '{column}'"
        elif (table, column) in expression.computed and (
            table in declared and declared[table].columns[column].type == "text"
        ):
            yield f"'{expression}' computes with '{table}.{column}', which is of type text"
    yield from _unknown_options(expression, declared)


def _unknown_options(expression: Expression, declared: dict[str, Input]) -> Iterator[str]:
    for name, option in sorted(expression.options):
        table, _, column = name.partition(".")
        owner = declared.get(table)
        asked = owner.columns.get(column) if owner and column else owner
        if asked is None or asked.type == "text":
            continue
        if asked.type != "choice":
            yield f"'{expression}': '{name}' has no options, it is of type {asked.type}"
        elif option not in asked.options:
            known = ", ".join(asked.options)
            yield f"'{expression}': '{option}' is not an option of '{name}' ({known})"


def _rule_points(node: Node, item: Criterion, report: Report) -> None:
    if item.points is None:
        return
    for rule in item.rule.walk():
        gives = rule.maximum(item.points)
        if rule is item.rule and not math.isclose(gives, item.points, abs_tol=_TOLERANCE):
            report(
                f"the rule gives at most {gives:g} points, but the criterion has {item.points:g}",
                (*node.loc, "rule"),
                node.id,
            )
        inside = _inside(rule, item.points)
        if rule.points is not None and not math.isclose(inside, rule.points, abs_tol=_TOLERANCE):
            report(
                f"the parts of '{rule.kind}' give {inside:g}, but {rule.points:g} are declared",
                (*node.loc, "rule"),
                node.id,
            )


def _inside(rule: RuleModel, default: float) -> float:
    """The most that the parts or steps of a rule give, whatever points it declares."""
    if isinstance(rule, Steps | Sum | BestOf):
        return rule.model_copy(update={"points": None}).maximum(default)
    return rule.maximum(default)


def _reachable(index: Index, node: Node, item: Criterion, rule: RuleModel, report: Report) -> None:
    declared = {name: d for name, (_, d) in index.declared(item).items()}
    loc = (*node.loc, "rule")
    if isinstance(rule, Steps):
        _reachable_steps(rule, declared, loc, node.id, report)
    elif isinstance(rule, Levels):
        source = declared.get(rule.levels.of)
        if source is not None and source.type != "choice":
            report(f"levels need a choice, but '{rule.levels.of}' is {source.type}", loc, node.id)
        elif source is not None:
            for option in sorted(set(rule.levels.at) ^ set(source.options)):
                where = "the rule" if option in rule.levels.at else f"'{rule.levels.of}'"
                report(f"the option '{option}' stands only in {where}", loc, node.id)
    elif isinstance(rule, Goalposts) and rule.goalposts.start == rule.goalposts.to:
        report("the two goalposts are equal", loc, node.id)
    elif isinstance(rule, Count) and rule.count.text in declared:
        most = declared[rule.count.text].max
        cap = rule.maximum(item.full)
        if most is not None and most * rule.each < cap - _TOLERANCE:
            report(f"{cap:g} points need more than the most allowed, {most:g}", loc, node.id)
    elif isinstance(rule, Awarded) and rule.awarded.missing():
        report("'awarded' says by whom and how, in vi and en", loc, node.id)


def _reachable_steps(
    rule: Steps, declared: dict[str, Input], loc: Loc, owner: str, report: Report
) -> None:
    ladder = sorted(rule.steps.at.items())
    bounds = declared.get(rule.steps.of.text)
    for threshold, _ in ladder:
        if bounds and bounds.max is not None and threshold > bounds.max:
            report(
                f"the step at {threshold:g} cannot be reached: '{rule.steps.of}' is at most "
                f"{bounds.max:g}",
                loc,
                owner,
            )
    if bounds and bounds.min is not None and ladder[0][0] <= bounds.min and rule.steps.otherwise:
        report("'otherwise' cannot be reached: the lowest step always is", loc, owner)
    if "share(" in rule.steps.of.text and ladder[-1][0] > 1 and not rule.steps.of.names:
        report(f"the step at {ladder[-1][0]:g} cannot be reached: a share is at most 1", loc, owner)
    rising = [points for _, points in ladder]
    for (lower, less), (higher, more) in pairwise(ladder):
        if more == less:
            report(f"the step at {higher:g} gives no more than the one at {lower:g}", loc, owner)
    if rising != sorted(rising) and rising != sorted(rising, reverse=True):
        report("the steps go up and down; write them so that points rise or fall", loc, owner)


def _examples(index: Index, node: Node, item: Criterion, report: Report) -> None:
    for place, example in enumerate(item.examples):
        loc = (*node.loc, "examples", place)
        try:
            got = float(try_criterion(index, item, example.given, example.best).points[0])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            report(f"the example cannot be computed: {error}", loc, node.id)
            continue
        if not math.isclose(got, example.points, abs_tol=1e-6):
            value = "unknown" if math.isnan(got) else f"{got:g}"
            report(
                f"the example expects {example.points:g} points, the rule gives {value}",
                loc,
                node.id,
            )


def _unused(index: Index, report: Report) -> None:
    read: set[str] = set()
    for node in index.leaves:
        if isinstance(node.item, Criterion):
            read |= set(node.item.reads)
            for name in sorted(set(node.item.inputs) - set(node.item.reads)):
                if node.item.inputs[name].type not in {"text", "date"}:
                    loc = (*node.loc, "inputs", name)
                    report(f"no rule reads the input '{name}'", loc, node.id, True)
    for name in sorted(set(index.facts) - read):
        report(f"no rule reads the fact '{name}'", ("facts", name), None, True)


def _crosswalk(index: Index, report: Report) -> None:
    for place, crossing in enumerate(index.crosswalk):
        for after in crossing.after:
            if after not in index.by_id:
                report(f"the crosswalk names '{after}', which is not here", ("crosswalk", place))
