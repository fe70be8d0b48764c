"""The kinds of rule that turn inputs into points, and what each computes.

A rule is declared in YAML by its kind (`share: computers / staff`), may carry its own `points`
(otherwise it takes those of its criterion), and may hold other rules. `trace` computes it for
all bodies at once and keeps every step, so that a derivation is read, never reconstructed.

Unknown values are NaN. Inside `sum` and `best_of` an unknown part earns nothing while another
part is known; when every part is unknown the whole is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag

from chiso.index.expressions import Expression, Scope, parse
from chiso.index.reducers import FloatArray
from chiso.language import Text

APPRAISED = "awarded"  # the name under which an appraiser's points enter a scope


def _expression(value: Any) -> Expression:
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("an expression is a text such as 'computers / staff'")
    return parse(str(value))


_CONFIG = ConfigDict(
    extra="forbid",
    frozen=True,
    arbitrary_types_allowed=True,
    populate_by_name=True,
    allow_inf_nan=False,
)
Expr = Annotated[Expression, PlainValidator(_expression)]


@dataclass(slots=True)
class RuleScope(Scope):
    """A scope for rules: the values, what checks observed, and who can be best of the group.

    `bests` holds frozen group bests by rule path (to ask what a body would have had against
    last year's best); bests that were taken from this population are noted in `found`.
    """

    observed: Mapping[str, FloatArray] = field(default_factory=dict)
    eligible: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    bests: Mapping[str, float] | None = None
    found: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Trace:
    """What a rule computed: points for every body, the quantity behind them, and its parts."""

    rule: RuleModel
    maximum: float
    points: FloatArray
    quantity: FloatArray | None = None
    parts: tuple[Trace, ...] = ()
    best: float | None = None


class RuleModel(BaseModel):
    """What all kinds have in common."""

    model_config = _CONFIG
    kind: ClassVar[str]
    points: float | None = Field(default=None, ge=0)

    def maximum(self, default: float) -> float:
        """The points that this rule gives at the most; `default` are its criterion's."""
        return default if self.points is None else self.points

    def expressions(self) -> Iterator[Expression]:
        """The expressions of this rule alone, without those of its parts."""
        return iter(())

    def parts(self) -> tuple[RuleModel, ...]:
        """The rules directly inside this one."""
        return ()

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        """Compute points for all bodies: arrays of shape (scope.size,), NaN where unknown."""
        raise TypeError(f"{type(self).__name__} declares no computation")  # kinds override it

    def walk(self) -> Iterator[RuleModel]:
        """This rule and all inside it, outermost first."""
        yield self
        for part in self.parts():
            yield from part.walk()


class Share(RuleModel):
    """`share: a / b` — the ratio, between 0 and 1, times the points."""

    kind = "share"
    share: Expr

    def expressions(self) -> Iterator[Expression]:
        yield self.share

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum = self.maximum(default)
        ratio = self.share.evaluate(scope)
        return Trace(self, maximum, np.minimum(np.maximum(ratio, 0.0), 1.0) * maximum, ratio)


class ShareOfBest(RuleModel):
    """`share_of_best: x` — the value divided by the best value of the group, times the points."""

    kind = "share_of_best"
    share_of_best: Expr

    def expressions(self) -> Iterator[Expression]:
        yield self.share_of_best

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum = self.maximum(default)
        value = self.share_of_best.evaluate(scope)
        if scope.bests is not None and path in scope.bests:
            best = scope.bests[path]
        else:
            among = value if scope.eligible is None else value[scope.eligible]
            best = float(np.nanmax(among, initial=0.0)) if len(among) else 0.0
            scope.found[path] = best
        ratio = np.minimum(np.maximum(value, 0.0) / best, 1.0) if best > 0 else value * 0.0
        return Trace(self, maximum, ratio * maximum, value, best=best)


class Posts(BaseModel):
    """The two goalposts: `from` earns nothing, `to` earns everything; less may be better."""

    model_config = _CONFIG
    of: Expr
    start: float = Field(alias="from")
    to: float


class Goalposts(RuleModel):
    """`goalposts: {of: x, from: a, to: b}` — linear between a (0) and b (all points)."""

    kind = "goalposts"
    goalposts: Posts

    def expressions(self) -> Iterator[Expression]:
        yield self.goalposts.of

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum, posts = self.maximum(default), self.goalposts
        value = posts.of.evaluate(scope)
        level = np.clip((value - posts.start) / (posts.to - posts.start), 0.0, 1.0)
        return Trace(self, maximum, level * maximum, value)


class Count(RuleModel):
    """`count: n, each: k, cap: c` — k points for each, at most c."""

    kind = "count"
    count: Expr
    each: float = Field(default=1.0, gt=0)
    cap: float | None = Field(default=None, gt=0)

    def maximum(self, default: float) -> float:
        return self.cap if self.cap is not None else super().maximum(default)

    def expressions(self) -> Iterator[Expression]:
        yield self.count

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum = self.maximum(default)
        value = self.count.evaluate(scope)
        return Trace(self, maximum, np.clip(value * self.each, 0.0, maximum), value)


class YesNo(RuleModel):
    """`yes_no: condition` — all points if it holds, none if it does not."""

    kind = "yes_no"
    yes_no: Expr

    def expressions(self) -> Iterator[Expression]:
        yield self.yes_no

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum = self.maximum(default)
        holds = self.yes_no.evaluate(scope)
        points = np.where(np.isnan(holds), np.nan, (holds != 0) * maximum)
        return Trace(self, maximum, points, holds)


class Ladder(BaseModel):
    """`of` is measured; `at` maps a threshold (reached or passed) to points."""

    model_config = _CONFIG
    of: Expr
    at: dict[float, Annotated[float, Field(ge=0)]] = Field(min_length=1)
    otherwise: float = Field(default=0.0, ge=0)


class Steps(RuleModel):
    """`steps: {of: x, at: {0.8: 30, 0.5: 20}}` — the points of the highest step reached."""

    kind = "steps"
    steps: Ladder

    def maximum(self, default: float) -> float:
        steps = self.steps
        return max(steps.otherwise, *steps.at.values()) if self.points is None else self.points

    def expressions(self) -> Iterator[Expression]:
        yield self.steps.of

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        value = self.steps.of.evaluate(scope)
        thresholds = np.array(sorted(self.steps.at))
        points = np.array([self.steps.otherwise, *(self.steps.at[t] for t in thresholds)])
        # A ratio such as 0.8 reached by 8/10 must count as reached whatever its last bit.
        step = np.searchsorted(thresholds, value + 1e-12, side="right")
        earned = np.where(np.isnan(value), np.nan, points[np.minimum(step, len(thresholds))])
        maximum = self.maximum(default)
        return Trace(self, maximum, np.minimum(earned, maximum), value)


class Choice(BaseModel):
    """`of` names a choice input; `at` maps each option to a share of the points."""

    model_config = _CONFIG
    of: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    at: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        default={"full": 1.0, "half": 0.5, "none": 0.0}, min_length=1
    )


