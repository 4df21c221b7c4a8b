"""What Flink's streams ask of OVER: one window for all calls, ordered by one column upwards, frames that look back."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.context import Context
from flinksql_runner.analyse.relations import Over

UNSUPPORTED = "FS343"
_WHOLE = frozenset({"LEAD", "NTILE", "PERCENT_RANK", "CUME_DIST"})
_RANKS = frozenset({"ROW_NUMBER", "RANK", "DENSE_RANK"})
_FRAMELESS = _RANKS | {"LAG", "LEAD", "NTILE", "PERCENT_RANK", "CUME_DIST"}


def check_overs(context: Context, below: Relation, overs: list[Over]) -> None:
    """Tells windows that the planner refuses. Ranks may be ordered by anything: a filter above makes a Top-N of them."""
    known = not below.open and all(s.kind != "unknown" for o in overs for s in (*o.partition, *(k.value for k in o.order)))
    for over in overs:
        if over.call.syntax is not None and (known or not over.order):
            _check(context, below, over, over.call.syntax)
    first = overs[0]
    framed = [o for o in overs if o.call.name not in _FRAMELESS]
    for over in overs[1:]:
        differs = (over.partition, over.order) != (first.partition, first.order)
        if known and over.call.syntax is not None and (differs or (over in framed and framed[0].frame != over.frame)):
            said = "all calls with OVER in one SELECT need the same window, this one differs from the first"
            context.say(UNSUPPORTED, said, over.call.syntax, "compute it in a query of its own", word=True)


def _check(context: Context, below: Relation, over: Over, syntax: exp.Expr) -> None:
    name = over.call.name
    if not over.order:
        what = "the column that ranks the rows" if name in _RANKS else "a time attribute"
        if over.named is not None:
            context.say(UNSUPPORTED, f"the window `{over.named.name}` needs ORDER BY", over.named, f"order by {what}")
        else:
            context.say(UNSUPPORTED, f"OVER of `{name}` needs ORDER BY", syntax, f"order by {what}", word=True)
        return
    if name in _RANKS:
        return
    if name in _WHOLE:
        context.say(UNSUPPORTED, f"`{name}` needs rows that come later, and a stream has none", syntax,
                    "look back by LAG, or number rows by ROW_NUMBER() and filter the number", word=True)
        return
    if len(over.order) > 1:
        context.say(UNSUPPORTED, f"OVER of `{name}` can be ordered by one column only", over.order[1].value.syntax or syntax,
                    "order by the time attribute alone")
        return
    key = over.order[0]
    if key.descending:
        context.say(UNSUPPORTED, f"OVER of `{name}` can only be ordered upwards (ASC)", key.value.syntax or syntax,
                    "leave DESC out: each row sees those before it")
    frame = over.frame
    if frame.written and frame.known and (frame.end is None or frame.end > 0):
        context.say(UNSUPPORTED, "a stream can't look at rows that come later: FOLLOWING has no meaning here", syntax,
                    "end the frame with CURRENT ROW", word=True)
    elif frame.written and frame.known and frame.end is not None and frame.end < 0:
        context.say(UNSUPPORTED, "a frame of a stream ends with the current row, this one ends before it", syntax,
                    "end the frame with CURRENT ROW", word=True)
    timely = key.value.kind == "column" and key.value.index < len(below.fields) and (
        below.fields[key.value.index].time is not None or below.fields[key.value.index].type is None)
    if frame.written and frame.start is not None and frame.known and not timely and key.value.type is not None:
        context.say(UNSUPPORTED, "a frame with a bound needs OVER ordered by a time attribute", key.value.syntax or syntax,
                    "order by the column with the WATERMARK, or leave the frame out")
