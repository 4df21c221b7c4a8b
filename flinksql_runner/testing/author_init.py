"""A first test of a node: typed example rows for what it reads, or rows that a source really gave."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from flinksql_runner.functions.types import SqlType
from flinksql_runner.graph.values import Graph
from flinksql_runner.syntax.values import Node
from flinksql_runner.testing.author_values import flow_text, row_text
from flinksql_runner.testing.inputs import Shape

ROWS = 3
_DAY = "2026-01-01"
_STEP = 10  # seconds from one row's event time to the next
_WHOLE = ("TINYINT", "SMALLINT", "INT", "BIGINT")
_PARTS = ("DECIMAL", "FLOAT", "DOUBLE")
_TIMES = ("TIMESTAMP", "TIMESTAMP_LTZ")
_FLIPPED: Mapping[type[exp.Binary], type[exp.Binary]] = {
    exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}


@dataclass(frozen=True, slots=True)
class Input:
    """What a test will give to one input: cells in YAML, a watermark before the last row where the input has an event time."""

    name: str
    kind: str
    rows: tuple[Mapping[str, str], ...]
    watermark: str | None = None


def inputs_of(graph: Graph, name: str) -> tuple[str, ...]:
    """The inputs that a test of a node gives rows to: what it reads, or itself for a source."""
    return (name,) if graph.nodes[name].kind == "source" else graph.parents[name]


def example(node: Node, graph: Graph, name: str, shape: Shape) -> Input:
    """Example rows of one input: keys that repeat, event times that advance, values about which the node's SQL asks."""
    asked, keys, used = _asked(node), _keys(node), _used(node)
    columns = [c for c in shape.columns if c.computed is None and (
        not used or c.name.lower() in used or c.name == shape.rowtime or not c.type.nullable)]
    rows = tuple(
        {c.name: _value(c.name, c.type, at, asked.get(c.name.lower(), ()), c.name.lower() in keys) for c in columns}
        for at in range(ROWS))
    watermark = _moment((ROWS - 1) * _STEP) if shape.rowtime is not None else None
    return Input(name, graph.nodes[name].kind, rows, watermark)


def given(graph: Graph, name: str, shape: Shape, rows: Sequence[Mapping[str, object]]) -> Input:
    """Rows that the input really gave, as Flink's JSON has them; computed columns are left to be computed."""
    physical = [c.name for c in shape.columns if c.computed is None]
    return Input(name, graph.nodes[name].kind, tuple({c: flow_text(row.get(c)) for c in physical} for row in rows))


def file_text(node: str, name: str, inputs: Sequence[Input]) -> str:
    """The YAML file of one test without an expectation."""
    lines = [
        f"# Written by flinksql test --init {node}. Change the rows to what matters; what comes is then written by",
        f"# flinksql test -k {name} --update, to be read, and kept or mended.",
        "unit_tests:", f"  - name: {name}", f"    node: {node}", "    given:",
    ]
    for each in inputs:
        call = "source" if each.kind == "source" else "ref"
        lines += [f"      - input: {call}('{each.name}')", "        rows:" + ("" if each.rows else " []")]
        for at, row in enumerate(each.rows):
            if each.watermark is not None and at == len(each.rows) - 1:
                lines.append(f"          - watermark: '{each.watermark}'")
            lines.append(f"          - {row_text(row)}")
    return "\n".join([*lines, "    expect:", "      rows: []", ""])


def free_name(node: str, taken: Collection[str]) -> str:
    """A name for the test that no other has."""
    names = (f"{node}_example{f'_{n}' if n > 1 else ''}" for n in range(1, len(taken) + 2))
    return next(n for n in names if n not in taken)


def _moment(seconds: int) -> str:
    return f"{_DAY} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _value(name: str, type_: SqlType, at: int, asked: Sequence[object], is_key: bool) -> str:
    """The value of one cell: of a question in the SQL where one fits the type, else by type, name and row."""
    if asked and _fits(asked[at % len(asked)], type_):
        return flow_text(asked[at % len(asked)])
    return flow_text(_example(name, type_, at, is_key or name.lower() in ("id", "key", "k") or name.lower().endswith("_id")))