class Levels(RuleModel):
    """`levels: {of: input, at: {full: 1, half: 0.5, none: 0}}` — a share of the points."""

    kind = "levels"
    levels: Choice

    def expressions(self) -> Iterator[Expression]:
        yield parse(self.levels.of)

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum, at = self.maximum(default), self.levels.at
        chosen = scope.values[self.levels.of]
        shares = np.array([at.get(option, np.nan) for option in scope.options[self.levels.of]])
        known = ~np.isnan(chosen)
        share = np.full(scope.size, np.nan)
        share[known] = shares[chosen[known].astype(np.intp)]
        return Trace(self, maximum, share * maximum, share)


class Sum(RuleModel):
    """`sum: [rule, …]` — the points of all parts together."""

    kind = "sum"
    sum: list[Rule] = Field(min_length=1)

    def maximum(self, default: float) -> float:
        return super().maximum(sum(part.maximum(default) for part in self.sum))

    def parts(self) -> tuple[RuleModel, ...]:
        return tuple(self.sum)

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        parts = _trace_parts(self.sum, scope, default, path)
        maximum = self.maximum(default)
        total = np.minimum(_known_only(np.nansum, parts), maximum)
        return Trace(self, maximum, total, parts=parts)


class BestOf(RuleModel):
    """`best_of: [rule, …]` — the alternative that gives the most points."""

    kind = "best_of"
    best_of: list[Rule] = Field(min_length=1)

    def maximum(self, default: float) -> float:
        return super().maximum(max(part.maximum(default) for part in self.best_of))

    def parts(self) -> tuple[RuleModel, ...]:
        return tuple(self.best_of)

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        parts = _trace_parts(self.best_of, scope, default, path)
        maximum = self.maximum(default)
        best = _known_only(lambda points, axis: np.fmax.reduce(points, axis=axis), parts)
        return Trace(self, maximum, np.minimum(best, maximum), parts=parts)


class Adjustment(BaseModel):
    """Points of `base`, with `bonus` added and `deduct` taken away."""

    model_config = _CONFIG
    base: Rule
    bonus: list[Rule] = Field(default_factory=list)
    deduct: list[Rule] = Field(default_factory=list)


