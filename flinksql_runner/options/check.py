"""Every table's options against what the connectors' factories say.

Diagnostics of this stage::

    FS530  an option that the connector or format does not have
    FS531  an option that must be given is missing
    FS532  a value that is none of the option's type
    FS533  options that contradict each other
    FS534  an option that needs another one
    FS535  an option of another format than the table's
    FS536  an option that does nothing on this side (warning)
    FS537  a connector or format that can't be read from or written into
    FS538  an option under its old name (warning)
    FS539  a table whose columns or key the connector can't take

Flink itself checks most of this only when a job is planned. What it would accept is never an error here; a connector that is not
known, or that the project brings in a version of its own, is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.graph.values import Graph
from flinksql_runner.options.datagen import check_datagen
from flinksql_runner.options.filesystem import check_filesystem
from flinksql_runner.options.formats import check_formats
from flinksql_runner.options.jdbc import check_jdbc
from flinksql_runner.options.kafka import check_kafka, check_upsert_kafka
from flinksql_runner.options.known import check_known
from flinksql_runner.options.sheet import Sheet
from flinksql_runner.options.table import factories
from flinksql_runner.options.values import Factories
from flinksql_runner.syntax.values import Node

_CHECKS: Mapping[str, Callable[[Sheet], Iterator[Diagnostic]]] = {
    "datagen": check_datagen, "filesystem": check_filesystem, "jdbc": check_jdbc, "kafka": check_kafka,
    "upsert-kafka": check_upsert_kafka,
}


def check_options(graph: Graph, flink_version: str, own_jars: Collection[str] = ()) -> tuple[Diagnostic, ...]:
    """Findings in the WITH options of all tables.

    ``own_jars``: connectors and formats for which the project names jars itself; nothing is said of them.
    """
    known = factories(flink_version)
    if known is None:
        return ()
    if own_jars:
        known = Factories({k: f for k, f in known.by_name.items() if k[1] not in own_jars}, known.common)
    return tuple(d for name in sorted(graph.nodes) for d in _check(graph, graph.nodes[name], known))


def _check(graph: Graph, node: Node, known: Factories) -> Iterator[Diagnostic]:
    if node.kind == "transform":
        return
    options = graph.options(node.name)
    factory = known.get("connector", options.get("connector", ""))
    if factory is None:
        return
    is_like = any(u.via == "like" for u in node.reads)
    sheet = Sheet(node, "source" if node.kind == "source" else "sink", options, factory, known, not is_like)
    likes = any(u.via == "like" and u.name == node.name for n in graph.nodes.values() for u in n.reads)
    found = tuple(check_known(sheet, likes))
    yield from found
    if any(d.code == "FS537" for d in found):
        return
    check = _CHECKS.get(sheet.connector)
    if check is not None:
        yield from check(sheet)
    yield from check_formats(sheet)
