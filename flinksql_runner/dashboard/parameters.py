"""What a viewer chose, held against the dashboard's parameters, and what is bound for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flinksql_runner.boards.read import LONGEST_RANGE_MS, milliseconds
from flinksql_runner.boards.values import Board, Bound, Parameter, Query

_LONGEST_TEXT = 200
_STEPS = 150               # about as many points as a chart shows apart
_ROUND_MS = tuple(1000 * s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400))


class WrongChoice(ValueError):
    """A value that a parameter can't have."""


Chosen = Mapping[str, "str | int | None"]
"""Parameter -> value; of a time range a length in ms. None stands for the first choice, which is found when it is asked for."""


def chosen(board: Board, given: Mapping[str, str]) -> Chosen:
    """The values of all parameters: those given, else the defaults. Names that the dashboard does not have are left out.

    :raises WrongChoice: where one is none of the parameter's.
    """
    return {p.name: _value(p, given[p.name]) if p.name in given else p.default if p.default is not None or not p.values
            else p.values[0] for p in board.parameters}


def _value(parameter: Parameter, text: str) -> str | int:
    if parameter.type == "time_range":
        length = milliseconds(text)
        if length is None or not 1000 <= length <= LONGEST_RANGE_MS:
            raise WrongChoice(f"`{parameter.label}` takes a length of time such as 15min")
        return length
    if len(text) > _LONGEST_TEXT or "\0" in text:
        raise WrongChoice(f"`{parameter.label}` takes at most {_LONGEST_TEXT} characters")
    if parameter.type == "choice" and parameter.values and text not in parameter.values:
        raise WrongChoice(f"`{parameter.label}` has no such choice")
    return text


def bound(query: Query, values: Chosen, now: datetime) -> Mapping[Bound, Any]:
    """What stands at each bound place: a text, or of a time range its start (UTC, without a zone) or the length of a step."""
    return {part: _bound(part, values[part.parameter], now) for part in query.parts if isinstance(part, Bound)}


def _bound(part: Bound, value: str | int | None, now: datetime) -> Any:
    if not isinstance(value, int):
        return value
    if part.aspect == "step":
        return timedelta(milliseconds=step_ms(value))
    return (now - timedelta(milliseconds=value)).replace(microsecond=0, tzinfo=None)


def driver_text(parts: Sequence[str | Bound], cast: Callable[[Bound], str] = lambda part: "") -> str:
    """A query with the marks that psycopg and PyMySQL replace by values, each with the ``cast`` behind it."""
    return "".join(part.replace("%", "%%") if isinstance(part, str) else f"%({driver_name(part)})s{cast(part)}" for part in parts)


def driver_name(part: Bound) -> str:
    """The name of a bound place in such a text."""
    return f"{part.parameter}__{part.aspect}"


def step_ms(length_ms: int) -> int:
    """A round step that cuts a time range into about 150."""
    return next((r for r in _ROUND_MS if r * _STEPS >= length_ms), 86_400_000 * max(1, length_ms // (86_400_000 * _STEPS)))