class Adjust(RuleModel):
    """`adjust: {base: rule, bonus: [rule], deduct: [rule]}` — kept between 0 and the points."""

    kind = "adjust"
    adjust: Adjustment

    def maximum(self, default: float) -> float:
        return super().maximum(self.adjust.base.maximum(default))

    def parts(self) -> tuple[RuleModel, ...]:
        return (self.adjust.base, *self.adjust.bonus, *self.adjust.deduct)

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        parts = _trace_parts(self.parts(), scope, default, path)
        base, rest = parts[0], parts[1:]
        points = base.points
        for place, part in enumerate(rest):
            # An unknown bonus or deduction neither gives nor takes.
            change = np.nan_to_num(part.points)
            points = points + change if place < len(self.adjust.bonus) else points - change
        maximum = self.maximum(default)
        return Trace(self, maximum, np.clip(points, 0.0, maximum), parts=parts)


class Awarded(RuleModel):
    """`awarded: appraiser` — points are given by a person; the text says by whom and how."""

    kind = "awarded"
    awarded: Text

    def expressions(self) -> Iterator[Expression]:
        yield parse(APPRAISED)

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum, given = self.maximum(default), scope.values[APPRAISED]
        return Trace(self, maximum, np.clip(given, 0.0, maximum), given)


class Observed(RuleModel):
    """`observed: CHECK` — the level in [0, 1] that online checks saw, times the points.

    With several checks, the mean of the levels that are known.
    """

    kind = "observed"
    observed: str | Annotated[list[str], Field(min_length=1)]

    @property
    def checks(self) -> tuple[str, ...]:
        """The ids of the checks."""
        return (self.observed,) if isinstance(self.observed, str) else tuple(self.observed)

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum = self.maximum(default)
        unknown = np.full(scope.size, np.nan)
        levels = np.stack([scope.observed.get(check, unknown) for check in self.checks])
        known = (~np.isnan(levels)).sum(axis=0)
        level = np.where(known > 0, np.nansum(levels, axis=0) / np.maximum(known, 1), np.nan)
        return Trace(self, maximum, level * maximum, level)


class Formula(RuleModel):
    """`formula: expression` — points computed outright, kept between 0 and the points."""

    kind = "formula"
    formula: Expr

    def expressions(self) -> Iterator[Expression]:
        yield self.formula

    def trace(self, scope: RuleScope, default: float, path: str) -> Trace:
        maximum = self.maximum(default)
        value = self.formula.evaluate(scope)
        return Trace(self, maximum, np.clip(value, 0.0, maximum), value)


KINDS: dict[str, type[RuleModel]] = {
    model.kind: model
    for model in (
        Share, ShareOfBest, Goalposts, Count, YesNo, Steps, Levels, Sum, BestOf, Adjust, Awarded,
        Observed, Formula,
    )
}  # fmt: skip


def _kind_of(value: Any) -> str | None:
    if isinstance(value, RuleModel):
        return value.kind
    if not isinstance(value, Mapping):
        return None
    kinds = [key for key in value if key in KINDS]
    return kinds[0] if len(kinds) == 1 else None


Rule = Annotated[
    Annotated[Share, Tag("share")]
    | Annotated[ShareOfBest, Tag("share_of_best")]
    | Annotated[Goalposts, Tag("goalposts")]
    | Annotated[Count, Tag("count")]
    | Annotated[YesNo, Tag("yes_no")]
    | Annotated[Steps, Tag("steps")]
    | Annotated[Levels, Tag("levels")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[BestOf, Tag("best_of")]
    | Annotated[Adjust, Tag("adjust")]
    | Annotated[Awarded, Tag("awarded")]
    | Annotated[Observed, Tag("observed")]
    | Annotated[Formula, Tag("formula")],
    Discriminator(
        _kind_of,
        custom_error_type="rule_kind",
        custom_error_message="a rule names exactly one kind of: " + ", ".join(KINDS),
    ),
]
RuleKind = Literal[
    "share", "share_of_best", "goalposts", "count", "yes_no", "steps", "levels", "sum", "best_of",
    "adjust", "awarded", "observed", "formula",
]  # fmt: skip

for _model in (Sum, BestOf, Adjustment, Adjust):
    _model.model_rebuild()


def _trace_parts(
    rules: list[Rule] | tuple[RuleModel, ...], scope: RuleScope, default: float, path: str
) -> tuple[Trace, ...]:
    return tuple(rule.trace(scope, default, f"{path}.{place}") for place, rule in enumerate(rules))


def _known_only(reduce: Any, parts: tuple[Trace, ...]) -> FloatArray:
    """Reduce over the parts that are known; NaN where none is."""
    points = np.stack([part.points for part in parts])
    unknown = np.isnan(points)
    if not unknown.any():
        return np.asarray(reduce(points, axis=0))
    return np.where(unknown.all(axis=0), np.nan, reduce(points, axis=0))
