"""What an event-time temporal join asks: a time attribute on the left, a versioned table with its key on the right."""

from __future__ import annotations

from sqlglot import exp

from flinksql_runner.analyse.context import Context
from flinksql_runner.analyse.relations import Join, Scan
from flinksql_runner.analyse.values import NodeAnalysis

VERSIONED = "FS350"


def check_versioned(context: Context, join: Join, version: exp.Expr) -> None:
    """Tells what is missing. Views may have a key that the planner finds, so only tables are judged."""
    as_of = join.as_of
    if as_of is None or as_of.type is None or join.left.open or as_of.type.name not in ("TIMESTAMP", "TIMESTAMP_LTZ"):
        return
    if as_of.kind == "column" and join.left.fields[as_of.index].time is None and as_of.type.time is None:
        context.say(VERSIONED, f"FOR SYSTEM_TIME AS OF needs a time attribute, `{as_of.name}` is {as_of.type.sql}",
                    as_of.syntax or version, "name the column with the WATERMARK")
        return
    table = context.parents.get(join.right.table) if isinstance(join.right, Scan) else None
    if table is None or table.open or any(c.kind == "query" for c in table.columns):
        return
    missing = _missing(table)
    if missing is not None:
        what = "PRIMARY KEY (...) NOT ENFORCED" if missing == "primary key" else "a WATERMARK"
        context.say(VERSIONED, f"FOR SYSTEM_TIME AS OF needs a versioned table, `{table.name}` has no {missing}", version,
                    f"declare {what} in `{table.name}`", word=True)
        return
    _keys(context, join, table, version)
    time = table.column(table.watermark)
    if as_of.type.time == "ROWTIME" and time is not None and time.type is not None and time.type.name != as_of.type.name:
        context.say(VERSIONED, f"`{as_of.name}` is {as_of.type.sql}, the time of `{table.name}` is {time.type.sql}",
                    as_of.syntax or version, "both sides need the same kind of timestamp")


def _missing(table: NodeAnalysis) -> str | None:
    if not table.primary_key:
        return "primary key"
    return None if table.watermark else "watermark"


def _keys(context: Context, join: Join, table: NodeAnalysis, version: exp.Expr) -> None:
    """The condition compares the whole primary key."""
    compared = {k.right.name for k in join.keys if k.right.kind == "column"}
    named = {join.right.fields[i].name: c.name for i, c in enumerate(table.columns) if i < len(join.right.fields)}
    missing = [k for k in table.primary_key if k not in {named.get(c, c) for c in compared}]
    if missing:
        said = f"the join with `{table.name}` does not compare its primary key: `{missing[0]}` is missing"
        context.say(VERSIONED, said, version, f"add ON ... = {table.name}.{missing[0]}", word=True)
