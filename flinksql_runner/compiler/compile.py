"""A selection of the graph becomes a job: one statement set with all that it reads.

Diagnostics of this stage::

    FS310  a job whose selection holds no sink
    FS311  a job that needs a node with an error
    FS312  a job whose selection can't be read
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from flinksql_runner.compiler.declare import declare_function, declare_table, declare_view, inserts
from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.compiler.text import compiled_text
from flinksql_runner.diagnostics import Diagnostic, Failure, Related, error
from flinksql_runner.functions.values import Function, Functions
from flinksql_runner.graph.select import select
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import JobSpec, Project
from flinksql_runner.syntax.values import Node

NO_SINK, BROKEN, UNREADABLE = "FS310", "FS311", "FS312"
JOB_CODES = frozenset({NO_SINK, BROKEN, UNREADABLE})
"""The codes of findings about a job as a whole, which no node has."""

Result = tuple[Job | None, tuple[Diagnostic, ...]]


def compile_job(graph: Graph, spec: JobSpec, functions: Functions, project: Project) -> Result:
    """The job of one entry of ``jobs:``; None with the diagnostics that say why it can't be compiled."""
    try:
        selected = select(graph, spec.select)
    except Failure as failed:
        return None, (error(UNREADABLE, f"the selection of the job `{spec.name}` can't be read: {failed}", spec.span),)
    sinks = tuple(n for n in selected if graph.nodes[n].kind == "sink")
    if not sinks:
        found = f"it selects {', '.join(f'`{n}`' for n in selected[:5])}" if selected else "nothing matches it"
        return None, (error(NO_SINK, f"the job `{spec.name}` has no sink: {found}", spec.span,
                            "select a sink, for example `path:sql/sinks/<area>`, or what leads to one: `orders+`"),)
    return compile_sinks(graph, spec.name, sinks, functions, spec)


def compile_sinks(graph: Graph, name: str, sinks: tuple[str, ...], functions: Functions, spec: JobSpec) -> Result:
    """The job of these sinks and everything upstream of them."""
    needed = frozenset(sinks).union(*(graph.ancestors(s) for s in sinks))
    wrong = _broken(graph, spec, needed)
    if wrong:
        return None, wrong
    nodes = tuple(n for n in graph.order if n in needed)
    found = [graph.nodes[n] for n in nodes]
    used = functions_of(found, functions)
    declarations = (
        *(declare_function(f) for f in used),
        *(declare_table(n) for n in found if n.kind != "transform"),
        *(declare_view(n) for n in found if n.kind == "transform"),
    )
    written = tuple(i for n in nodes if n in sinks for i in inserts(graph.nodes[n]))
    settings = {"pipeline.name": name, **spec.settings}
    return _job(name, declarations, written, found, tuple(n for n in nodes if n in sinks), settings, used), ()


def functions_of(nodes: list[Node], functions: Functions) -> tuple[Function, ...]:
    """The Python functions that these nodes call, by name."""
    called = {u.name.lower() for n in nodes for u in n.functions}
    return tuple(functions.by_name[name] for name in sorted(called & set(functions.by_name)))


def _broken(graph: Graph, spec: JobSpec, needed: frozenset[str]) -> tuple[Diagnostic, ...]:
    """One error for all nodes of the job that have errors of their own (each is told at its place beside)."""
    wrong = sorted((needed & graph.broken) or (needed - frozenset(graph.order)))
    if not wrong:
        return ()
    places = []
    for name in wrong[:10]:
        own = (*graph.nodes[name].diagnostics, *(d for d in graph.diagnostics if d.node == name))
        span = next((d.span for d in own if d.is_error and d.span is not None), None)
        if span is not None:
            places.append(Related(span, f"`{name}` has an error"))
    listed = ", ".join(f"`{n}`" for n in wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
    verb = "has an error" if len(wrong) == 1 else "have errors"
    return (error(BROKEN, f"the job `{spec.name}` can't be compiled: it needs {listed}, which {verb}", spec.span,
                  "correct the errors told for them", related=tuple(places)),)


def _job(
    name: str, declarations: tuple[JobStatement, ...], written: tuple[JobStatement, ...], nodes: list[Node],
    sinks: tuple[str, ...], settings: Mapping[str, str], used: tuple[Function, ...],
) -> Job:
    text = compiled_text(name, declarations, written, {n.name: n.path for n in nodes}, settings)
    return Job(
        name=name, declarations=declarations, inserts=written, nodes=tuple(n.name for n in nodes), sinks=sinks, settings=settings,
        functions=used, text=text, hash=hashlib.sha256(text.encode()).hexdigest(),
    )
