"""Lint of a project as fast as it goes: what earlier runs found out is taken as far as it still holds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flinksql_runner.cache.node_form import NodeForm
from flinksql_runner.cache.nodes import KeptNodes
from flinksql_runner.cache.store import Store
from flinksql_runner.cache.studies import KeptStudies
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.lint.plan import plan
from flinksql_runner.lint.run import lint
from flinksql_runner.linting.studying import study_all
from flinksql_runner.pipeline import Begun, begin, settings_of_sinks, types_of
from flinksql_runner.project.values import Project
from flinksql_runner.workers.crew import Crew, helpers_for


@dataclass(frozen=True, slots=True)
class Looked:
    """The project as far as the stages before the analyser take it, and all that is wrong with it."""

    begun: Begun
    found: tuple[Diagnostic, ...]


def look(
    project: Project, store: Store, tool: str, only: Collection[str] = (), helpers: Callable[[int], int] = helpers_for,
) -> Looked:
    """Lint of a loaded project; with ``only`` just these codes of rules are run.

    ``store`` keeps nodes and studies from one run to the next; ``tool`` tells who made them. ``helpers``: how many
    other processes are to help with so many files that must be rendered.
    """
    form = NodeForm(store)
    with Crew(form, helpers) as crew:
        nodes = KeptNodes(store, tool, crew.fresh_nodes, form)
        begun = begin(project, nodes=nodes)
        graph = begun.graph
        planned = plan(project, graph, begun.functions, begun.jobs, settings_of_sinks(graph, project), only)
        studied = study_all(planned, nodes.digests, KeptStudies(store, tool, begun.functions), crew)
    of_types = [d for name in graph.order for d in studied.studies[name].types]
    of_streams = [d for name in graph.nodes if name in studied.studies for d in studied.studies[name].streams]
    types = types_of(begun.jobs, of_types, of_streams)
    return Looked(begun, lint(planned, studied.studies, studied.sound, (*begun.diagnostics, *begun.options, *types)))
