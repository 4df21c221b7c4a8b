"""A job: one statement set and all that must be declared before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flinksql_runner.functions.values import Function

StatementKind = Literal["function", "table", "view", "insert"]


@dataclass(frozen=True, slots=True)
class JobStatement:
    """One statement that is sent to Flink, without a closing ``;`` and with placeholders unfilled.

    ``sql[i]`` for ``i >= body`` is the rendered text of the node from its offset ``origin + (i - body)``: a planner's
    line and column in ``sql`` becomes an offset, then an offset in the node's rendered text, then (``SourceMap``) a place in
    the template. Before ``body`` stands what the compiler wrote (``CREATE TEMPORARY VIEW x AS ``, after the comments that the
    user wrote above the statement); for a place in it, ``origin`` is the nearest. ``node`` is None for functions.
    """

    kind: StatementKind
    sql: str
    node: str | None = None
    body: int = 0
    origin: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """What one entry of ``jobs:`` compiles to.

    ``declarations`` (functions, tables, views; in an order that works) are sent one by one, then all ``inserts`` as ONE
    statement set. ``nodes`` are the names of all nodes in it, in order; ``sinks`` those with an INSERT. ``settings`` are
    Flink options for the session. ``functions`` are the Python functions that it uses. ``text`` is the whole of
    ``target/compiled/<job>.sql``; ``hash`` is the SHA-256 of it in hexadecimal.
    """

    name: str
    declarations: tuple[JobStatement, ...]
    inserts: tuple[JobStatement, ...]
    nodes: tuple[str, ...]
    sinks: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    functions: tuple[Function, ...] = ()
    text: str = ""
    hash: str = ""

    @property
    def planner_settings(self) -> Mapping[str, str]:
        """Those settings by which the planner takes, refuses or plans a statement (``table.*``)."""
        return {k: v for k, v in self.settings.items() if k.startswith("table.")}

    @property
    def statement_set(self) -> str:
        """``EXECUTE STATEMENT SET BEGIN ...; END`` without a closing ``;``."""
        return "EXECUTE " + self.statement_set_body

    @property
    def statement_set_body(self) -> str:
        """``STATEMENT SET BEGIN ...; END``: what EXPLAIN and COMPILE PLAN FOR take."""
        return "STATEMENT SET\nBEGIN\n" + "".join(f"{i.sql};\n" for i in self.inserts) + "END"
