"""Python functions that work more than they need to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import Related
from flinksql_runner.functions.values import Function
from flinksql_runner.lint.places import finding
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.whole import Whole
from flinksql_runner.syntax.values import Node, Use

_REUSE = "table.optimizer.reuse-optimize-block-with-digest-enabled"


class FunctionForEachSink:
    """A Python function that runs again for each sink.

    Several sinks of a job read the view that calls the function. A view is no table: Flink plans it into each query that
    reads it, and calls the function again for each of them, unless all of them need exactly the same columns and rows.

    The job's setting `table.optimizer.reuse-optimize-block-with-digest-enabled: true` makes Flink compute it once for all.

    Fires::

        # udfs/text.py
        from flinksql_runner.udf import udf


        @udf
        def shout(word: str) -> str:
            return word.upper()
        -- sql/sources/words.sql
        CREATE TABLE words (id INT, word STRING) WITH ('connector' = 'datagen');
        -- sql/transforms/loud_words.sql
        SELECT id, shout(word) AS loud FROM words
        -- sql/sinks/all_words.sql
        CREATE TABLE all_words (word STRING) WITH ('connector' = 'print');
        INSERT INTO all_words SELECT loud FROM loud_words
        -- sql/sinks/some_words.sql
        CREATE TABLE some_words (id INT, word STRING) WITH ('connector' = 'print');
        INSERT INTO some_words SELECT id, loud FROM loud_words WHERE id > 10

    Instead::

        # project.yml
        name: shop
        jobs:
          words:
            select: path:sql/sinks
            settings: {table.optimizer.reuse-optimize-block-with-digest-enabled: true}
        # udfs/text.py
        from flinksql_runner.udf import udf


        @udf
        def shout(word: str) -> str:
            return word.upper()
        -- sql/sources/words.sql
        CREATE TABLE words (id INT, word STRING) WITH ('connector' = 'datagen');
        -- sql/transforms/loud_words.sql
        SELECT id, shout(word) AS loud FROM words
        -- sql/sinks/all_words.sql
        CREATE TABLE all_words (word STRING) WITH ('connector' = 'print');
        INSERT INTO all_words SELECT loud FROM loud_words
        -- sql/sinks/some_words.sql
        CREATE TABLE some_words (id INT, word STRING) WITH ('connector' = 'print');
        INSERT INTO some_words SELECT id, loud FROM loud_words WHERE id > 10
    """

    about: ClassVar[About] = About("FS851", "function-for-each-sink", "functions")

    def check_across(self, node: Node, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """Transforms that call Python and are read by several INSERTs of a job without the setting."""
        calls = [u for u in node.functions if u.name.lower() in whole.functions.by_name]
        if node.kind != "transform" or not calls:
            return
        for job in whole.jobs_of(node):
            if job.settings.get(_REUSE, "").lower() == "true":
                continue
            readers = _readers(node, whole, job)
            if len(readers) > 1:
                related = tuple(Related(u.span, "read here") for _, u in readers[:3])
                yield finding(node, calls[0].span, f"`{calls[0].name}` runs again for each of {len(readers)} sinks of the job "
                              f"`{job.name}`", f"set {_REUSE}: true for the job", related=related)
                return


def _readers(node: Node, whole: Whole, job: Job) -> list[tuple[Node, Use]]:
    """The sinks of the job that hang on the node, each with the table by which it does."""
    below = whole.graph.descendants(node.name) | {node.name}
    found: list[tuple[Node, Use]] = []
    for name in job.sinks:
        sink = whole.graph.nodes[name]
        found.extend((sink, u) for u in [next((u for u in sink.reads if u.via == "query" and u.name in below), None)] if u)
    return found


class VectorisedTwin:
    """A function that is called a row at a time, and has a vectorised twin.

    The project has the same function for whole batches: with the same arguments and result, in the same module, under nearly
    the same name. Where a call goes into numpy or a scoring model, asking about single rows takes several times as long: what
    such a call costs by itself is paid once for a batch. For a formula of plain Python both are equally fast, as Flink hands
    single values over as quickly as batches; so this is told as info.

    Fires::

        # udfs/wear.py
        from __future__ import annotations
        import numpy as np
        import pandas as pd
        from flinksql_runner.udf import udf


        @udf
        def wear(coolant: float, load: float) -> float:
            return float(np.tanh(np.array([coolant, load]) @ np.array([0.2, 0.7])))


        @udf(vectorised=True)
        def wear_batch(coolant: pd.Series[float], load: pd.Series[float]) -> pd.Series[float]:
            return pd.Series(np.tanh(np.column_stack([coolant, load]) @ np.array([0.2, 0.7])))
        -- sql/sources/readings.sql
        CREATE TABLE readings (coolant DOUBLE, `load` DOUBLE) WITH ('connector' = 'datagen');
        -- sql/transforms/worn.sql
        SELECT wear(coolant, `load`) AS wear FROM readings

    Instead::

        # udfs/wear.py
        from __future__ import annotations
        import numpy as np
        import pandas as pd
        from flinksql_runner.udf import udf


        @udf(vectorised=True)
        def wear_batch(coolant: pd.Series[float], load: pd.Series[float]) -> pd.Series[float]:
            return pd.Series(np.tanh(np.column_stack([coolant, load]) @ np.array([0.2, 0.7])))
        -- sql/sources/readings.sql
        CREATE TABLE readings (coolant DOUBLE, `load` DOUBLE) WITH ('connector' = 'datagen');
        -- sql/transforms/worn.sql
        SELECT wear_batch(coolant, `load`) AS wear FROM readings
    """

    about: ClassVar[About] = About("FS852", "vectorised-twin", "functions")

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """Calls of scalar functions with such a twin."""
        for use in node.functions:
            function = subject.functions.by_name.get(use.name.lower())
            twin = _twin(function, subject) if function is not None and function.kind == "scalar" else None
            if twin is not None:
                yield finding(node, use.span, f"`{use.name}` is called for each row; `{twin.name}` takes whole batches",
                              f"call {twin.name}", certain=False, related=(Related(twin.span, "the vectorised one"),))


def _twin(function: Function, subject: Subject) -> Function | None:
    types = [p.type for p in function.parameters]
    return next((f for f in subject.functions.by_name.values() if f.kind == "vectorised" and f.module == function.module
                 and [p.type for p in f.parameters] == types and f.returns == function.returns
                 and (function.name.lower() in f.name.lower())), None)
