"""Rules and expressions in words, for the rulebook, the form, the derivation and the pages."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from chiso.index.expressions import Expression
from chiso.index.model import Criterion, Index, Input
from chiso.index.rules import (
    Adjust,
    Awarded,
    BestOf,
    Count,
    Formula,
    Goalposts,
    Levels,
    Observed,
    RuleModel,
    Share,
    ShareOfBest,
    Steps,
    Sum,
    YesNo,
)
from chiso.language import Language, Text, number

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "×",
    ast.Div: "÷",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
_REDUCERS: Mapping[str, Text] = {
    "count": Text("số dòng của {table}", "the number of rows of {table}"),
    "count_if": Text(
        "số dòng của {table} có {columns}", "the number of rows of {table} with {columns}"
    ),
    "share": Text("tỷ lệ của {table} có {columns}", "the share of {table} with {columns}"),
    "sum": Text("tổng {columns} của {table}", "the sum of {columns} over {table}"),
    "mean": Text("trung bình {columns} của {table}", "the mean of {columns} over {table}"),
    "weighted_mean": Text(
        "trung bình có trọng số của {table} ({columns})",
        "the weighted mean over {table} ({columns})",
    ),
    "mean_of_means": Text(
        "trung bình của trung bình từng nhóm của {table} ({columns})",
        "the mean of group means over {table} ({columns})",
    ),
}
_WORDS: Mapping[str, Text] = {
    "and": Text("và", "and"),
    "or": Text("hoặc", "or"),
    "not": Text("không phải", "not"),
    "if": Text("{yes} nếu {test}, ngược lại {no}", "{yes} if {test}, otherwise {no}"),
    "min": Text("giá trị nhỏ nhất của {parts}", "the smallest of {parts}"),
    "max": Text("giá trị lớn nhất của {parts}", "the largest of {parts}"),
    "abs": Text("trị tuyệt đối của {parts}", "the absolute value of {parts}"),
    "sqrt": Text("căn bậc hai của {parts}", "the square root of {parts}"),
    "log": Text("lôgarit tự nhiên của {parts}", "the natural logarithm of {parts}"),
    "plus": Text("cộng", "plus"),
    "less": Text("trừ", "less"),
    "clip": Text("{parts} (giới hạn)", "{parts} (kept within bounds)"),
}


def expression_words(
    expression: Expression, declared: Mapping[str, Input], language: Language
) -> str:
    """An expression with the titles of its inputs in place of their names."""
    return _Wording(declared, language).write(ast.parse(expression.text, mode="eval").body)


_CHOICE, _JOINED, _NOT, _RELATION, _SUM, _PRODUCT, _MINUS, _ATOM = range(8)


def _binding(node: ast.expr) -> int:
    """How firmly an expression holds together when it stands inside another."""
    match node:
        case ast.IfExp():
            return _CHOICE
        case ast.BoolOp():
            return _JOINED
        case ast.Compare():
            return _RELATION
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return _SUM
        case ast.BinOp():
            return _PRODUCT
        case ast.UnaryOp(op=ast.Not()):
            return _NOT
        case ast.UnaryOp():
            return _MINUS
        case _:
            return _ATOM


class _Wording:
    def __init__(self, declared: Mapping[str, Input], language: Language) -> None:
        self.declared = declared
        self.language = language
        self.table: str | None = None

    def title(self, name: str) -> str:
        if self.table is not None:
            columns = self.declared[self.table].columns if self.table in self.declared else {}
            text = columns[name].title if name in columns else Text()
        else:
            text = self.declared[name].title if name in self.declared else Text()
        return f"“{text.get(self.language) or name}”"

    def write(self, node: ast.expr) -> str:
        handler = getattr(self, f"_{type(node).__name__.lower()}")
        return str(handler(node))

    def _constant(self, node: ast.Constant) -> str:
        if isinstance(node.value, int | float):
            return number(float(node.value), self.language)
        return f"“{node.value!s}”"

    def _name(self, node: ast.Name) -> str:
        return self.title(node.id)

    def _binop(self, node: ast.BinOp) -> str:
        own = _binding(node)
        # a − (b − c) and a ÷ (b ÷ c) need their brackets, a + (b + c) does not.
        after = own + isinstance(node.op, ast.Sub | ast.Div)
        left, right = self.inside(node.left, own), self.inside(node.right, after)
        return f"{left} {_OPERATORS[type(node.op)]} {right}"

    def inside(self, node: ast.expr, least: int) -> str:
        """A part of an expression, in brackets where it binds less than its place needs."""
        text = self.write(node)
        return f"({text})" if _binding(node) < least else text

    def _unaryop(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.Not):
            return f"{_WORDS['not'].get(self.language)} {self.inside(node.operand, _NOT)}"
        return f"−{self.inside(node.operand, _MINUS)}"

    def _boolop(self, node: ast.BoolOp) -> str:
        word = _WORDS["and" if isinstance(node.op, ast.And) else "or"].get(self.language)
        parts = [self.inside(value, _NOT) for value in node.values]
        return f" {word} ".join(parts)

    def _compare(self, node: ast.Compare) -> str:
        text = self.inside(node.left, _SUM)
        for relation, value in zip(node.ops, node.comparators, strict=True):
            text += f" {_OPERATORS[type(relation)]} {self._option(node.left, value)}"
        return text

    def _option(self, name: ast.expr, value: ast.expr) -> str:
        """An option by its title."""
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            source = self.declared.get(self.table or str(getattr(name, "id", "")))
            holder = (
                source.columns.get(getattr(name, "id", "")) if source and self.table else source
            )
            options: Mapping[str, Text] = holder.options if holder else {}
            return f"“{options.get(value.value, Text.of(value.value)).get(self.language)}”"
        return self.inside(value, _SUM)

    def _ifexp(self, node: ast.IfExp) -> str:
        return (
            _WORDS["if"]
            .get(self.language)
            .format(
                yes=self.inside(node.body, _JOINED),
                test=self.inside(node.test, _JOINED),
                no=self.write(node.orelse),
            )
        )

    def _call(self, node: ast.Call) -> str:
        name = getattr(node.func, "id", "")
        if name not in _REDUCERS or self.table is not None:
            parts = "; ".join(self.write(part) for part in node.args)
            return _WORDS[name].get(self.language).format(parts=parts)
        table = self.title(getattr(node.args[0], "id", ""))
        self.table = getattr(node.args[0], "id", None)
        try:
            columns = "; ".join(self.write(part) for part in node.args[1:])
        finally:
            self.table = None
        kind = "count_if" if name == "count" and columns else name
        return _REDUCERS[kind].get(self.language).format(table=table, columns=columns)


def rule_words(
    index: Index, criterion: Criterion, language: Language, rule: RuleModel | None = None
) -> list[str]:
    """A rule as lines of words, its parts indented by two spaces a level."""
    declared = {name: item for name, (_, item) in index.declared(criterion).items()}
    return _rule_lines(rule or criterion.rule, declared, criterion.worth, language, 0)


def _rule_lines(
    rule: RuleModel, declared: Mapping[str, Input], worth: float, language: Language, depth: int
) -> list[str]:
    def words(expression: Expression) -> str:
        return expression_words(expression, declared, language)

    def amount(value: float) -> str:
        return number(value, language)

    say = _SAY[type(rule)]
    lines = ["  " * depth + say(rule, words, amount, amount(rule.maximum(worth)), language)]
    if isinstance(rule, Steps):
        ladder = sorted(rule.steps.at.items(), reverse=True)
        mark = "điểm" if language == "vi" else "points"
        lines += [
            "  " * (depth + 1) + f"≥ {amount(step)}: {amount(points)} {mark}"
            for step, points in ladder
        ]
        if rule.steps.otherwise:
            below = f"< {amount(ladder[-1][0])}: {amount(rule.steps.otherwise)} {mark}"
            lines.append("  " * (depth + 1) + below)
    if isinstance(rule, Levels):
        options = declared[rule.levels.of].options if rule.levels.of in declared else {}
        mark = "điểm" if language == "vi" else "points"
        lines += [
            "  " * (depth + 1)
            + f"{options.get(option, Text.of(option)).get(language)}: "
            + f"{amount(share * rule.maximum(worth))} {mark}"
            for option, share in rule.levels.at.items()
        ]
    signs = _signs(rule, language)
    for sign, part in zip(signs, rule.parts(), strict=True):
        first, *more = _rule_lines(part, declared, worth, language, depth + 1)
        lines += ["  " * (depth + 1) + sign + first.lstrip(), *more]
    return lines


def _signs(rule: RuleModel, language: Language) -> list[str]:
    """What stands before each part of a rule: whether an adjustment adds it or takes it away."""
    if not isinstance(rule, Adjust):
        return [""] * len(rule.parts())
    plus, less = (f"{_WORDS[word].get(language)}: " for word in ("plus", "less"))
    return ["", *[plus] * len(rule.adjust.bonus), *[less] * len(rule.adjust.deduct)]


Say = Callable[[RuleModel, Callable[[Expression], str], Callable[[float], str], str, Language], str]


def _say(vi: str, en: str, **fields: Callable[..., object]) -> Say:
    def say(
        rule: RuleModel,
        words: Callable[[Expression], str],
        amount: Callable[[float], str],
        points: str,
        language: Language,
    ) -> str:
        filled = {
            name: _in_words(get(rule), words, amount, language) for name, get in fields.items()
        }
        return (vi if language == "vi" else en).format(points=points, **filled)

    return say


def _in_words(
    value: object,
    words: Callable[[Expression], str],
    amount: Callable[[float], str],
    language: Language,
) -> str:
    if isinstance(value, Expression):
        return words(value)
    if isinstance(value, Text):
        return value.get(language)
    return amount(value) if isinstance(value, float) else str(value)


_SAY: dict[type[RuleModel], Say] = {
    Share: _say("{x} (từ 0 đến 1) × {points} điểm", "{x} (0 to 1) × {points} points",
        x=lambda r: r.share,
    ),
    ShareOfBest: _say("{x} ÷ giá trị cao nhất trong khối × {points} điểm",
        "{x} ÷ the best value of the group × {points} points",
        x=lambda r: r.share_of_best,
    ),
    Goalposts: _say(
        "{x} so với hai mốc: {start} được 0 điểm, {to} được {points} điểm, ở giữa tính theo tỷ lệ",
        "{x} between two goalposts: {start} gives 0, {to} gives {points} points, linear between",
        x=lambda r: r.goalposts.of, start=lambda r: r.goalposts.start, to=lambda r: r.goalposts.to,
    ),
    Count: _say("{x} × {each} điểm, tối đa {points} điểm",
        "{x} × {each} points, at most {points} points",
        x=lambda r: r.count, each=lambda r: r.each,
    ),
    YesNo: _say("{points} điểm nếu đạt: {x}", "{points} points if it holds: {x}",
        x=lambda r: r.yes_no,
    ),
    Steps: _say(
        "theo bậc của {x}, tối đa {points} điểm", "by steps of {x}, at most {points} points",
        x=lambda r: r.steps.of,
    ),
    Levels: _say("theo mức, tối đa {points} điểm", "by level, at most {points} points"),
    Sum: _say("tổng các phần, tối đa {points} điểm", "the sum of the parts, at most {points} points"
    ),
    BestOf: _say("phương án cao điểm nhất, tối đa {points} điểm",
        "the best of the alternatives, at most {points} points",
    ),
    Adjust: _say("điểm cơ sở, cộng điểm thưởng, trừ điểm phạt, trong khoảng 0 đến {points} điểm",
        "the base, plus bonuses, less deductions, kept between 0 and {points} points",
    ),
    Awarded: _say("thẩm định viên cho điểm, tối đa {points} điểm: {how}",
        "awarded by an appraiser, at most {points} points: {how}",
        how=lambda r: r.awarded,
    ),
    Observed: _say("mức đạt qua kiểm tra trực tuyến {checks} × {points} điểm",
        "the level seen by online check {checks} × {points} points",
        checks=lambda r: ", ".join(r.checks),
    ),
    Formula: _say("{x}, trong khoảng 0 đến {points} điểm",
        "{x}, kept between 0 and {points} points",
        x=lambda r: r.formula,
    ),
}  # fmt: skip
