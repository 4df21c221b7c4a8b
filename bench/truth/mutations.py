"""Sound statements broken on purpose: one edit each, of a kind that people make."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from flinksql_runner.builtin.table import function, is_aggregate
from flinksql_runner.builtin.written import call_of
from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.positions import Place, place_of
from truth.samples import Sample, options_span, tokens_of

Maker = Callable[[Sample, exp.Expr], Iterator[tuple[int, int, str]]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken sample; ``lines`` are those of the edit, from 1, in the broken statement."""

    kind: str
    sample: Sample
    lines: tuple[int, int]


def mutants(sample: Sample, chosen: random.Random, each: int = 2) -> Iterator[Mutant]:
    """A few mutants of each kind that fits the statement."""
    try:
        tree = sqlglot.parse_one(sample.sql, dialect="flink")
    except SqlglotError:
        return
    for kind, make in KINDS.items():
        edits = list(dict.fromkeys(make(sample, tree)))
        for start, end, text in chosen.sample(edits, min(each, len(edits))):
            sql = sample.sql[:start] + text + sample.sql[end:]
            first = sql.count("\n", 0, start) + 1
            last = sql.count("\n", 0, start + max(len(text), 1)) + 1
            yield Mutant(kind, replace(sample, sql=sql), (first, last))
    yield from _of_sinks(sample, chosen)


def _place(node: object) -> Place | None:
    return place_of(node) if isinstance(node, exp.Expr) else None


def _columns(tree: exp.Expr) -> Iterator[tuple[exp.Column, Place]]:
    for column in tree.find_all(exp.Column):
        place = _place(column)
        if place is not None and not isinstance(column.this, exp.Star):
            yield column, place


def _calls(sample: Sample, tree: exp.Expr) -> Iterator[tuple[exp.Expr, str, Place, list[tuple[int, int]]]]:
    """Calls of functions of the table in plain form: node, name, place of the name, places of the arguments."""
    for node in tree.find_all(exp.Func):
        place = place_of(node)
        call = call_of(node)
        if place is None or place.keyword is None or call is None or function(call.name) is None or call.star or call.distinct:
            continue
        arguments = []
        for operand in call.operands:
            where = _place(operand)
            if where is None:
                break
            arguments.append((where.start, where.end))
        else:
            if all(sample.sql[a[1]:b[0]].strip() == "," for a, b in pairwise(arguments)):
                yield node, call.name, place, arguments


