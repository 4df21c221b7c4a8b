"""What is wrong with the key and the watermark that CREATE TABLE declares; Flink tells it when the table is made or used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.context import Context
from flinksql_runner.analyse.declare import Declared, keys
from flinksql_runner.analyse.values import Column
from flinksql_runner.diagnostics import did_you_mean
from flinksql_runner.dialect.types import FlinkType

Typed = Callable[[exp.Expr], FlinkType | None]
KEY, WATERMARK = "FS355", "FS356"
_DIGITS = 3  # of a second, the most that a time attribute has
_WANTED = f"TIMESTAMP({_DIGITS}) or TIMESTAMP_LTZ({_DIGITS})"


def check(context: Context, create: exp.Expr, declared: Declared, typed: Typed) -> None:
    """Tells the context what Flink refuses; ``typed`` gives the type of an expression over all columns of the table."""
    elements = create.this.expressions if isinstance(create.this, exp.Schema) else []
    columns = {c.name: c for c in declared.columns}
    _keys(context, elements, columns, declared.open)
    watermark = next((m for m in elements if isinstance(m, exp.WatermarkColumnConstraint)), None)
    if watermark is not None:
        _watermark(context, watermark, columns, declared.open, typed)


def _keys(context: Context, elements: Iterable[exp.Expr], columns: Mapping[str, Column], is_open: bool) -> None:
    found = 0
    for key, names in keys(elements):
        if key.args.get("unique"):
            context.say(KEY, "Flink has no UNIQUE", names[0], "leave it out, or declare a primary key")
            continue
        found += 1
        if found > 1:
            context.say(KEY, "a second primary key", names[0], "name all its columns in one: PRIMARY KEY (a, b) NOT ENFORCED")
            continue
        _columns_of_key(context, names, columns, is_open)
        if key.args.get("enforced") is not False:
            context.say(KEY, "a primary key without NOT ENFORCED", names[0],
                        "write NOT ENFORCED behind it: Flink does not hold the rows, so it can't enforce their key")


def _columns_of_key(context: Context, names: Iterable[exp.Expr], columns: Mapping[str, Column], is_open: bool) -> None:
    seen: set[str] = set()
    for name in names:
        column = columns.get(name.name)
        if name.name in seen:
            context.say(KEY, f"`{name.name}` stands twice in the primary key", name, "take one of the two out")
        elif column is None and not is_open:
            context.say(KEY, f"the primary key names `{name.name}`, which is no column of the table", name,
                        did_you_mean(name.name, columns) or _declared(columns))
        elif column is not None and column.kind != "physical":
            what = "computed" if column.kind == "computed" else "metadata"
            context.say(KEY, f"`{name.name}` is a {what} column and can't be in a primary key", name,
                        "a key is made of columns that are stored")
        seen.add(name.name)


def _watermark(
    context: Context, watermark: exp.Expr, columns: Mapping[str, Column], is_open: bool, typed: Typed,
) -> None:
    of, value = watermark.this, watermark.args["expression"]
    name = ".".join(p.name for p in of.parts) if isinstance(of, exp.Column | exp.Dot) else of.name
    column = columns.get(name)
    if column is None:
        if name.partition(".")[0] in columns and "." in name:
            context.say(WATERMARK, f"`{name}` is a field of a row, and only a column can be the time of a table", of,
                        f"compute a column from it: ts AS {name}")
        elif not is_open:
            context.say(WATERMARK, f"the watermark is for `{name}`, which is no column of the table", of,
                        did_you_mean(name, columns) or _declared(columns))
        return
    found = typed(value)
    time = column.type
    if time is None or not _is_time(context, name, time, of):
        return
    if found is not None and found.name in ("TIMESTAMP", "TIMESTAMP_LTZ") and found.sizes[0] <= _DIGITS:
        if found.name != time.name:
            context.say(WATERMARK, f"the watermark is {_sql(found)}, and `{name}` is {_sql(time)}", value,
                        "make both of one type")
    elif found is not None or isinstance(value, exp.Null):
        context.say(WATERMARK, f"a watermark must be {_WANTED}, this is {_sql(found) if found else 'NULL'}", value,
                    f"for instance {name} - INTERVAL '5' SECOND")


def _is_time(context: Context, name: str, time: FlinkType, place: exp.Expr) -> bool:
    if time.time == "PROCTIME":
        context.say(WATERMARK, f"`{name}` is the processing time, which needs no watermark", place, "take the watermark out")
    elif time.name not in ("TIMESTAMP", "TIMESTAMP_LTZ"):
        help = {"CHAR": f"compute it: ts AS TO_TIMESTAMP({name})", "VARCHAR": f"compute it: ts AS TO_TIMESTAMP({name})",
                "BIGINT": f"compute it: ts AS TO_TIMESTAMP_LTZ({name}, 3)"}.get(time.name)
        context.say(WATERMARK, f"the time of a table must be {_WANTED}, `{name}` is {_sql(time)}", place, help)
    elif time.sizes[0] > _DIGITS:
        context.say(WATERMARK, f"the time of a table has at most {_DIGITS} digits of a second, `{name}` is {_sql(time)}", place,
                    f"declare it as {time.name}({_DIGITS})")
    else:
        return True
    return False


def _declared(columns: Mapping[str, Column]) -> str | None:
    shown = [f"`{name}`" for name in columns]
    return f"the table has {', '.join(shown)}" if 0 < len(shown) <= 8 else None


def _sql(found: FlinkType) -> str:
    return replace(found, nullable=True, time=None).sql
