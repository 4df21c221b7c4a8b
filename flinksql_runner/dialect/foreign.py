"""Functions of other dialects as functions of Flink 2.3: ``sqlglot.transpile(sql, read="spark", write="flink")``.

Each was run on Flink and compared with what the other product gives. What has no counterpart, or one that means something else
where the tree does not tell, is told by ``unsupported`` (logged; an error with ``unsupported_level=ErrorLevel.RAISE``).
"""

from __future__ import annotations

import re
import typing as t

from sqlglot import exp

from flinksql_runner.dialect.formats import java_format

if t.TYPE_CHECKING:
    from sqlglot.generator import Generator

_Writer = t.Callable[[t.Any, t.Any], str]

# functions that have the same name, arguments and meaning in Flink as in sqlglot's trees
SAME = frozenset({
    exp.Abs, exp.Acos, exp.ArrayAgg, exp.ArrayConcat, exp.ArrayContains, exp.ArrayDistinct, exp.ArrayMax, exp.ArrayMin, exp.Ascii,
    exp.Asin, exp.Atan, exp.Avg, exp.Coalesce, exp.Cos, exp.Cosh, exp.Cot, exp.Count, exp.CumeDist, exp.DenseRank, exp.Exp,
    exp.Grouping, exp.GroupingId, exp.Lag, exp.Lead, exp.Left, exp.Ln, exp.Lower, exp.MapKeys,
    exp.Max, exp.Min, exp.Ntile, exp.Nullif, exp.Overlay, exp.PercentRank, exp.Pi, exp.Rand, exp.Rank, exp.Repeat, exp.Replace,
    exp.Reverse, exp.Right, exp.Round, exp.RowNumber, exp.Sign, exp.Sin, exp.Sinh, exp.Sqrt, exp.StddevPop, exp.StddevSamp,
    exp.Sum, exp.Tan, exp.Tanh, exp.Upper, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.Year, exp.Month, exp.MD5,
    exp.Translate, exp.Radians, exp.Degrees,
})
# functions with another name alone
_RENAMED: dict[type[exp.Expr], str] = {
    exp.ArrayToString: "ARRAY_JOIN", exp.AnyValue: "FIRST_VALUE",
    exp.Variance: "VAR_SAMP", exp.VariancePop: "VAR_POP", exp.Stddev: "STDDEV_SAMP",
    exp.Length: "CHAR_LENGTH", exp.Day: "DAYOFMONTH",
    exp.DayOfMonth: "DAYOFMONTH", exp.DayOfWeek: "DAYOFWEEK", exp.DayOfYear: "DAYOFYEAR",
    exp.WeekOfYear: "WEEK", exp.StartsWith: "STARTSWITH", exp.EndsWith: "ENDSWITH", exp.SHA: "SHA1", exp.Pow: "POWER",
    exp.Hex: "HEX", exp.ToBase64: "TO_BASE64",
}
# units that every product counts alike; weeks start on another day elsewhere
_UNITS = frozenset({"YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})
_SHORT = {
    "YYYY": "YEAR", "YY": "YEAR", "MM": "MONTH", "MON": "MONTH", "DD": "DAY", "YEARS": "YEAR", "MONTHS": "MONTH", "DAYS": "DAY",
    "HOURS": "HOUR", "MINUTES": "MINUTE", "SECONDS": "SECOND", "QUARTERS": "QUARTER", "WEEKS": "WEEK",
}
_EXTRACTED = {"YEAR": "YEAR", "QUARTER": "QUARTER", "MONTH": "MONTH", "DAY": "DAY", "HOUR": "HOUR", "MINUTE": "MINUTE",
              "DOY": "DOY", "DAYOFYEAR": "DOY", "ISOWEEK": "WEEK", "ISODOW": "ISODOW", "DAYOFWEEKISO": "ISODOW"}
_ZONED = re.compile(r"\d\d:\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)\Z")
_REGEX = frozenset("\\^$.|?*+()[]{}")


def lacking(writer: Generator, node: exp.Expr, what: str) -> str:
    """Tells that Flink has no counterpart, and writes the call under its own name."""
    writer.unsupported(what)
    return writer.func(node.sql_name() if isinstance(node, exp.Func) else node.key.upper(), *_parts(node))


def _parts(node: exp.Expr) -> list[t.Any]:
    found: list[t.Any] = []
    for value in node.args.values():
        found.extend(value if isinstance(value, list) else [value])
    return [part for part in found if isinstance(part, exp.Expr)]


def _unit(node: exp.Expr | None, default: str = "DAY") -> str:
    name = node.name.upper() if node is not None else default
    return _SHORT.get(name, name)


def _format(writer: Generator, node: exp.Expr, key: str = "format") -> str | None:
    found = node.args.get(key)
    java = java_format(found.name) if isinstance(found, exp.Literal) and found.is_string else None
    if java is None:
        writer.unsupported(f"the format {found.sql() if isinstance(found, exp.Expr) else ''} of {node.sql_name()}")  # type: ignore[attr-defined]
        return None
    return "'" + java.replace("'", "''") + "'"


def _formatted(name: str) -> _Writer:
    """``NAME(this, format)``, the format with Java's letters."""
    def write(writer: Generator, node: exp.Expr) -> str:
        text = _format(writer, node)
        return writer.func(name, node.this, text) if text else lacking(writer, node, f"{name} without a known format")

    return write


def _added(sign: int = 1, date: bool = False) -> _Writer:
    """``TIMESTAMPADD(unit, n, this)``."""
    def write(writer: Generator, node: exp.Expr) -> str:
        count, unit = node.expression, _unit(node.args.get("unit"), "MONTH" if isinstance(node, exp.AddMonths) else "DAY")
        if isinstance(count, exp.Interval):
            unit, count = _unit(count.args.get("unit")), count.this
        if isinstance(count, exp.Literal):
            number = count.name.strip()
            if not number.lstrip("-").isdigit():
                return lacking(writer, node, f"adding {number} {unit}")
            text = number if sign > 0 else number[1:] if number.startswith("-") else f"-{number}"
        else:
            text = writer.sql(count) if sign > 0 else f"-({writer.sql(count)})"
        if unit not in _UNITS | {"WEEK"}:
            return lacking(writer, node, f"adding the unit {unit}")
        this = writer.sql(node, "this")
        return f"TIMESTAMPADD({unit}, {text}, {f'CAST({this} AS DATE)' if date and not _is_date(node.this) else this})"

    return write


def _is_date(node: exp.Expr) -> bool:
    return isinstance(node, exp.TsOrDsToDate) or (isinstance(node, exp.Cast) and node.to.sql(dialect="flink").upper() == "DATE")


def _difference(writer: Generator, node: exp.Expr) -> str:
    """``TIMESTAMPDIFF(unit, from, to)``: Flink counts whole units; boundaries that are crossed are counted by FLOOR."""
    unit = _unit(node.args.get("unit"))
    if unit not in _UNITS:
        return lacking(writer, node, f"the difference in {unit}")
    if any(isinstance(part, exp.Cast) and part.this.is_string and _ZONED.search(part.this.name) for part in _parts(node)):
        return lacking(writer, node, "the difference to a time with a zone in its text: Flink reads none")
    sides = [writer.sql(node, "expression"), writer.sql(node, "this")]
    if node.args.get("unit") is None:
        sides = [side if _is_date(part) else f"CAST({side} AS DATE)"
                 for side, part in zip(sides, (node.expression, node.this), strict=True)]
    elif node.args.get("date_part_boundary"):
        sides = [f"FLOOR({side} TO {unit})" for side in sides]
    return f"TIMESTAMPDIFF({unit}, {sides[0]}, {sides[1]})"


def _truncated(writer: Generator, node: exp.Expr) -> str:
    """``FLOOR(this TO unit)``."""
    unit = _unit(node.args.get("unit"))
    if unit not in _UNITS or node.args.get("zone"):
        return lacking(writer, node, f"truncating to {unit}{': weeks start on Sunday in Flink' if unit == 'WEEK' else ''}")
    return f"FLOOR({writer.sql(node, 'this')} TO {unit})"


def _extract(writer: Generator, node: exp.Extract) -> str:
    unit = node.name.upper()
    if unit not in _EXTRACTED:
        writer.unsupported(f"EXTRACT({unit} ...): Flink counts it otherwise, or cuts its fraction")
    return f"EXTRACT({_EXTRACTED.get(unit, unit)} FROM {writer.sql(node, 'expression')})"


def _epoch(writer: Generator, node: exp.UnixToTime) -> str:
    scale = node.args.get("scale")
    digits = "0" if scale is None else scale.name
    if digits not in ("0", "3") or node.args.get("zone") or node.args.get("format"):
        return lacking(writer, node, "this way to make a timestamp of a number")
    return writer.func("TO_TIMESTAMP_LTZ", node.this, exp.Literal.number(digits))


def _date_of(writer: Generator, node: exp.TsOrDsToDate | exp.StrToDate) -> str:
    """A date of a text; TO_DATE gives a wrong date for a text that it can't read, TO_TIMESTAMP gives NULL."""
    if node.args.get("format") is None:
        return f"{'TRY_CAST' if node.args.get('safe') else 'CAST'}({writer.sql(node, 'this')} AS DATE)"
    text = _format(writer, node)
    if text is None:
        return lacking(writer, node, "a date of this format")
    return f"CAST({writer.func('TO_TIMESTAMP', node.this, text)} AS DATE)"


def _epoch_of(writer: Generator, node: exp.StrToUnix) -> str:
    if isinstance(node.this, exp.CurrentTimestamp):
        return "UNIX_TIMESTAMP()"
    writer.unsupported("UNIX_TIMESTAMP of a text that can't be read: Flink gives the smallest BIGINT, other products NULL")
    return _formatted("UNIX_TIMESTAMP")(writer, node)


def _position(writer: Generator, node: exp.StrPosition) -> str:
    if node.args.get("occurrence"):
        return lacking(writer, node, "the place of the n-th occurrence")
    start = node.args.get("position")
    if start is not None:
        return writer.func("LOCATE", node.args["substr"], node.this, start)
    return f"POSITION({writer.sql(node, 'substr')} IN {writer.sql(node, 'this')})"


def _substring(writer: Generator, node: exp.Substring) -> str:
    start = node.args.get("start")
    low = isinstance(start, exp.Neg) or (isinstance(start, exp.Literal) and start.name == "0")
    if low:
        writer.unsupported("SUBSTRING from 0 or from a negative place")
    return writer.func("SUBSTRING", node.this, start, node.args.get("length"))


def _trim(writer: Generator, node: exp.Trim) -> str:
    name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(str(node.args.get("position") or "").upper(), "BTRIM")
    signs = node.expression
    if not signs and name == "BTRIM":
        return writer.func("TRIM", node.this)
    return writer.func(name, node.this, signs)


def _pad(writer: Generator, node: exp.Pad) -> str:
    fill = node.args.get("fill_pattern") or exp.Literal.string(" ")
    return writer.func("LPAD" if node.args.get("is_left") else "RPAD", node.this, node.expression, fill)


def _concat_ws(writer: Generator, node: exp.ConcatWs) -> str:
    if node.args.get("coalesce") is False:
        writer.unsupported("CONCAT_WS that is NULL where an argument is: Flink's leaves it out")
    return writer.func("CONCAT_WS", *node.expressions)


def _split(writer: Generator, node: exp.Split | exp.RegexpSplit) -> str:
    by = node.expression
    plain = isinstance(by, exp.Literal) and bool(by.name) and (isinstance(node, exp.Split) or not _REGEX & set(by.name))
    if not plain or node.args.get("limit"):
        return lacking(writer, node, "splitting by a regular expression, by nothing, or with a limit")
    return writer.func("SPLIT", node.this, by)


def _split_part(writer: Generator, node: exp.SplitPart) -> str:
    at = node.args["part_index"]
    if not isinstance(at, exp.Literal) or not at.name.isdigit() or at.name == "0":
        return lacking(writer, node, "SPLIT_PART with a place that is no number from 1 on")
    writer.unsupported("SPLIT_PART behind the last part: Flink gives NULL, other products an empty text")
    return writer.func("SPLIT_INDEX", node.this, node.args["delimiter"], exp.Literal.number(int(at.name) - 1))


def _regexp(writer: Generator, node: exp.RegexpLike | exp.RegexpILike) -> str:
    pattern: exp.Expr = node.expression
    if node.args.get("flag"):
        return lacking(writer, node, "flags of a regular expression")
    before = "(?i)" if isinstance(node, exp.RegexpILike) else ""
    if node.args.get("full_match"):
        if not isinstance(pattern, exp.Literal):
            return lacking(writer, node, "matching the whole text by a pattern that is no literal")
        pattern = exp.Literal.string(f"^(?:{pattern.name})$")
    elif before:
        pattern = (exp.Literal.string(before + pattern.name) if isinstance(pattern, exp.Literal)
                   else exp.DPipe(this=exp.Literal.string(before), expression=pattern, safe=True))
    return writer.func("REGEXP", node.this, pattern)


def _regexp_replace(writer: Generator, node: exp.RegexpReplace) -> str:
    new, modifiers = node.args.get("replacement"), node.args.get("modifiers")
    everywhere = not node.args.get("single_replace") or (modifiers is not None and modifiers.name == "g")
    placed = node.args.get("position") or node.args.get("occurrence")
    if not everywhere or (modifiers is not None and modifiers.name != "g") or placed:
        return lacking(writer, node, "REGEXP_REPLACE of the first match alone, or with modifiers: Flink's replaces all")
    if not isinstance(new, exp.Literal) or {"\\", "$"} & set(new.name):
        writer.unsupported("REGEXP_REPLACE whose new text may refer to groups: Flink's refers as $1")
    return writer.func("REGEXP_REPLACE", node.this, node.expression, new)


def _regexp_extract(writer: Generator, node: exp.RegexpExtract) -> str:
    if node.args.get("position") or node.args.get("occurrence") or node.args.get("parameters"):
        return lacking(writer, node, "REGEXP_EXTRACT with a place, an occurrence or parameters")
    group = node.args.get("group")
    if not node.args.get("null_if_no_match"):
        writer.unsupported("REGEXP_EXTRACT without a match: Flink gives NULL, Spark an empty text")
    elif group is None and isinstance(node.expression, exp.Literal) and "(" in node.expression.name:
        group = exp.Literal.number(1)
    return writer.func("REGEXP_EXTRACT", node.this, node.expression, group or exp.Literal.number(0))


def _json_text(writer: Generator, node: exp.JSONExtractScalar) -> str:
    """The text of a scalar; where the other product gives objects as text too, so does JSON_QUERY."""
    args = node.args
    if not isinstance(node.expression, exp.JSONPath) or args.get("expressions") or args.get("variant_extract"):
        return lacking(writer, node, "a path in JSON that is no literal")
    value = writer.func("JSON_VALUE", node.this, node.expression)
    scalar = args.get("scalar_only") or (args.get("scalar_only") is False and args.get("only_json_types") is None)
    return value if scalar else writer.func("COALESCE", value, writer.func("JSON_QUERY", node.this, node.expression))


def _json(writer: Generator, node: exp.JSONExtract) -> str:
    if not isinstance(node.expression, exp.JSONPath) or node.args.get("expressions") or node.args.get("variant_extract"):
        return lacking(writer, node, "a part of a VARIANT or a path in JSON that is no literal")
    writer.unsupported("a scalar in JSON: JSON_QUERY gives NULL for it, other products its JSON text")
    return writer.func("JSON_QUERY", node.this, node.expression)


def _most(writer: Generator, node: exp.Greatest | exp.Least) -> str:
    name = node.sql_name()
    if node.args.get("ignore_nulls"):
        writer.unsupported(f"{name} that leaves NULL out: Flink's is NULL where an argument is")
    return writer.func(name, node.this, *node.expressions)


def _joined(writer: Generator, node: exp.GroupConcat) -> str:
    this = node.this
    if isinstance(this, exp.Order) or isinstance(getattr(this, "this", None), exp.Order):
        return lacking(writer, node, "LISTAGG in an order")
    return writer.func("LISTAGG", this, node.args.get("separator") or exp.Literal.string(","))


def _decode(writer: Generator, node: exp.DecodeCase) -> str:
    subject, *rest = node.expressions
    default = rest.pop() if len(rest) % 2 else None
    branches = " ".join(
        f"WHEN {writer.sql(exp.NullSafeEQ(this=subject.copy(), expression=key.copy()))} THEN {writer.sql(value)}"
        for key, value in zip(rest[::2], rest[1::2], strict=True)
    )
    return f"CASE {branches}{f' ELSE {writer.sql(default)}' if default is not None else ''} END"


def _percentile(writer: Generator, node: exp.WithinGroup) -> str:
    order = node.expression
    if isinstance(node.this, exp.PercentileCont) and isinstance(order, exp.Order) and len(order.expressions) == 1:
        term = order.expressions[0]
        if not term.args.get("desc"):
            return writer.func("PERCENTILE", term.this, node.this.this)
    if isinstance(node.this, exp.PercentileCont):
        return lacking(writer, node.this, "PERCENTILE_CONT in this order")
    return f"{writer.sql(node, 'this')} WITHIN GROUP ({writer.sql(order).strip()})"


def _struct(writer: Generator, node: exp.Struct) -> str:
    if any(isinstance(item, exp.PropertyEQ | exp.Alias) for item in node.expressions):
        writer.unsupported("the names of a STRUCT's fields: write CAST(ROW(...) AS ROW<a INT, ...>)")
    values = [item.expression if isinstance(item, exp.PropertyEQ) else item.this if isinstance(item, exp.Alias) else item
              for item in node.expressions]
    return writer.func("ROW", *values)


def _logarithm(writer: Generator, node: exp.Log) -> str:
    if node.expression is None:
        writer.unsupported("LOG without a base: Flink's is the natural one")
    return writer.func("LOG", node.this, node.expression)


def _rounded(name: str) -> _Writer:
    def write(writer: Generator, node: exp.Expr) -> str:
        if node.args.get("decimals") is not None:
            return lacking(writer, node, f"{name} with decimals")
        return f"{name}({writer.sql(node, 'this')})"

    return write


def foreign_call(node: exp.Expr) -> bool:
    """Whether another dialect parsed the call: sqlglot marked its name, and this dialect not its end (see ``positions``)."""
    return "start" in node.meta and "until" not in node.meta


def _edge(name: str) -> _Writer:
    def write(writer: Generator, node: exp.Expr) -> str:
        if foreign_call(node) and not isinstance(node.parent, exp.IgnoreNulls):
            writer.unsupported(f"{name} that may be NULL: Flink's leaves NULL out")
        return writer.func(name, node.this)

    return write


def _array_of_values(writer: Generator, node: exp.ArrayUniqueAgg) -> str:
    writer.unsupported("an array of no values: Flink's ARRAY_AGG gives NULL, other products an empty array")
    this = writer.sql(node, "this")
    return f"ARRAY_AGG(DISTINCT {this}) FILTER (WHERE {this} IS NOT NULL)"


def _initcap(writer: Generator, node: exp.Initcap) -> str:
    if node.expression is not None and node.expression.name.isspace():
        return lacking(writer, node, "INITCAP that ends words at blanks alone")
    return writer.func("INITCAP", node.this)


def _last_day(writer: Generator, node: exp.LastDay) -> str:
    if node.args.get("unit") is not None and _unit(node.args["unit"]) != "MONTH":
        return lacking(writer, node, "the last day of a unit that is no month")
    return f"TIMESTAMPADD(DAY, -1, TIMESTAMPADD(MONTH, 1, FLOOR(CAST({writer.sql(node, 'this')} AS DATE) TO MONTH)))"


def _array_size(writer: Generator, node: exp.ArraySize) -> str:
    if node.expression is not None and node.expression.name != "1":
        return lacking(writer, node, "the length of another dimension than the first")
    return writer.func("CARDINALITY", node.this)


def _renamed(name: str) -> _Writer:
    return lambda writer, node: writer.func(name, *_parts(node))


def _no(what: str) -> _Writer:
    return lambda writer, node: lacking(writer, node, what)


WRITERS: dict[type[exp.Expr], _Writer] = {
    **{kind: _renamed(name) for kind, name in _RENAMED.items()},
    exp.AddMonths: _added(date=True),
    exp.ApproxDistinct: lambda w, n: f"COUNT(DISTINCT {w.sql(n, 'this')})",
    exp.ArrayUniqueAgg: _array_of_values,
    exp.First: _edge("FIRST_VALUE"),
    exp.FirstValue: _edge("FIRST_VALUE"),
    exp.Last: _edge("LAST_VALUE"),
    exp.LastValue: _edge("LAST_VALUE"),
    exp.Try: _no("TRY"),
    exp.VarMap: lambda w, n: w.map_sql(n),
    exp.ArraySize: _array_size,
    exp.Parameter: _no("parameters in the text"),
    exp.BitwiseAnd: _no("bitwise AND"),
    exp.BitwiseOr: _no("bitwise OR"),
    exp.BitwiseXor: _no("bitwise XOR"),
    exp.BitwiseNot: _no("bitwise NOT"),
    exp.BitwiseLeftShift: _no("shifting bits"),
    exp.BitwiseRightShift: _no("shifting bits"),
    exp.AtTimeZone: _no("AT TIME ZONE"),
    exp.Ceil: _rounded("CEIL"),
    exp.ConcatWs: _concat_ws,
    exp.CountIf: lambda w, n: f"COUNT(*) FILTER (WHERE {w.sql(n, 'this')})",
    exp.CurrentDatetime: lambda w, n: "LOCALTIMESTAMP",
    exp.DateAdd: _added(),
    exp.DateSub: _added(-1),
    exp.DateDiff: _difference,
    exp.DateTrunc: _truncated,
    exp.DecodeCase: _decode,
    exp.DayOfWeekIso: lambda w, n: f"EXTRACT(ISODOW FROM {w.sql(n, 'this')})",
    exp.Explode: _no("EXPLODE among the columns: write CROSS JOIN UNNEST"),
    exp.Extract: _extract,
    exp.Floor: _rounded("FLOOR"),
    exp.Greatest: _most,
    exp.GroupConcat: _joined,
    exp.ILike: lambda w, n: f"LOWER({w.sql(n, 'this')}) LIKE LOWER({w.sql(n, 'expression')})",
    exp.Initcap: _initcap,
    exp.IntDiv: lambda w, n: f"CAST({w.sql(n, 'this')} / {w.sql(n, 'expression')} AS BIGINT)",
    exp.JSONExtract: _json,
    exp.JSONExtractScalar: _json_text,
    exp.Lambda: _no("lambda functions"),
    exp.LastDay: _last_day,
    exp.Least: _most,
    exp.Log: _logarithm,
    exp.Nvl2: lambda w, n: f"CASE WHEN {w.sql(n, 'this')} IS NOT NULL THEN {w.sql(n, 'true')} ELSE {w.sql(n, 'false')} END",
    exp.Pad: _pad,
    exp.RegexpExtract: _regexp_extract,
    exp.RegexpILike: _regexp,
    exp.RegexpLike: _regexp,
    exp.RegexpReplace: _regexp_replace,
    exp.RegexpSplit: _split,
    exp.SHA2: lambda w, n: w.func("SHA2", n.this, n.args.get("length") or exp.Literal.number(256)),
    exp.Split: _split,
    exp.SplitPart: _split_part,
    exp.StrPosition: _position,
    exp.StrToDate: _date_of,
    exp.StrToTime: _formatted("TO_TIMESTAMP"),
    exp.StrToUnix: _epoch_of,
    exp.Struct: _struct,
    exp.Substring: _substring,
    exp.TimeStrToTime: lambda w, n: f"CAST({w.sql(n, 'this')} AS TIMESTAMP)",
    exp.TimeToStr: _formatted("DATE_FORMAT"),
    exp.TimestampAdd: _added(),
    exp.TimestampSub: _added(-1),
    exp.DatetimeAdd: _added(),
    exp.DatetimeSub: _added(-1),
    exp.TimestampDiff: _difference,
    exp.DatetimeDiff: _difference,
    exp.TimestampTrunc: _truncated,
    exp.DatetimeTrunc: _truncated,
    exp.Trim: _trim,
    exp.Trunc: lambda w, n: w.func("TRUNCATE", n.this, n.args.get("decimals")),
    exp.TsOrDsAdd: _added(date=True),
    exp.TsOrDsToDate: _date_of,
    exp.TsOrDsToTimestamp: lambda w, n: f"CAST({w.sql(n, 'this')} AS TIMESTAMP)",
    exp.UnixToStr: _formatted("FROM_UNIXTIME"),
    exp.UnixToTime: _epoch,
    exp.Uuid: lambda w, n: "UUID()",
    exp.WithinGroup: _percentile,
}

# Flink's functions that sqlglot reads from no other dialect: a foreign call of such a name may mean something else
CLASHING = frozenset({
    "ARRAY_APPEND", "ARRAY_EXCEPT", "ARRAY_INTERSECT", "ARRAY_JOIN", "ARRAY_POSITION", "ARRAY_PREPEND", "ARRAY_REMOVE",
    "ARRAY_REVERSE", "ARRAY_SLICE", "ARRAY_SORT", "ARRAY_UNION", "BIN", "BTRIM", "CHR", "COLLECT", "CONVERT_TZ", "DATE_FORMAT",
    "DAYOFMONTH", "DAYOFWEEK", "DAYOFYEAR", "DECODE", "ELEMENT", "ELT", "ENCODE", "FROM_UNIXTIME", "IF", "INET_ATON", "INET_NTOA",
    "INSTR", "JSON_ARRAY", "JSON_EXISTS", "JSON_OBJECT", "JSON_QUERY", "JSON_QUOTE", "JSON_STRING", "JSON_UNQUOTE", "JSON_VALUE",
    "LISTAGG", "LOCATE", "LOG10", "LOG2", "MAP_ENTRIES", "MAP_UNION", "MAP_VALUES", "PARSE_URL", "PERCENTILE", "PRINTF",
    "RAND_INTEGER", "REGEXP", "REGEXP_COUNT", "REGEXP_EXTRACT_ALL", "REGEXP_INSTR", "REGEXP_SUBSTR", "SPLIT_INDEX", "STR_TO_MAP",
    "TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_LTZ", "TYPEOF", "UNHEX", "UNIX_TIMESTAMP", "URL_DECODE", "URL_ENCODE", "WEEK",
})


def anonymous(writer: t.Any, node: exp.Anonymous, plain: _Writer) -> str:
    """A call that sqlglot has no class for: kept, as it may be the user's; told where Flink has one of that name.

    Calls that this dialect parsed are marked (``until``, see ``positions``): they mean Flink's.
    """
    if foreign_call(node) and node.name.upper() in CLASHING:
        writer.unsupported(f"{node.name}: Flink has a function of this name, which may mean something else")
    return plain(writer, node)