def _fits(value: object, type_: SqlType) -> bool:
    if isinstance(value, str):
        return type_.name in ("STRING", "VARCHAR", "CHAR")
    return type_.name in _PARTS or (type_.name in _WHOLE and isinstance(value, int))


def _example(name: str, type_: SqlType, at: int, is_key: bool = False) -> object:
    """The value of the row ``at`` by type; a key's is the same in the first two rows."""
    if type_.name in _WHOLE:
        return (1, 1, 2)[at % 3] if is_key else at + 1
    if type_.name in _PARTS:
        return (1.5, 2.5, 4)[at % 3]
    if type_.name == "BOOLEAN":
        return at % 2 == 0
    if type_.name in _TIMES:
        return _moment(at * _STEP + 1)
    if type_.name in ("DATE", "TIME"):
        return _DAY if type_.name == "DATE" else _moment(at * _STEP)[11:]
    if type_.name in ("ARRAY", "MULTISET"):
        return [_example(name, type_.children[0], at)]
    if type_.name == "MAP":
        return {str(_example("key", type_.children[0], at)): _example(name, type_.children[1], at)}
    if type_.name == "ROW":
        return {f: _example(f, c, at) for f, c in zip(type_.fields, type_.children, strict=True)}
    if type_.name in ("BYTES", "VARBINARY", "BINARY"):
        return f"x'{at + 1:02x}'"
    text = name.removesuffix("_id") + f"-{(1, 1, 2)[at % 3] if is_key else at + 1}"
    return text[:type_.arguments[0]] if type_.arguments else text


def _keys(node: Node) -> frozenset[str]:
    """Columns (lower case) that the node groups, partitions or joins by."""
    found: set[str] = set()
    for tree in (s.tree for s in node.statements if s.tree is not None):
        parts = [*tree.find_all(exp.Group), *(p for w in tree.find_all(exp.Window) for p in w.args.get("partition_by") or ())]
        parts += [e for e in tree.find_all(exp.EQ) if isinstance(e.this, exp.Column) and isinstance(e.expression, exp.Column)]
        found |= {c.name.lower() for part in parts for c in part.find_all(exp.Column)}
    return frozenset(found)


def _used(node: Node) -> frozenset[str]:
    """Columns (lower case) that the node's queries name; empty where they take all (``*``) or can't be told."""
    trees = [s.tree for s in node.statements if s.kind != "create_table" and s.tree is not None]
    if not trees or any(tree.find(exp.Star) is not None and not _counts(tree) for tree in trees):
        return frozenset()
    return frozenset(c.name.lower() for tree in trees for c in tree.find_all(exp.Column))


def _counts(tree: exp.Expression) -> bool:
    """Whether each `*` is that of COUNT(*)."""
    return all(isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))


def _asked(node: Node) -> Mapping[str, tuple[object, ...]]:
    """Column (lower case) -> values for its rows: one that a comparison with a literal holds for, then one beside it."""
    found: dict[str, tuple[object, ...]] = {}
    for statement in node.statements:
        for compared in statement.tree.find_all(exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE) if statement.tree is not None else ():
            for name, values in _sides(compared):
                found.setdefault(name, values)
    return found


def _sides(compared: exp.Binary) -> Iterator[tuple[str, tuple[object, ...]]]:
    left, right = compared.this, compared.expression
    kind = type(compared)
    if isinstance(left, exp.Literal):
        left, right, kind = right, left, _FLIPPED.get(kind, kind)
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Literal):
        return
    if right.is_string:
        if kind is exp.EQ:
            yield left.name.lower(), (right.this, right.this, f"not {right.this}")
        return
    value = int(right.this) if right.this.isdigit() else float(right.this)
    step = 1 if isinstance(value, int) else 0.5
    good = {exp.GT: value + step, exp.LT: value - step}.get(kind, value)
    bad = value + step if kind in (exp.LT, exp.LTE, exp.EQ) else value - step
    yield left.name.lower(), (good, good, bad)
