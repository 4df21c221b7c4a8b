"""Records of nodes for the dashboards' exploring page: as ``flinksql show`` asks for them, without an end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flinksql_runner.dashboard.explore import Batch
from flinksql_runner.diagnostics import Diagnostic, Failure
from flinksql_runner.pipeline import Build
from flinksql_runner.planner.rows import SETTINGS, ask
from flinksql_runner.services.control import status
from flinksql_runner.workspace import open_workspace

_TOGETHER = 0.4            # seconds that rows are gathered for before they are shown
_PATIENCE = 60.0
_LOOK_BACK = 60.0         # seconds of a topic that are seen at once, so that a slow one shows something


def nodes(built: Build) -> Sequence[Mapping[str, Any]]:
    """All nodes without mistakes, with their columns as far as they are known, in the order of the graph."""
    graph, known = built.graph, built.analysis.nodes
    jobs = {n: name for name, job in built.jobs.items() for n in job.nodes}
    return [
        {"name": n, "kind": graph.nodes[n].kind, "job": jobs.get(n),
         "columns": [{"name": c.name, "type": str(c.type)} for c in known[n].columns] if n in known else []}
        for n in graph.order if not any(d.is_error for d in graph.nodes[n].diagnostics)
    ]


def peek(built: Build, name: str) -> Iterator[Batch]:
    """Rows of a node as they come.

    :raises Failure: where Flink does not run here, or refuses the query.
    """
    project, node = built.project, built.graph.nodes[name]
    if not any(s.name == "gateway" and s.state == "running" for s in status(project.root)):
        raise Failure("Flink does not run here: `flinksql up` starts it, and so does a job that runs")
    work = open_workspace(built, nodes=[name], topics=True)
    since = round((time.time() - _LOOK_BACK) * 1000)
    try:
        with (
            work.engine.session({**SETTINGS, "pipeline.name": f"flinksql explore {name}"}) as session,
            ask(built.graph, node, built.functions, session, work.values, timeout=_PATIENCE, since_ms=since) as result,
        ):
            yield Batch(columns=tuple((c.name, c.type) for c in result.columns))
            while not result.is_ended:
                rows = [(row.kind, *row.values) for row in result.rows_until(time.monotonic() + _TOGETHER)]
                yield Batch(rows, is_last=result.is_ended)
    except Failure as failure:
        found: tuple[Diagnostic, ...] = getattr(failure, "diagnostics", ())
        raise Failure(found[0].message if found else str(failure)) from None
