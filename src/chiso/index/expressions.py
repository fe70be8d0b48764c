"""A small safe expression language over declared inputs.

    computers / staff
    share(units, wan)
    level4 / procedures >= 0.5 and not exempt

Python's grammar is parsed (never evaluated) and only the forms below are accepted: numbers,
quoted options, names, `+ - * /`, comparisons, `and or not`, `a if condition else b`, and the
functions listed in [`FUNCTIONS`][] and [`REDUCERS`][]. Every value is an array over bodies;
NaN is an unknown value and stays unknown through arithmetic. Conditions are 1, 0 or NaN, and
`and` / `or` follow Kleene's three-valued logic. Division by zero is unknown, never infinite.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiso.index.reducers import GROUPING, REDUCERS, FloatArray, TableData, Values, divide

MAX_LENGTH = 500
MAX_DEPTH = 25


class ExpressionError(ValueError):
    """The text is not an expression of this language; the message says which part is not."""


@dataclass(slots=True)
class Scope:
    """What names mean while an expression is evaluated: arrays of `size` values by name."""

    size: int
    values: Mapping[str, FloatArray]
    tables: Mapping[str, TableData] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Evaluate = Callable[[Scope], Values]


def _compare(relation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Values]:
    def compare(a: Any, b: Any) -> Values:
        if isinstance(b, str):  # a text column: object arrays hold None where a cell is blank
            return np.where(_blank(a), np.nan, np.asarray(relation(a, b), np.float64))
        known = np.asarray(relation(a, b), dtype=np.float64)
        unknown = np.isnan(a) | np.isnan(b)
        return np.where(unknown, np.nan, known)

    return compare


def _blank(cells: Any) -> NDArray[np.bool_]:
    return np.array([cell is None for cell in np.atleast_1d(cells)], dtype=np.bool_)


def _truth(a: Values) -> Values:
    """A condition as 1, 0 or NaN: a number holds where it is not zero."""
    return np.where(np.isnan(a), np.nan, np.not_equal(a, 0))


def _and(a: Values, b: Values) -> Values:
    return np.where((np.equal(a, 0)) | (np.equal(b, 0)), 0.0, np.minimum(a, b))


def _or(a: Values, b: Values) -> Values:
    return np.where((np.equal(a, 1)) | (np.equal(b, 1)), 1.0, np.maximum(a, b))


def _sqrt(a: Values) -> Values:
    return np.sqrt(np.where(np.less(a, 0), np.nan, a))


def _log(a: Values) -> Values:
    return np.log(np.where(np.less_equal(a, 0), np.nan, a))


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Values]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: divide,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Values]] = {
    ast.Lt: _compare(operator.lt),
    ast.LtE: _compare(operator.le),
    ast.Gt: _compare(operator.gt),
    ast.GtE: _compare(operator.ge),
    ast.Eq: _compare(operator.eq),
    ast.NotEq: _compare(operator.ne),
}
#: name → (least arguments, most arguments, function)
FUNCTIONS: dict[str, tuple[int, int, Callable[..., Values]]] = {
    "min": (2, 9, lambda *parts: _fold(np.minimum, parts)),
    "max": (2, 9, lambda *parts: _fold(np.maximum, parts)),
    "abs": (1, 1, np.abs),
    "sqrt": (1, 1, _sqrt),
    "log": (1, 1, _log),
    "clip": (3, 3, np.clip),
}


def _fold(function: Callable[[Any, Any], Any], parts: tuple[Values, ...]) -> Values:
    result = parts[0]
    for part in parts[1:]:
        result = function(result, part)
    return result


@dataclass(frozen=True, slots=True)
class Call:
    """One reduction of a table inside an expression, to be shown with its value."""

    text: str
    table: str
    evaluate: Evaluate = field(compare=False, hash=False, repr=False)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: `names` it reads, `calls` on tables, `options` it compares with.

    `columns` pairs a table with a column it reads, and `computed` holds those of them that must
    be numbers; `options` pairs a name (or `table.column`) with a quoted option.
    """

    text: str
    names: frozenset[str]
    columns: frozenset[tuple[str, str]]
    computed: frozenset[tuple[str, str]]
    options: frozenset[tuple[str, str]]
    calls: tuple[Call, ...]
    _run: Evaluate = field(compare=False, hash=False, repr=False)

    @property
    def tables(self) -> frozenset[str]:
        """The table inputs that the expression reduces."""
        return frozenset(call.table for call in self.calls)

    def evaluate(self, scope: Scope) -> FloatArray:
        """The value for every body: shape (size,); NaN where it is unknown.

        Raises KeyError for a name that the scope does not hold. The caller silences numpy's
        floating-point warnings (`np.errstate`) once for all expressions.
        """
        value = self._run(scope)
        if isinstance(value, np.ndarray) and value.shape == (scope.size,):
            return value
        return np.full(scope.size, value, dtype=np.float64)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Parse an expression.

    Raises:
        ExpressionError: the text is too long, too deep, or uses a form outside the language.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters")
    text = text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python itself finds doubtful is refused
            tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        detail = getattr(error, "msg", None) or "it cannot be read"
        raise ExpressionError(f"'{text}' is not an expression: {detail}") from None
    compiler = _Compiler(text)
    run = compiler.compile(tree.body, 0)
    return Expression(
        text=text,
        names=frozenset(compiler.names),
        columns=frozenset(compiler.columns),
        computed=frozenset(compiler.computed),
        options=frozenset(compiler.options),
        calls=tuple(compiler.calls),
        _run=run,
    )


