"""Lookups in tables that change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.diagnostics import Related
from flinksql_runner.lint.options import option_place
from flinksql_runner.lint.places import finding, span, table_name
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.whole import Whole
from flinksql_runner.syntax.values import Node

_EXPIRY = ("lookup.partial-cache.expire-after-write", "lookup.cache.ttl")


class LookupCacheForEver:
    """A lookup cache whose rows never expire.

    With `'lookup.cache' = 'PARTIAL'` a row that was looked up once is kept, and nothing drops it but a full cache. A change
    in the database is never seen: results stay wrong until the job restarts. `expire-after-access` does not help for a key
    that is asked for again and again.

    Fires::

        -- sql/sources/customers.sql
        CREATE TABLE customers (id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'customers',
          'lookup.cache' = 'PARTIAL',
          'lookup.partial-cache.max-rows' = '10000'
        )

    Instead::

        -- sql/sources/customers.sql
        CREATE TABLE customers (id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'customers',
          'lookup.cache' = 'PARTIAL',
          'lookup.partial-cache.max-rows' = '10000',
          'lookup.partial-cache.expire-after-write' = '5 min'
        )
    """

    about: ClassVar[About] = About("FS807", "lookup-cache-without-expiry", "sources")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Tables with a partial cache without an expiry after writing."""
        options = subject.options
        if node.kind == "source" and options.get("lookup.cache", "").upper() == "PARTIAL" and not set(_EXPIRY) & set(options):
            yield finding(node, option_place(node, "lookup.cache"),
                          f"what was looked up once in `{node.name}` is never looked up again: changes are not seen",
                          f"add '{_EXPIRY[0]}' = '5 min', or how old an answer may be")


class LookupOfOwnSink:
    """A lookup in a table that a job of this project writes.

    A lookup join asks for the row as it is now and never looks back: rows that were joined before the table changed keep
    the old values. Here the table changes all the time, since a job writes it, and which version a row meets hangs on
    the speed of the two jobs: a second run gives other results.

    Read the stream that the table is made from, and join in event time (`FOR SYSTEM_TIME AS OF o.ts` over a versioned view), or
    join the streams.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, customer INT, `at` AS PROCTIME()) WITH ('connector' = 'datagen');
        -- sql/sources/customers.sql
        CREATE TABLE customers (id INT, total DOUBLE, PRIMARY KEY (id) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'totals'
        )
        -- sql/transforms/with_totals.sql
        SELECT o.id, c.total
        FROM orders AS o
        JOIN customers FOR SYSTEM_TIME AS OF o.`at` AS c ON o.customer = c.id
        -- sql/sinks/totals.sql
        CREATE TABLE totals (id INT, total DOUBLE, PRIMARY KEY (id) NOT ENFORCED) WITH (
          'connector' = 'jdbc',
          'url' = 'jdbc:postgresql://localhost:5432/shop',
          'table-name' = 'totals'
        );
        INSERT INTO totals SELECT customer, CAST(COUNT(*) AS DOUBLE) FROM orders GROUP BY customer

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT, customer INT) WITH ('connector' = 'datagen');
        -- sql/transforms/totals_now.sql
        SELECT customer, COUNT(*) AS total
        FROM orders
        GROUP BY customer
        -- sql/transforms/with_totals.sql
        SELECT o.id, c.total
        FROM orders AS o
        JOIN totals_now AS c ON o.customer = c.customer
    """

    about: ClassVar[About] = About("FS808", "lookup-of-own-sink", "sources")

    def check_across(self, node: Node, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Lookup joins on jdbc tables with the address and name of a sink's table."""
        for name, place in whole.facts[node.name].versioned:
            read = whole.graph.nodes.get(name)
            sink = _written_by(read, whole) if read is not None else None
            if read is not None and sink is not None:
                yield finding(node, place, f"`{read.name}` changes while it is looked up: `{sink.name}` writes it",
                              "join with the stream that it is made from",
                              related=(Related(span(sink, table_name(sink)), "written here"),))


def _written_by(read: Node, whole: Whole) -> Node | None:
    options = whole.options(read)
    if options.get("connector") != "jdbc" or "url" not in options or "table-name" not in options:
        return None
    same = ("connector", "url", "table-name")
    return next((s for n in whole.sound if (s := whole.graph.nodes[n]).kind == "sink"
                 and all(whole.options(s).get(k) == options[k] for k in same)), None)
