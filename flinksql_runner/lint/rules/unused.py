"""What stands in the project and is used by nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.diagnostics import Span
from flinksql_runner.lint.places import finding, table_name
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.whole import Whole
from flinksql_runner.project.reading import DASHBOARDS

_MACRO = re.compile(r"\{%-?\s*macro\s+(?P<name>\w+)")
_VAR = re.compile(r"\bvar\(\s*(?P<quote>['\"])(?P<name>[^'\"]+)(?P=quote)")
_ANY_VAR = re.compile(r"\bvar\(\s*(?!['\"])")


def _is_template(path: str) -> bool:
    return path.endswith((".sql", ".jinja")) or path.startswith(f"{DASHBOARDS}/")


class UnusedNode:
    """A node that is part of no job.

    No sink hangs on it, or no job selects it. What nobody runs nobody notices when it breaks, and a reader takes it for part of
    the whole. A node that only a test or a person asks for (`flinksql show`) can say so by a suppression.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/transforms/large_orders.sql
        SELECT id FROM orders WHERE id > 10
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT id FROM orders

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/all_orders.sql
        CREATE TABLE all_orders (id INT) WITH ('connector' = 'print');
        INSERT INTO all_orders SELECT id FROM orders
    """

    about: ClassVar[About] = About("FS871", "unused-node", "project")

    def check_project(self, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Silent while a file has an error (it may be the reader), and without sinks."""
        graph = whole.graph
        if len(whole.sound) != len(graph.nodes) or not any(n.kind == "sink" for n in graph.nodes.values()):
            return
        jobs = whole.jobs.values() if set(whole.jobs) == set(whole.project.jobs) else ()
        in_jobs = {n for job in jobs for n in job.nodes}
        used: set[str] = set()
        for name in reversed(graph.order):  # readers first
            if graph.nodes[name].kind == "sink" or name in used:
                used.update(graph.parents[name])
        for name in graph.order:
            node = graph.nodes[name]
            if node.kind == "sink" and in_jobs and name not in in_jobs:
                yield finding(node, table_name(node), f"no job selects the sink `{name}`",
                              "select it in a job of project.yml, or remove the file")
            elif node.kind != "sink" and name not in used:
                yield finding(node, table_name(node), f"no sink hangs on the {node.kind} `{name}`",
                              "remove the file, or read it in a sink")


class UnusedVariable:
    """A variable of project.yml that no template reads.

    Its value looks as if it did something: whoever changes it waits for an effect that never comes.

    Fires::

        # project.yml
        name: shop
        vars:
          smallest_order: 10
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');

    Instead::

        # project.yml
        name: shop
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
    """

    about: ClassVar[About] = About("FS872", "unused-variable", "project")

    def check_project(self, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Variables that no text reads by name; silent where one is read by a computed name."""
        project = whole.project
        texts = [t for path, t in project.texts.items() if _is_template(path) or path == "profiles.yml"]
        if any(_ANY_VAR.search(t) for t in texts):
            return
        read = {m["name"] for t in texts for m in _VAR.finditer(t)}
        read.update(v for n in whole.graph.nodes.values() for v in n.rendered.vars_used)
        for name, place in project.var_spans.items():
            if name not in read:
                yield Finding(f"no template reads the variable `{name}`", place, "remove it, or read it by var()")


class UnusedMacro:
    """A macro that nothing calls.

    Nobody sees whether it still works, and it is read and compiled with the rest.

    Fires::

        -- macros/cents.sql
        {% macro cents(column) %}CAST({{ column }} * 100 AS BIGINT){% endmacro %}
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');

    Instead::

        -- macros/cents.sql
        {% macro cents(column) %}CAST({{ column }} * 100 AS BIGINT){% endmacro %}
        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen');
        -- sql/sinks/prices.sql
        CREATE TABLE prices (cents BIGINT) WITH ('connector' = 'print');
        INSERT INTO prices SELECT {{ cents('id') }} FROM orders
    """

    about: ClassVar[About] = About("FS873", "unused-macro", "project")

    def check_project(self, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Macros whose name stands nowhere but in their own definition; a comment that names one counts as a use."""
        texts = {p: t for p, t in whole.project.texts.items() if _is_template(p)}
        everything = "\n".join(texts.values())
        for macro in whole.project.macros:
            for match in _MACRO.finditer(macro.text):
                name = match["name"]
                if len(re.findall(rf"\b{name}\b", everything)) == 1:
                    yield Finding(f"nothing calls the macro `{name}`", Span(macro.path, match.start("name"), match.end("name")),
                                  "remove it")


class UnusedFunction:
    """A Python function under `@udf` that no query calls.

    It is bundled, imported by every worker and checked for each job's Python, and nothing comes of it.

    Fires::

        # udfs/text.py
        from flinksql_runner.udf import udf


        @udf
        def shout(word: str) -> str:
            return word.upper()
        -- sql/sources/words.sql
        CREATE TABLE words (word STRING) WITH ('connector' = 'datagen');
        -- sql/sinks/all_words.sql
        CREATE TABLE all_words (word STRING) WITH ('connector' = 'print');
        INSERT INTO all_words SELECT word FROM words

    Instead::

        # udfs/text.py
        from flinksql_runner.udf import udf


        @udf
        def shout(word: str) -> str:
            return word.upper()
        -- sql/sources/words.sql
        CREATE TABLE words (word STRING) WITH ('connector' = 'datagen');
        -- sql/sinks/all_words.sql
        CREATE TABLE all_words (word STRING) WITH ('connector' = 'print');
        INSERT INTO all_words SELECT shout(word) FROM words
    """

    about: ClassVar[About] = About("FS874", "unused-function", "project")

    def check_project(self, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Functions that no node calls; silent while a file has an error (it may be the caller) and without nodes."""
        if not whole.graph.nodes or len(whole.sound) != len(whole.graph.nodes):
            return
        called = {u.name.lower() for n in whole.graph.nodes.values() for u in n.functions}
        for name, function in whole.functions.by_name.items():
            if name not in called:
                yield Finding(f"no query calls the function `{function.name}`", function.span, "remove it, or its @udf")
