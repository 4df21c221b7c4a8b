"""A node: one SQL file, parsed; what it defines, reads and uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.project.values import NodeKind
from flinksql_runner.templating.values import Rendered


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a node's SQL mentions (a table or a function), with its place in the template and in the rendered text."""

    name: str
    span: Span
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column of a CREATE TABLE. ``type`` is Flink's type as SQL text, empty for a computed column."""

    name: str
    type: str
    kind: Literal["physical", "metadata", "computed"] = "physical"
    nullable: bool = True
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file. ``sql`` is its rendered text without the closing ``;``, from ``start`` to ``end`` of that text."""

    kind: Literal["create_table", "create_view", "insert", "select"]
    sql: str
    start: int
    end: int
    tree: exp.Expression = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Node:
    """One SQL file that was rendered and parsed.

    ``statements``: a source has one CREATE TABLE; a transform one SELECT (it becomes the view ``name``); a sink one
    CREATE TABLE and one or more INSERTs. ``reads`` are the tables that its queries read (names of WITH are resolved away,
    the sink's own name in INSERT INTO is not a read), ``functions`` the functions that no dialect knows (UDFs).
    ``options`` are the WITH options of its table, with ``option_spans`` giving their places. ``primary_key`` are columns.
    """

    name: str
    kind: NodeKind
    path: str
    rendered: Rendered = field(repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    reads: tuple[Use, ...] = ()
    functions: tuple[Use, ...] = ()
    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    option_spans: Mapping[str, Span] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def config(self) -> Mapping[str, object]:
        """The node's resolved configuration."""
        return self.rendered.config

    @property
    def tags(self) -> tuple[str, ...]:
        """``tags`` of the configuration, as a tuple."""
        tags = self.config.get("tags", ())
        return (tags,) if isinstance(tags, str) else tuple(str(t) for t in tags) if isinstance(tags, (list, tuple)) else ()
