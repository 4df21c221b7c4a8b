"""The clock of a test: functions that tell the time become literals of it, and what hangs on processing time is found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlglot import exp

from flinksql_runner.dialect.expressions import ContextValue, Descriptor, MatchRecognize
from flinksql_runner.dialect.positions import place_of, span_of
from flinksql_runner.testing.edits import Change, put

_WORDS = ("CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME")
_CALLS = ("NOW", "CURRENT_ROW_TIMESTAMP", "UNIX_TIMESTAMP")
_GROUP_WINDOWS = ("TUMBLE", "HOP", "SESSION")
PROCTIME = "PROCTIME"


def clock_reads(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """Each place of a query that asks for the time: the function's name and the node."""
    for node in tree.walk():
        name = _name(node)
        if name in _WORDS or (name in _CALLS and not node.expressions):
            yield name, node


def frozen(tree: exp.Expr, now: datetime, zone: str) -> Iterator[Change]:
    """Literals of ``now`` for all that asks for the time; each has the type of what it stands for.

    :param zone: the session's time zone, in which CURRENT_DATE and LOCALTIMESTAMP are told.
    """
    for name, node in clock_reads(tree):
        place = place_of(node)
        if place is None:
            continue
        text = literal_of(name, now, zone)
        if name in _WORDS and isinstance(node.parent, exp.Select) and node.arg_key == "expressions":
            text += f" AS `{name}`"  # a column without an alias has the function's name
        yield put(place.start, place.end, text)


def literal_of(name: str, now: datetime, zone: str) -> str:
    """What a function of the clock gives, as a literal of its type: none of them is ever NULL."""
    there = now.astimezone(ZoneInfo(zone))
    if name == "UNIX_TIMESTAMP":
        return f"CAST({int(now.timestamp())} AS BIGINT)"
    if name == "CURRENT_DATE":
        return f"DATE '{there:%Y-%m-%d}'"
    if name in ("CURRENT_TIME", "LOCALTIME"):
        return f"TIME '{there:%H:%M:%S}'"
    stamp = f"TIMESTAMP '{there:%Y-%m-%d %H:%M:%S}.{there.microsecond // 1000:03d}'"
    return stamp if name == "LOCALTIMESTAMP" else f"CAST({stamp} AS TIMESTAMP_LTZ(3))"


def waits_for_clock(tree: exp.Expr, columns: Collection[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """What gives rows, or takes rows together, when the machine's clock says so: in words, with its place.

    ROW_NUMBER and aggregates over rows by processing time are not among them: rows come in the order in which a test gives them.

    :param columns: names of columns that hold processing time.
    """
    times = {c.lower() for c in columns}
    for node in tree.walk():
        name = _name(node)
        what: exp.Expr | None = None
        words = "a window"
        if isinstance(node, Descriptor):
            what = next(iter(node.find_all(exp.Column, exp.Identifier)), None)
        elif name in _GROUP_WINDOWS and node.expressions:
            what = node.expressions[0]
        elif isinstance(node, MatchRecognize):
            words, what = "MATCH_RECOGNIZE with WITHIN", _ordered_by(node) if _has_within(node) else None
        elif isinstance(node, exp.Window):
            spec = node.args.get("spec")
            words = "an OVER window of a time range"
            is_range = spec is not None and str(spec.args.get("kind", "")).upper() == "RANGE" and isinstance(
                spec.args.get("start"), exp.Expr)
            what = _ordered_by(node) if is_range else None
        span = span_of(what) if what is not None and _is_processing_time(what, times) else None
        if span is not None:
            yield words, span


def _is_processing_time(what: exp.Expr, times: Collection[str]) -> bool:
    if any(_name(n) == PROCTIME for n in what.walk()):
        return True
    named = what if isinstance(what, (exp.Column, exp.Identifier)) else what.find(exp.Column)
    return named is not None and named.name.lower() in times


def _ordered_by(node: exp.Expr) -> exp.Expr | None:
    order = node.args.get("order")
    return order.expressions[0] if order is not None and order.expressions else None


def _has_within(node: exp.Expr) -> bool:
    return any(v for k, v in node.args.items() if "within" in k.lower())


def _name(node: exp.Expr) -> str:
    """The name of a function that stands in the text, in upper case; empty for other nodes."""
    if isinstance(node, exp.CurrentTimestamp):
        return "CURRENT_TIMESTAMP"
    if isinstance(node, exp.CurrentDate):
        return "CURRENT_DATE"
    if isinstance(node, exp.CurrentTime):
        return "CURRENT_TIME"
    if isinstance(node, (exp.Anonymous, ContextValue)):
        return str(node.this).upper()
    return ""
