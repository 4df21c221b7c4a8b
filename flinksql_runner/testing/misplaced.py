"""What is wrong with a test and needs no Flink to be seen: names of nodes and inputs, nodes with errors."""

from __future__ import annotations

from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic, did_you_mean, error
from flinksql_runner.graph.values import Graph
from flinksql_runner.testing.values import UnitTest
from flinksql_runner.testing.ways import has_rows_behind


def misplaced(test: UnitTest, graph: Graph) -> Iterator[Diagnostic]:
    """FS701 unknown node or input, FS702 an input that the node does not read, FS707 a race, FS708 a broken node."""
    if test.node not in graph.nodes:
        yield error("FS701", f"there is no node `{test.node}`", test.node_span, did_you_mean(test.node, graph.nodes))
        return
    above = {test.node, *graph.ancestors(test.node)}
    broken = sorted(above & graph.broken)
    if broken:
        yield error("FS708", f"`{broken[0]}` has errors", test.node_span, "`flinksql lint` tells them")
        return  # what it reads is not known
    if test.parallelism > 1 and (behind := next(filter(has_rows_behind, test.given), None)):
        yield error("FS707", "with several subtasks it is chance whether a row behind a watermark is late", behind.span,
                    f"leave out `parallelism: {test.parallelism}`, or the rows of `{behind.input}` behind its watermark")
    named = [(g.input, g.span) for g in test.given]
    named += [(name, rows[0].span) for name, rows in (test.expect.late or {}).items() if rows]
    for name, span in named:
        if name not in graph.nodes:
            yield error("FS701", f"there is no node `{name}`", span, did_you_mean(name, sorted(above)))
        elif name not in above:
            yield error("FS702", f"`{test.node}` does not read `{name}`", span,
                        f"it reads {', '.join(f'`{n}`' for n in graph.parents[test.node])}")


def broken_parts(test: UnitTest, graph: Graph) -> Iterator[Diagnostic]:
    """What is wrong with the node of a test and with those upstream of it."""
    above = {test.node, *graph.ancestors(test.node)}
    for name in sorted(above & graph.broken):
        yield from (d for d in graph.nodes[name].diagnostics if d.is_error)
    yield from (d for d in graph.diagnostics if d.is_error and d.node in above)
