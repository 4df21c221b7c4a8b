"""The columns of nodes as the manifest and ``ls`` tell them."""

from __future__ import annotations

from flinksql_runner.analyse.values import Analysis, Column
from flinksql_runner.syntax.values import Node

Json = dict[str, object]
_KINDS = {"virtual_metadata": "metadata"}


def columns_of(node: Node, analysis: Analysis) -> list[Json]:
    """All columns that are known, in their order; ``data_type`` and ``nullable`` are null where a type is not known.

    Of a table those that come from a table behind LIKE are among them; of a view with ``SELECT *`` all that the star means.
    """
    found = analysis.nodes.get(node.name)
    comments = {c.name: c.comment for c in node.columns}
    if found is None or not found.columns:
        return [_column(Column(c.name, None, None, c.kind), c.comment) for c in node.columns]
    return [_column(c, comments.get(c.name, "")) for c in found.columns]


def _column(column: Column, comment: str) -> Json:
    type_ = column.type
    return {
        "name": column.name, "data_type": type_.sql.removesuffix(" NOT NULL") if type_ is not None else None,
        "nullable": type_.nullable if type_ is not None else None, "kind": _KINDS.get(column.kind, column.kind),
        "time_attribute": column.time, "description": comment,
    }
