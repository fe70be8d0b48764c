"""A cell of a file → the value of an input, as its declaration asks."""

from __future__ import annotations

from typing import Any

from chiso.index.model import Column, Input
from chiso.index.trial import check_bounds
from chiso.language import fold
from chiso.rounds.answers import STATE_TITLES, State
from chiso.rounds.spec import Decimal
from chiso.tables import (
    Cell,
    is_blank,
    parse_date,
    parse_integer,
    parse_number,
    parse_text,
    parse_yes_no,
)


def parse_cell(declared: Input | Column, cell: Cell, decimal: Decimal) -> Any:
    """The value in a cell that is not blank, of the declared type and within its bounds.

    Raises ValueError with a sentence for whoever filled the cell.
    """
    match declared.type:
        case "number":
            value = parse_number(cell, decimal=decimal, percent=declared.unit.en == "%")
            check_bounds(declared, value)
            return value
        case "integer":
            whole = parse_integer(cell, decimal=decimal)
            check_bounds(declared, whole)
            return whole
        case "yes_no":
            return parse_yes_no(cell)
        case "choice":
            return parse_choice(declared, cell)
        case "date":
            return parse_date(cell).isoformat()
        case _:
            return parse_text(cell)


def parse_choice(declared: Input | Column, cell: Cell) -> str:
    """The option that a cell names by its id or by its title in either language.

    Case and accents may differ where that leaves one option.
    """
    said = parse_text(cell).strip()
    names = {option: {option, title.vi, title.en} for option, title in declared.options.items()}
    found = [option for option, known in names.items() if said in known]
    if not found:
        found = [option for option in names if fold(said) in {fold(n) for n in names[option]}]
    if len(found) == 1:
        return found[0]
    known = "; ".join(title.vi or option for option, title in declared.options.items())
    raise ValueError(f"'{cell}' is not one of the options: {known}")


def parse_state(cell: Cell) -> State:
    """The state that a cell names by its word or title; REPORTED where it is blank."""
    if is_blank(cell):
        return State.REPORTED
    said = fold(str(cell).strip())
    for state, title in STATE_TITLES.items():
        if said in {state.word, state.word.replace("_", " "), fold(title.vi), fold(title.en)}:
            return state
    known = ", ".join(state.word for state in State)
    raise ValueError(f"'{cell}' is not a state; states are {known}")