class _Compiler:
    """Turns the accepted part of a syntax tree into a function of a scope."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.columns: set[tuple[str, str]] = set()
        self.computed: set[tuple[str, str]] = set()
        self.options: set[tuple[str, str]] = set()
        self.calls: list[Call] = []
        self.table: str | None = None
        self.label = False  # inside an operand that may be text: a compared column, a grouping

    def compile(self, node: ast.expr, depth: int) -> Evaluate:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"'{self.text}' is nested too deeply")
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            raise ExpressionError(
                f"'{self._source(node)}' in '{self.text}' is not part of the expression language"
            )
        return handler(node, depth + 1)  # type: ignore[no-any-return]

    def _source(self, node: ast.AST) -> str:
        """The part of the text that a node stands for."""
        return ast.get_source_segment(self.text, node) or self.text

    def _constant(self, node: ast.Constant, depth: int) -> Evaluate:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ExpressionError(f"'{self._source(node)}' in '{self.text}' is not a number")
        try:
            constant = float(value)
        except OverflowError:
            constant = math.inf
        if not math.isfinite(constant):
            raise ExpressionError(f"'{self.text}' holds a number that is too large")
        return lambda scope: constant

    def _name(self, node: ast.Name, depth: int) -> Evaluate:
        name = self._identifier(node)
        if self.table is not None:
            table = self.table
            self.columns.add((table, name))
            if not self.label:
                self.computed.add((table, name))
            return lambda scope: scope.tables[table].columns[name]
        self.names.add(name)
        return lambda scope: scope.values[name]

    def _identifier(self, node: ast.Name) -> str:
        """A name as it is written: Python reads some other letters (ｓ, ſ) as a plain s."""
        written = self._source(node)
        if written != node.id or not written.isascii():
            raise ExpressionError(f"'{written}' in '{self.text}' is not a name: use a–z, 0–9 and _")
        return node.id

    def _as_label(self, node: ast.expr, depth: int) -> Evaluate:
        self.label = isinstance(node, ast.Name)
        try:
            return self.compile(node, depth)
        finally:
            self.label = False

    def _binop(self, node: ast.BinOp, depth: int) -> Evaluate:
        function = _BINARY.get(type(node.op))
        if function is None:
            raise ExpressionError(f"'{self.text}' uses an operator other than + - * /")
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)
        return lambda scope: function(left(scope), right(scope))

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Evaluate:
        operand = self.compile(node.operand, depth)
        if isinstance(node.op, ast.USub):
            return lambda scope: -operand(scope)
        if isinstance(node.op, ast.Not):
            return lambda scope: 1.0 - np.asarray(_truth(operand(scope)))
        raise ExpressionError(f"'{self.text}' uses an operator other than - and not")

    def _boolop(self, node: ast.BoolOp, depth: int) -> Evaluate:
        join = _and if isinstance(node.op, ast.And) else _or
        parts = [self.compile(value, depth) for value in node.values]
        return lambda scope: _fold(join, tuple(_truth(part(scope)) for part in parts))

    def _ifexp(self, node: ast.IfExp, depth: int) -> Evaluate:
        condition = self.compile(node.test, depth)
        yes, no = self.compile(node.body, depth), self.compile(node.orelse, depth)

        def choose(scope: Scope) -> Values:
            holds = condition(scope)
            known = np.where(np.not_equal(holds, 0), yes(scope), no(scope))
            return np.where(np.isnan(holds), np.nan, known)

        return choose

    def _compare(self, node: ast.Compare, depth: int) -> Evaluate:
        operands = [node.left, *node.comparators]
        pairs = [
            self._relation(a, relation, b, depth)
            for a, relation, b in zip(operands, node.ops, operands[1:], strict=False)
        ]
        return lambda scope: _fold(_and, tuple(pair(scope) for pair in pairs))

    def _relation(self, a: ast.expr, relation: ast.cmpop, b: ast.expr, depth: int) -> Evaluate:
        function = _COMPARE.get(type(relation))
        if function is None:
            raise ExpressionError(f"'{self.text}' uses a comparison other than < <= > >= == !=")
        if isinstance(b, ast.Constant) and isinstance(b.value, str):
            return self._option(a, relation, b.value, depth)
        left, right = self.compile(a, depth), self.compile(b, depth)
        return lambda scope: function(left(scope), right(scope))

    def _option(self, a: ast.expr, relation: ast.cmpop, option: str, depth: int) -> Evaluate:
        """Compare a choice with one of its options, written as a quoted word."""
        if not isinstance(a, ast.Name) or not isinstance(relation, ast.Eq | ast.NotEq):
            raise ExpressionError(f"'{option}' in '{self.text}' can only follow NAME == or NAME !=")
        value = self._as_label(a, depth)
        key = f"{self.table}.{a.id}" if self.table else a.id
        self.options.add((key, option))
        function = _COMPARE[type(relation)]

        def compare(scope: Scope) -> Values:
            known = scope.options.get(key)
            wanted: Any = option if known is None else float(known.index(option))
            return function(value(scope), wanted)

        return compare

    def _call(self, node: ast.Call, depth: int) -> Evaluate:
        name = self._identifier(node.func) if isinstance(node.func, ast.Name) else ""
        if node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            raise ExpressionError(f"'{self.text}': functions take plain arguments only")
        if name in REDUCERS and self.table is None:
            return self._reduction(name, node, depth)
        if name not in FUNCTIONS:
            known = ", ".join(sorted({*FUNCTIONS, *REDUCERS}))
            raise ExpressionError(
                f"'{self._source(node.func)}' in '{self.text}' is not a function; known are {known}"
            )
        least, most, function = FUNCTIONS[name]
        self._expect(name, len(node.args), least, most)
        parts = [self.compile(part, depth) for part in node.args]
        return lambda scope: function(*(part(scope) for part in parts))

    def _reduction(self, name: str, node: ast.Call, depth: int) -> Evaluate:
        least, most, function = REDUCERS[name]
        self._expect(name, len(node.args) - 1, least, most, "columns")
        source = node.args[0]
        if not isinstance(source, ast.Name):
            raise ExpressionError(f"'{self.text}': the first argument of {name} names a table")
        self.table = table = self._identifier(source)
        try:
            parts = [
                self._as_label(part, depth)
                if name in GROUPING and place
                else self.compile(part, depth)
                for place, part in enumerate(node.args[1:])
            ]
        finally:
            self.table = None

        def reduce(scope: Scope) -> Values:
            data = scope.tables[table]
            rows = len(data.owner)
            return function(data, *(_per_row(part(scope), rows) for part in parts))

        self.calls.append(Call(ast.unparse(node), table, reduce))
        return reduce

    def _expect(
        self, name: str, given: int, least: int, most: int, what: str = "arguments"
    ) -> None:
        if not least <= given <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise ExpressionError(f"'{self.text}': {name} takes {wanted} {what}, not {given}")


def _per_row(value: Any, rows: int) -> NDArray[Any]:
    return value if isinstance(value, np.ndarray) else np.full(rows, value, dtype=np.float64)
