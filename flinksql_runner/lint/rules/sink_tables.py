"""Sinks that get rows twice, or in the wrong columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from sqlglot import exp

from flinksql_runner.diagnostics import Edit
from flinksql_runner.dialect.reserved import RESERVED
from flinksql_runner.lint.options import option_place
from flinksql_runner.lint.places import edit, finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node


class JdbcWithoutKey:
    """A database sink without a primary key.

    Without a PRIMARY KEY the sink writes plain INSERTs. After a failure Flink reads again from the last checkpoint, and all
    rows since then are inserted a second time. With a key it writes upserts, and a repeated row changes nothing.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'orders'
        );
        INSERT INTO all_orders SELECT id FROM orders

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT, PRIMARY KEY (id) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'orders'
        );
        INSERT INTO all_orders SELECT id FROM orders ON CONFLICT DO DEDUPLICATE
    """

    about: ClassVar[About] = About("FS812", "jdbc-without-key", "sinks")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Jdbc sinks whose declaration, LIKE included, is known and has no key."""
        inherits = any(u.via == "like" for u in node.reads)
        if node.kind == "sink" and subject.options.get("connector") == "jdbc" and not node.primary_key and not inherits:
            yield finding(node, option_place(node, "connector"), f"rows of `{node.name}` are written twice after a failure",
                          "declare a PRIMARY KEY (...) NOT ENFORCED, so that they are upserted")


class StarIntoSink:
    """SELECT * into a sink.

    Columns of an INSERT go by their place, not by their name. When a column is added, removed or moved upstream, values
    land in other columns: with types that fit nobody notices.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (first_name STRING, last_name STRING) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (last_name STRING, first_name STRING) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT * FROM orders

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (first_name STRING, last_name STRING) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (last_name STRING, first_name STRING) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT last_name, first_name FROM orders
    """

    about: ClassVar[About] = About("FS813", "star-into-sink", "sinks")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Stars at the top of an INSERT's query, or of the branches of its UNION, over tables of other files."""
        for statement in node.statements:
            if statement.kind == "insert" and isinstance(statement.tree, exp.Insert):
                for select in _top(statement.tree.expression):
                    star = next((s for s in select.expressions if s.is_star), None)
                    if star is not None and _reads_table(select):
                        yield finding(node, offsets(star), f"which column of `{node.name}` a value goes to hangs on the order of "
                                      "columns in another file", "name the columns", fix=_named(node, select, star, subject))


def _named(node: Node, select: exp.Select, star: exp.Expr, subject: Subject) -> tuple[Edit, ...]:
    """The star written out, where it is the only item, over one table whose columns are known."""
    from_ = select.args.get("from_")
    table = from_.this if isinstance(from_, exp.From) else None
    alone = len(select.expressions) == 1 and isinstance(star, exp.Star) and not select.args.get("joins")
    if not alone or not isinstance(table, exp.Table):
        return ()
    read = subject.parents.get(table.name)
    if read is None or read.open or not read.columns:
        return ()
    plain = [c.name if c.name.isidentifier() and c.name.upper() not in RESERVED else f"`{c.name}`" for c in read.columns]
    found = edit(node, offsets(star), ", ".join(plain))
    return (found,) if found is not None else ()


def _top(query: exp.Expr | None) -> Iterator[exp.Select]:
    if isinstance(query, exp.Select):
        yield query
    elif isinstance(query, exp.SetOperation):
        yield from _top(query.this)
        yield from _top(query.expression)
    elif isinstance(query, exp.Subquery):
        yield from _top(query.this)


def _reads_table(select: exp.Select) -> bool:
    """Whether the query reads a table or view by name, not only queries that stand beside."""
    with_ = select.args.get("with_")
    own = {c.alias for c in with_.expressions} if isinstance(with_, exp.With) else set()
    sources = [f.this for f in (select.args.get("from_"), *(select.args.get("joins") or ())) if f is not None]
    return any(isinstance(s, exp.Table) and isinstance(s.this, exp.Identifier) and s.name not in own for s in sources)
