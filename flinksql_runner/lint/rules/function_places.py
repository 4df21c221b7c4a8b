"""Python functions where Flink can't plan them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.analyse.relations import Insert, Project
from flinksql_runner.diagnostics import Severity
from flinksql_runner.lint.places import finding, offsets
from flinksql_runner.lint.rule import About, Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.syntax.values import Node


class FunctionBesideProcessingTime:
    """A Python function beside a processing time that is written.

    Flink 2.3 can't plan a query that calls a Python function and writes a processing time (`PROCTIME()`) in the same SELECT:
    "unsupported Python SqlFunction PROCTIME_MATERIALIZE". Write `CURRENT_TIMESTAMP`, which is the same moment as a plain value,
    or leave the column out.

    Fires::

        # udfs/text.py
        from flinksql_runner.udf import udf


        @udf
        def shout(word: str) -> str:
            return word.upper()
        -- sql/sources/words.sql
        CREATE TABLE words (word STRING, seen AS PROCTIME()) WITH ('connector' = 'datagen');
        -- sql/sinks/loud_words.sql
        CREATE TABLE loud_words (word STRING, seen TIMESTAMP_LTZ(3)) WITH ('connector' = 'print');
        INSERT INTO loud_words SELECT shout(word), seen FROM words

    Instead::

        # udfs/text.py
        from flinksql_runner.udf import udf


        @udf
        def shout(word: str) -> str:
            return word.upper()
        -- sql/sources/words.sql
        CREATE TABLE words (word STRING, seen AS PROCTIME()) WITH ('connector' = 'datagen');
        -- sql/sinks/loud_words.sql
        CREATE TABLE loud_words (word STRING, seen TIMESTAMP_LTZ(3)) WITH ('connector' = 'print');
        INSERT INTO loud_words SELECT shout(word), CURRENT_TIMESTAMP FROM words
    """

    about: ClassVar[About] = About("FS853", "function-beside-processing-time", "functions", Severity.ERROR)

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """INSERTs whose own SELECT has both."""
        for insert in subject.relations(node, Insert):
            query = insert.input
            if not isinstance(query, Project):
                continue
            time = next((v for v, f in zip(query.values, query.fields, strict=False) if f.time == "PROCTIME"), None)
            call = next((s for v in query.values for s in v.walk()
                         if s.kind == "call" and s.name.lower() in subject.functions.by_name), None)
            if time is not None and call is not None and time.syntax is not None:
                yield finding(node, offsets(time.syntax), "Flink can't write a processing time beside the Python function "
                              f"`{call.name}`", "write CURRENT_TIMESTAMP, or leave the column out")
