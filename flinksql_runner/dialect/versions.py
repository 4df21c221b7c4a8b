"""What Flink 1.20 to 2.2 do not read: ``sqlglot.parse(sql, read="flink, version=1.20")``.

Found by asking the parsers of 1.20, 2.0, 2.1, 2.2 and 2.3 for their reserved words and for their verdict on one corpus; the
default is 2.3. A version newer than the last one known is read as that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.reserved import RESERVED

KNOWN = ("1.20", "2.0", "2.1", "2.2", "2.3")
# words that a version was the first to reserve; before it they are names
_RESERVED_SINCE: dict[str, frozenset[str]] = {
    "2.0": frozenset({
        "DATETIME", "DATE_TRUNC", "FRIDAY", "MONDAY", "QUALIFY", "QUARTERS", "SATURDAY", "SUNDAY", "THURSDAY", "TIMESTAMP_DIFF",
        "TIMESTAMP_TRUNC", "TIME_DIFF", "TIME_TRUNC", "TUESDAY", "WEDNESDAY", "WEEKS",
    }),
    "2.1": frozenset({"STRUCTURED", "VARIANT"}),
    "2.2": frozenset({
        "CONTAINS_SUBSTR", "DATETIME_TRUNC", "JSON_SCOPE", "ORDINAL", "SAFE_CAST", "SAFE_OFFSET", "SAFE_ORDINAL", "TRY_CAST",
    }),
    "2.3": frozenset({"BITMAP", "CONNECTIONS"}),
}
_RESERVED_UNTIL: dict[str, frozenset[str]] = {"2.0": frozenset({"MODEL"})}  # the last version that reserves them


@dataclass(frozen=True, slots=True)
class _News:
    """What a version was the first to read."""

    since: str
    what: str
    holds: Callable[[exp.Expr], bool]


Version = tuple[int, int]


def asked(version: tuple[int, ...]) -> Version | None:
    """The version that a dialect's setting asks for; None where it asks for the newest known, or for none.

    :raises ValueError: for a version before 1.20, which is the oldest one known.
    """
    found = (version[0], version[1])
    if found < _pair(KNOWN[0]):
        raise ValueError(f"the dialect knows Flink from {KNOWN[0]} on, not {found[0]}.{found[1]}")
    return found if found < _pair(KNOWN[-1]) else None


def reserved_in(version: Version) -> frozenset[str]:
    """The words that a version reserves."""
    later: frozenset[str] = frozenset().union(*(words for since, words in _RESERVED_SINCE.items() if version < _pair(since)))
    still: frozenset[str] = frozenset().union(*(words for until, words in _RESERVED_UNTIL.items() if version <= _pair(until)))
    return (RESERVED - later) | still


def first_news(tree: exp.Expr, version: Version) -> tuple[exp.Expr, str] | None:
    """The first node that the version does not read yet, and what to tell about it; None where all is known to it."""
    for node in tree.walk():
        for news in _NEWS.get(type(node), ()):
            if version < _pair(news.since) and news.holds(node):
                return node, f"{news.what} is there from Flink {news.since} on, not in {version[0]}.{version[1]}"
    return None


def _pair(version: str) -> Version:
    first, second = version.split(".")
    return int(first), int(second)


def _always(node: exp.Expr) -> bool:
    return True


def _kind(*kinds: str) -> Callable[[exp.Expr], bool]:
    return lambda node: node.args.get("kind") in kinds


def _altered(*actions: type[exp.Expr], distribution: bool = False) -> Callable[[exp.Expr], bool]:
    def holds(node: exp.Expr) -> bool:
        action = node.args.get("action")
        if node.args.get("kind") != "MATERIALIZED TABLE" or not isinstance(action, actions):
            return False
        dropped = action.this if isinstance(action, e.DropPart) else None
        about = dropped == "DISTRIBUTION" or any(isinstance(part, e.Distribution) for part in action.expressions)
        return about is distribution and dropped != "PARTITION"

    return holds


def _created(holds: Callable[[exp.Create], bool]) -> Callable[[exp.Expr], bool]:
    return lambda node: isinstance(node, exp.Create) and node.args.get("kind") == "MATERIALIZED TABLE" and holds(node)


def _properties(node: exp.Create) -> list[exp.Expr]:
    found = node.args.get("properties")
    return list(found.expressions) if found else []


def _names_only(node: exp.Expr) -> bool:
    schema = node.this
    return node.args.get("kind") == "TABLE" and isinstance(schema, exp.Schema) and any(
        isinstance(column, exp.ColumnDef) and not column.args.get("kind") and not column.args.get("constraints")
        for column in schema.expressions)


_NEWS: dict[type[exp.Expr], tuple[_News, ...]] = {
    e.CreateObject: (_News("2.3", "CREATE CONNECTION", _kind("CONNECTION")),),
    exp.Drop: (_News("2.3", "DROP CONNECTION", lambda node: "CONNECTION" in str(node.args.get("kind"))),),
    e.AlterStatement: (
        _News("2.3", "ALTER CONNECTION", _kind("CONNECTION")),
        _News("2.3", "this change of a materialized table", _altered(e.ChangeSchema, e.DropPart)),
        _News("2.2", "the distribution of a materialized table", _altered(e.ChangeSchema, e.DropPart, distribution=True)),
        _News("2.1", "ALTER MODEL ... RESET", lambda node: node.args.get("kind") == "MODEL" and isinstance(
            node.args.get("action"), e.ResetOptions)),
        _News("2.0", "ALTER MATERIALIZED TABLE ... AS", lambda node: node.args.get("kind") == "MATERIALIZED TABLE" and isinstance(
            node.args.get("action"), e.AsQuery)),
    ),
    e.Show: (
        _News("2.3", "CONNECTION", lambda node: "CONNECTION" in str(node.args["kind"])),
        _News("2.3", "SHOW CREATE OR ALTER", lambda node: "OR ALTER" in str(node.args["kind"])),
        _News("2.2", "MATERIALIZED TABLE in SHOW", lambda node: "MATERIALIZED TABLE" in str(node.args["kind"])),
        _News("2.0", "LIKE behind SHOW CATALOGS", lambda node: node.args["kind"] == "CATALOGS" and bool(node.args.get("like"))),
        _News("2.0", "FROM behind SHOW VIEWS", lambda node: node.args["kind"] == "VIEWS" and bool(
            node.args.get("source") or node.args.get("like"))),
    ),
    e.DescribeStatement: (
        _News("2.3", "DESCRIBE CONNECTION", _kind("CONNECTION")),
        _News("2.0", "DESCRIBE FUNCTION", _kind("FUNCTION")),
    ),
    e.OnConflictDo: (_News("2.3", "ON CONFLICT", _always),),
    e.Resource: (_News("2.3", "USING ARTIFACT", _kind("ARTIFACT")),),
    e.Explain: (
        _News("2.2", "EXPLAIN EXECUTE", lambda node: isinstance(node.this, e.Execute)),
        _News("2.0", "EXPLAIN CREATE TABLE", lambda node: isinstance(node.this, exp.Create)),
    ),
    exp.Create: (
        _News("2.3", "CREATE OR ALTER MATERIALIZED TABLE", _created(lambda node: bool(node.args.get("refresh")))),
        _News("2.3", "START_MODE", _created(lambda node: any(isinstance(p, e.StartMode) for p in _properties(node)))),
        _News("2.2", "DISTRIBUTED of a materialized table", _created(
            lambda node: any(isinstance(p, e.Distribution) for p in _properties(node)))),
        _News("2.2", "a materialized table without FRESHNESS", _created(
            lambda node: not any(isinstance(p, e.Freshness) for p in _properties(node)))),
        _News("2.0", "columns without types in CREATE TABLE AS", _names_only),
    ),
    e.ReplaceTable: (_News("2.0", "columns without types in REPLACE TABLE AS", _names_only),),
    e.ModelArgument: (_News("2.1", "MODEL as an argument", _always),),
    e.TableArgument: (_News("2.0", "a table as an argument outside of TABLE(...)", lambda node: not _in_table_call(node)),),
    e.FlinkType: (
        _News("2.3", "the type BITMAP", lambda node: node.this == "BITMAP"),
        _News("2.1", "this type", lambda node: node.this in ("VARIANT", "STRUCTURED")),
    ),
    exp.Qualify: (_News("2.0", "QUALIFY", _always),),
}


def _in_table_call(node: exp.Expr) -> bool:
    call = node.find_ancestor(exp.Table, exp.Lateral)
    return isinstance(call, exp.Lateral) or (
        call is not None and isinstance(call.this, exp.Anonymous) and call.this.name.upper() == "TABLE")
