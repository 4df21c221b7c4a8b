"""What tests do not touch, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flinksql_runner.diagnostics import LineIndex, Position, Span
from flinksql_runner.testing.coverage import Arm, Coverage, NodeCoverage


def coverage_text(coverage: Coverage, paths: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """The nodes with something left, each place with what no row did, and a line with the figures.

    :param paths: the file of each node.
    """
    lines = [line for node in coverage.nodes for line in _node(node, paths[node.node], texts)]
    return "\n".join([*lines, summary(coverage)])


def summary(coverage: Coverage) -> str:
    """``coverage 91 %: nodes 10 of 11, columns 40 of 48, branches 31 of 34, 2 not measured``."""
    nodes = coverage.nodes
    arms = [a for n in nodes for a in n.arms]
    measured = [a for a in arms if a.is_measured]
    parts = [
        f"nodes {sum(bool(n.tests or n.passed_by) for n in nodes)} of {len(nodes)}",
        f"columns {sum(len(n.compared) for n in nodes)} of {sum(len(n.columns) for n in nodes)}",
        f"branches {sum(a.is_hit for a in measured)} of {len(measured)}",
    ]
    left = f", {len(arms) - len(measured)} not measured" if len(arms) > len(measured) else ""
    return f"coverage {coverage.percent:.0f} %: {', '.join(parts)}{left}"


def coverage_json(coverage: Coverage, texts: Mapping[str, str]) -> Mapping[str, Any]:
    """The part ``coverage`` of the results (schemas/run_results.schema.json)."""
    return {"percent": round(coverage.percent, 1), "nodes": [
        {"node": n.node, "tests": list(n.tests), "run_by": list(n.passed_by), "columns": list(n.columns),
         "compared": [c for c in n.columns if c in n.compared], "branches": [_branch(a, texts) for a in n.arms]}
        for n in coverage.nodes]}


def _node(node: NodeCoverage, path: str, texts: Mapping[str, str]) -> Iterator[str]:
    missed = [a for a in node.arms if a.is_measured and not a.is_hit]
    blind = [a for a in node.arms if not a.is_measured]
    columns = [c for c in node.columns if c not in node.compared]
    is_run = bool(node.tests or node.passed_by)
    if is_run and not missed and not blind and not columns:
        return
    yield path
    if not is_run:
        yield "  no test runs it"
        return
    if not node.tests:
        yield "  no test of its own"
    elif columns:
        yield f"  no test expects {_listed(columns)}"
    yield from (f"  {_place(a.branching.span, texts)}  {a.branching.kind}: no row {a.words}" for a in missed)
    once = dict.fromkeys((_place(a.branching.span, texts), a.branching.kind) for a in blind)
    yield from (f"  {place}  {kind}: not measured" for place, kind in once)


def _branch(arm: Arm, texts: Mapping[str, str]) -> Mapping[str, Any]:
    span = arm.branching.span
    at = _position(span, texts)
    status = "hit" if arm.is_hit else "missed" if arm.is_measured else "not measured"
    place = {"file": span.file, "line": at.line, "column": at.column}
    return {"kind": arm.branching.kind, "arm": arm.words, "status": status, **place}


def _place(span: Span, texts: Mapping[str, str]) -> str:
    at = _position(span, texts)
    return f"{span.file}:{at.line}:{at.column}"


def _position(span: Span, texts: Mapping[str, str]) -> Position:
    return LineIndex(texts.get(span.file, "")).position(span.start)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{n}`" for n in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
