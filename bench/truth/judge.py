"""What the analyser says of a sample, in the shape of what the planner says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flinksql_runner.analyse.nodes import analyse
from flinksql_runner.analyse.stream_checks import check_streams
from flinksql_runner.analyse.streams import Streams
from flinksql_runner.analyse.values import Column
from flinksql_runner.dialect.types import FlinkType
from flinksql_runner.graph.resolve import resolve
from truth.samples import Sample

_MARK = re.compile(r" \*\w+\*")


@dataclass(frozen=True, slots=True)
class Said:
    """Errors as (code, message, line of the statement from 1) in the order of the text, and the columns of a query."""

    errors: tuple[tuple[str, str, int], ...]
    columns: tuple[Column, ...] = ()
    open: bool = False


def said(sample: Sample) -> Said:
    """The verdict of all stages of lint that need no engine, but options and rules."""
    nodes = list(sample.nodes())
    graph = resolve(nodes)
    analysis = analyse(graph, sample.functions)
    name, text, start = sample.tested()
    tested = next(found for found in nodes[::-1] if found.name == name)
    told = [*tested.diagnostics, *(d for d in graph.diagnostics if d.node == name)]
    found = analysis.nodes.get(name)
    if found is not None:
        told += found.diagnostics
        told += [d for d in check_streams(Streams(graph, analysis), graph, {}) if d.node == name]
    errors = []
    for diagnostic in told:
        if diagnostic.is_error and diagnostic.code not in _ASIDE:
            at = diagnostic.span.start if diagnostic.span is not None else start
            errors.append((diagnostic.code, diagnostic.message, text.count("\n", start, max(start, at)) + 1))
    errors.sort(key=lambda error: error[2])
    return Said(tuple(errors), found.columns if found is not None else (), found is None or found.open)


# what these say is about the file, not about the statement: a table without a connector, a secret in plain text, a view with
# two columns of one name (a query alone may have them)
_ASIDE = frozenset({"FS207", "FS510", "FS344"})


def shown(type_: FlinkType | str) -> str:
    """A type as text to compare: without the marks of time attributes, which Flink and the analyser tell elsewhere."""
    return _MARK.sub("", type_ if isinstance(type_, str) else str(type_)).replace("`", "")


def compare(columns: list[list[str]], found: Said) -> Mapping[str, list[str]]:
    """Words -> columns: ``equal``, ``other``, ``unknown``."""
    words: dict[str, list[str]] = {"equal": [], "other": [], "unknown": []}
    if found.open and not found.columns:
        words["unknown"] = [name for name, _ in columns]
        return words
    for at, (name, type_) in enumerate(columns):
        column = found.columns[at] if at < len(found.columns) else None
        if column is None or column.type is None:
            words["unknown"].append(name)
        elif column.name in (name, name.rstrip("0123456789")) and shown(column.type) == shown(type_):
            words["equal"].append(name)
        else:
            words["other"].append(f"{name} {type_}: {column.name} {column.type}")
    if len(found.columns) > len(columns):
        words["other"] += [f"one too many: {column.name}" for column in found.columns[len(columns):]]
    return words
