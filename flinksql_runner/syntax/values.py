"""A node: one SQL file, parsed; what it defines, reads and uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.project.values import NodeKind
from flinksql_runner.templating.values import Origin, Rendered


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a node's SQL mentions (a table or a function), with its place in the template and in the rendered text.

    ``via`` is ``like`` for the table in ``CREATE TABLE ... LIKE x``: its declaration is read, its rows are not. ``calls`` are
    the macro calls that wrote it, outermost first. ``parts`` counts the parts of a dotted name (``catalog.db.x`` has 3).
    """

    name: str
    span: Span
    start: int
    end: int
    via: Literal["query", "like"] = "query"
    calls: tuple[Span, ...] = ()
    parts: int = 1


@dataclass(frozen=True, slots=True)
class OptionPlace:
    """Where an option of WITH stands: its key and its value, each with its quotes and the macro calls that wrote it."""

    key: Origin
    value: Origin


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
    """One statement of a file.

    ``sql`` is its rendered text from its first to its last word (``start`` to ``end`` of that text; comments before it and the
    closing ``;`` stand outside). ``name_end`` is the offset behind the name in ``CREATE TABLE name``, 0 for the others.
    ``tree`` is None where the tokens say what it is and the parser has no tree for it.
    """

    kind: Literal["create_table", "insert", "select"]
    sql: str
    start: int
    end: int
    tree: exp.Expression | None = field(default=None, repr=False, compare=False)
    name_end: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One SQL file that was rendered and parsed.

    ``statements``: a source has one CREATE TABLE; a transform one SELECT (it becomes the view ``name``); a sink one
    CREATE TABLE and one or more INSERTs. ``reads`` are the tables that its queries read (names of WITH are resolved away,
    the sink's own name in INSERT INTO is not a read), ``functions`` the functions that it calls, as written (built-in ones
    too, where the parser keeps their place). ``options`` are the WITH options of its table, with ``option_spans`` giving the
    places of the values and ``option_places`` those of keys and values. ``primary_key`` are columns, ``watermark`` the column
    of its WATERMARK. ``diagnostics`` are those of rendering and of parsing.
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
    option_places: Mapping[str, OptionPlace] = field(default_factory=dict, repr=False)
    watermark: str = ""
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


@dataclass(frozen=True, slots=True)
class Made:
    """The nodes of some files, and the mistakes of macros, which are no node's; ``asked`` as in ``Templates``."""

    nodes: tuple[Node, ...]
    mistakes: tuple[Diagnostic, ...] = ()
    asked: tuple[str, ...] = ()
