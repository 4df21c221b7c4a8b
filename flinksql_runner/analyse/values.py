"""What the analyser tells of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flinksql_runner.analyse.algebra import Apart, Relation, WindowPart
from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.dialect.types import FlinkType, TimeAttribute

STREAMING_ONLY = frozenset({"FS340", "FS342", "FS343", "FS350", "FS351", "FS352", "FS353", "FS354"})
"""Mistakes of streams that are none in a job with ``execution.runtime-mode: batch``."""

ColumnKind = Literal["physical", "metadata", "virtual_metadata", "computed", "query"]


class Column(Apart, frozen=True):
    """A column of a node, as its readers see it.

    ``type`` is Flink's type as DESCRIBE prints it (with nullability and time attribute), None where it is not known.
    ``time`` is the time attribute that is really left for the readers: DESCRIBE goes on calling a column one where the
    planner has made a plain timestamp of it (behind an aggregate, a regular join, a function). ``window`` tells the columns
    that are still bound to the windows of a window function. ``kind`` is ``query`` for the columns of a view. ``span`` is
    where it is declared or computed, None behind ``*``.
    """

    name: str
    type: FlinkType | None = None
    time: TimeAttribute | None = None
    kind: ColumnKind = "query"
    window: WindowPart = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class NodeAnalysis:
    """What is known of one node.

    ``columns`` are those of its table or view; with ``open`` there may be more than these (a declaration LIKE a table that is
    not known). ``primary_key`` and ``watermark`` are those of its table, LIKE included. ``relations``: the tree of a
    transform's query, or one for each INSERT of a sink (each an ``Insert``); they hold parts of the node's syntax tree.
    ``diagnostics`` are the mistakes found in it.
    """

    name: str
    columns: tuple[Column, ...] = ()
    open: bool = False
    primary_key: tuple[str, ...] = ()
    watermark: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    relations: tuple[Relation, ...] = field(default=(), repr=False, compare=False)

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of all nodes, by name; nodes that could not be parsed are open and have no columns."""

    nodes: Mapping[str, NodeAnalysis] = field(default_factory=dict)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Those of all nodes, in the order of the graph."""
        return tuple(d for n in self.nodes.values() for d in n.diagnostics)
