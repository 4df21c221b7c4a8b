"""Where a node of the tree stands in the text."""

from __future__ import annotations

from sqlglot import exp


def span_of(node: exp.Expression) -> tuple[int, int] | None:
    """The offsets of a node's text, ``start`` from 0 and ``end`` exclusive, or None where the tree knows none.

    sqlglot marks identifiers, literals and functions with both ends inclusive; a node without marks spans its children.
    """
    start, end = node.meta.get("start"), node.meta.get("end")
    if start is not None and end is not None:
        return int(start), int(end) + 1
    spans = [s for child in node.iter_expressions() if (s := span_of(child)) is not None]
    return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