def renamed_column(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A column that is not there."""
    for column, _ in _columns(tree):
        place = _place(column.this)
        if place is not None:
            yield place.end, place.end, "_x" if sample.sql[place.end - 1] != "`" else ""


def unknown_table(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A table that is not there."""
    for table in tree.find_all(exp.Table):
        place = _place(table.this)
        inserted = isinstance(table.parent, exp.Insert | exp.Schema)
        if place is not None and not inserted and table.name in {**sample.tables, **sample.views}:
            yield place.start, place.end, f"{table.name}_x"


def wrong_alias(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``zz.column``."""
    del sample
    for column, _ in _columns(tree):
        place = _place(column.args.get("table"))
        if place is not None and column.args.get("db") is None:
            yield place.start, place.end, "zz"


def removed_alias(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """The alias of a table that columns name."""
    used = {column.table for column, _ in _columns(tree)}
    for table in tree.find_all(exp.Table, exp.Subquery):
        alias = table.args.get("alias")
        name, where = _place(table.this), _place(alias.this if isinstance(alias, exp.TableAlias) else None)
        if name is not None and where is not None and table.alias in used:
            begin = sample.sql.rfind(" ", 0, where.start)
            before = sample.sql[:begin].rstrip()
            if before.upper().endswith(" AS"):
                begin = len(before) - 3
            yield begin, where.end, ""


def unknown_function(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A function that is not there."""
    for _, name, place, _ in _calls(sample, tree):
        assert place.keyword is not None
        yield place.keyword[0], place.keyword[1], f"{name}X"


def missing_argument(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """The last argument left out."""
    for _, _, _, arguments in _calls(sample, tree):
        if len(arguments) == 1:
            yield arguments[0][0], arguments[0][1], ""
        elif arguments:
            yield arguments[-2][1], arguments[-1][1], ""


def extra_argument(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """Arguments too many."""
    for _, _, _, arguments in _calls(sample, tree):
        if arguments:
            yield arguments[-1][1], arguments[-1][1], ", 1, 2, 3, 4"


def wrong_argument(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """An argument of another type."""
    for _, _, _, arguments in _calls(sample, tree):
        for start, end in arguments:
            for other in ("ARRAY[1]", "TRUE", "DATE '2020-01-01'"):
                yield start, end, other


def dropped_group_item(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """One expression of GROUP BY left out."""
    for group in tree.find_all(exp.Group):
        places = [place for item in group.expressions if (place := _place(item)) is not None]
        if len(places) < 2 or len(places) != len(group.expressions):
            continue
        yield places[0].start, places[1].start, ""
        yield places[-2].end, places[-1].end, ""
    del sample


def aggregate_in_where(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``WHERE COUNT(*) > 1``."""
    del sample
    for where in tree.find_all(exp.Where):
        place = _place(where.this)
        if place is not None and not isinstance(where.parent, exp.Filter):
            yield place.start, place.start, "COUNT(*) > 1 AND "


def nested_aggregate(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``SUM(SUM(a))``."""
    for node, name, _, arguments in _calls(sample, tree):
        if is_aggregate(name) and len(arguments) == 1 and not isinstance(node.parent, exp.Window):
            start, end = arguments[0]
            yield start, end, f"MAX({sample.sql[start:end]})"


def ambiguous_column(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """The table before a column left out, in a join."""
    if not any(select.args.get("joins") for select in tree.find_all(exp.Select)):
        return
    for column, place in _columns(tree):
        name = _place(column.this)
        if column.table and name is not None and place.start < name.start:
            yield place.start, name.start, ""
    del sample


def _items(select: exp.Select) -> list[Place]:
    places = [_place(item) for item in select.expressions]
    return [place for place in places if place is not None] if None not in places else []


def union_width(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A column left out in one branch."""
    del sample
    for union in tree.find_all(exp.SetOperation):
        branch = union.expression
        if isinstance(branch, exp.Select) and len(places := _items(branch)) > 1:
            yield places[-2].end, places[-1].end, ""


def union_type(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A column of another type in one branch."""
    del sample
    for union in tree.find_all(exp.SetOperation):
        if isinstance(union.expression, exp.Select):
            for place in _items(union.expression):
                yield place.start, place.end, "ARRAY[MAP['a', 1]]"


def insert_width(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A column too few or too many for the sink."""
    query = tree.args.get("expression") if sample.kind == "insert" else None
    if isinstance(query, exp.Select) and len(places := _items(query)) > 1:
        yield places[-2].end, places[-1].end, ""
        yield places[-1].end, places[-1].end, ", 1 AS one_more"


def insert_type(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A column of a type that the sink does not take."""
    query = tree.args.get("expression") if sample.kind == "insert" else None
    if isinstance(query, exp.Select) and not query.args.get("group"):
        for place in _items(query):
            yield place.start, place.end, "ARRAY[MAP['a', 1]]"
            yield place.start, place.end, "TRUE"


def no_boolean(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A condition that is no BOOLEAN."""
    del sample
    for node in tree.find_all(exp.Where, exp.Having):
        if (place := _place(node.this)) is not None:
            yield place.start, place.end, "1"
    for join in tree.find_all(exp.Join):
        if (place := _place(join.args.get("on"))) is not None:
            yield place.start, place.end, "'a'"


def incomparable(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``a = ARRAY[1]``."""
    del sample
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.LT, exp.GT, exp.LTE, exp.GTE):
        if (place := _place(node.expression)) is not None:
            yield place.start, place.end, "ARRAY[MAP['a', 1]]"
            yield place.start, place.end, "(1 = 1)"


def arithmetic(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``a + 'text'``."""
    del sample
    for node in tree.find_all(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod):
        if (place := _place(node.expression)) is not None:
            yield place.start, place.end, "'text'"


def unknown_field(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A field of a ROW that is not there."""
    for column, _ in _columns(tree):
        if column.args.get("db") is not None and (place := _place(column.this)) is not None:
            yield place.start, place.end, "no_such_field"
    for node in tree.find_all(exp.Dot):
        if (place := _place(node.expression)) is not None:
            yield place.start, place.end, "no_such_field"
    del sample


def descriptor(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """DESCRIPTOR of a column that is no time attribute, or is not there."""
    names = {column.name for column, _ in _columns(tree)}
    for node in tree.find_all(e.Descriptor):
        for column in node.expressions:
            if (place := _place(column)) is not None:
                yield place.start, place.end, "no_such_column"
                for name in sorted(names - {column.name} - {"window_start", "window_end", "window_time"}):
                    yield place.start, place.end, f"`{name}`"
    del sample


def window_size(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A number where a window function wants an interval."""
    del sample
    for node in tree.find_all(exp.Interval):
        place = _place(node)
        if place is not None and node.find_ancestor(exp.Func, exp.TableFromRows) is not None:
            yield place.start, place.end, "5"


def bad_cast(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A CAST that does not lead there."""
    del sample
    for node in tree.find_all(exp.Cast):
        if (place := _place(node.args.get("to"))) is not None:
            yield place.start, place.end, "MAP<INT, INT>"


def mixed_case(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A CASE whose values have no common type."""
    del sample
    for node in tree.find_all(exp.Case):
        if (place := _place(node.args.get("default"))) is not None and len(node.args["ifs"]) > 0:
            yield place.start, place.end, "ARRAY[MAP['a', 1]]"


def mixed_list(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``a IN (1, 'a')``."""
    del sample
    for node in tree.find_all(exp.In):
        if node.expressions and (place := _place(node.expressions[-1])) is not None:
            yield place.end, place.end, ", ARRAY[1]"


def no_over_order(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """OVER without its ORDER BY."""
    for node in tree.find_all(exp.Window):
        order = node.args.get("order")
        place = _place(order)
        if place is not None and place.keyword is not None:
            yield place.keyword[0], place.end, ""
    del sample


def twice_alias(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """Two tables of one name in a FROM."""
    del sample
    for select in tree.find_all(exp.Select):
        source = select.args.get("from_")
        first = source.this.alias_or_name if source is not None and isinstance(source.this, exp.Expr) else ""
        for join in select.args.get("joins") or ():
            alias = join.this.args.get("alias")
            place = _place(alias.this if isinstance(alias, exp.TableAlias) else None)
            if place is not None and first:
                yield place.start, place.end, first


def query_width(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """Two columns in a query that may have one."""
    del sample
    for node in tree.find_all(exp.In, exp.EQ, exp.GT, exp.LT):
        query = node.args.get("query") or node.args.get("expression")
        inner = query.find(exp.Select) if isinstance(query, exp.Subquery) else None
        if isinstance(inner, exp.Select) and (places := _items(inner)):
            yield places[-1].end, places[-1].end, ", 1"


def reserved_alias(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A reserved word as a name."""
    del sample
    for node in tree.find_all(exp.Alias):
        if (place := _place(node.args.get("alias"))) is not None:
            yield place.start, place.end, "order"


def grouped_star(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A column beside an aggregate, without a GROUP BY that has it."""
    del sample
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        place = _place(group)
        if place is not None and place.keyword is not None and group is not None and group.expressions:
            yield place.keyword[0], place.end, ""


def aggregate_in_group(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``GROUP BY COUNT(*)``."""
    del sample
    for group in tree.find_all(exp.Group):
        place = _place(group.expressions[-1]) if group.expressions else None
        if place is not None:
            yield place.end, place.end, ", COUNT(*)"


def over_in_where(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """A window function in WHERE."""
    del sample
    for where in tree.find_all(exp.Where):
        place = _place(where.this)
        if place is not None and not isinstance(where.parent, exp.Filter):
            yield place.start, place.start, "ROW_NUMBER() OVER (ORDER BY 1) = 1 AND "


def bad_index(sample: Sample, tree: exp.Expr) -> Iterator[tuple[int, int, str]]:
    """``a[...]`` of a value without elements."""
    for column, place in _columns(tree):
        if isinstance(column.parent, exp.Select):
            yield place.end, place.end, "[1]"
    del sample


KINDS: Mapping[str, Maker] = {
    "column that is not there": renamed_column, "table that is not there": unknown_table,
    "wrong alias before a column": wrong_alias, "alias of a table removed": removed_alias,
    "function that is not there": unknown_function, "argument missing": missing_argument, "argument too many": extra_argument,
    "argument of a wrong type": wrong_argument, "GROUP BY item dropped": dropped_group_item,
    "aggregate in WHERE": aggregate_in_where, "nested aggregate": nested_aggregate,
    "table of a column removed": ambiguous_column, "UNION width": union_width, "UNION type": union_type,
    "INSERT width": insert_width, "INSERT type": insert_type, "condition that is no BOOLEAN": no_boolean,
    "incomparable types": incomparable, "arithmetic on a text": arithmetic, "nested field that is not there": unknown_field,
    "DESCRIPTOR of another column": descriptor, "window size that is no interval": window_size,
    "CAST that is not allowed": bad_cast, "CASE without a common type": mixed_case, "IN without a common type": mixed_list,
    "OVER without ORDER BY": no_over_order, "one alias twice": twice_alias, "width of an inner query": query_width,
    "reserved word as a name": reserved_alias, "GROUP BY removed": grouped_star, "aggregate in GROUP BY": aggregate_in_group,
    "OVER in WHERE": over_in_where, "index of a value without elements": bad_index,
}


def _of_sinks(sample: Sample, chosen: random.Random) -> Iterator[Mutant]:
    """Changes of the sink: its key dropped, a connector that takes no updates, ON CONFLICT left out."""
    del chosen
    if sample.kind != "insert" or sample.sink is None:
        return
    name, create = sample.sink
    lines = (1, sample.sql.count("\n") + 1)
    span = options_span(tokens_of(create))
    if span is not None:
        kafka = create[:span[0]] + "WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json')" + create[span[1]:]
        yield Mutant("updates into an append-only sink", replace(sample, sink=(name, _without_key(kafka))), lines)
    at = sample.sql.upper().rfind("ON CONFLICT")
    if at > 0:
        yield Mutant("ON CONFLICT removed", replace(sample, sql=sample.sql[:at].rstrip()), lines)


def _without_key(create: str) -> str:
    try:
        tree = sqlglot.parse_one(create, dialect="flink")
    except SqlglotError:
        return create
    for key in tree.find_all(e.KeyConstraint):
        place = place_of(key)
        if place is None:
            continue
        begin = create.rfind("PRIMARY", 0, place.start + 8)
        end = create.find("ENFORCED", place.start)
        if begin < 0 or end < 0:
            continue
        before = create[:begin].rstrip()
        return (before.removesuffix(",") if key.expressions else before) + create[end + len("ENFORCED"):]
    return create
