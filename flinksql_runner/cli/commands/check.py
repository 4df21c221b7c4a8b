"""``flinksql check``: what Flink's planner says of every node."""

from __future__ import annotations

from collections.abc import Sequence

from flinksql_runner.cli.boards import check_boards
from flinksql_runner.cli.jobs import placed, planner_says
from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import diagnostics_option, exit_code, message, print_diagnostics
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.compile import JOB_CODES
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.pipeline import Build, build
from flinksql_runner.planner.check import NOT_CHECKED
from flinksql_runner.planner.wording import SAME_AS_LINT
from flinksql_runner.workspace import Unready, open_workspace


@verb("check")
@selection_options
@diagnostics_option
def command(options: Globals, select: Sequence[str], exclude: Sequence[str], output: str) -> int:
    """Ask Flink's planner about nodes and all upstream of them: names, types, time attributes, keys, options of connectors.

    Nothing runs and nothing is written. The local Flink is started where it does not run. What lint finds is told too, and
    what the database says of the queries of dashboards.

    \b
    flinksql check                        everything
    flinksql check -s alerts -s +sink_x   with what they read
    flinksql check --output github        annotations of a pull request
    """  # noqa: D301
    project = open_project(options)
    built = build(project, nodes=kept_nodes(options))
    names = set(selected(built.graph, select, exclude, options))
    needed = names.union(*(built.graph.ancestors(n) for n in names)) if names else names
    whole = not (select or exclude)
    static = tuple(d for d in built.diagnostics
                   if whole or (d.node is None and d.code not in JOB_CODES) or d.node in needed)
    types = tuple(d for d in built.types if whole or d.node in needed)
    with placed(project):
        planned, asked = _planned(built, needed, options)
    told, planned = agreed(types, planned) if asked else (types, planned)
    boards = check_boards(built, options) if whole else ()
    found = (*static, *told, *(d for d in planned if d not in static), *boards)
    texts = {**project.texts, **project.python_files}
    print_diagnostics(found, texts, options, output, clean=[built.graph.nodes[n].path for n in sorted(needed)])
    if not any(d.is_error for d in found):
        message(f"{len(needed)} nodes checked by Flink, no errors", options)
    return exit_code(found, options)


def agreed(
    types: Sequence[Diagnostic], planned: Sequence[Diagnostic],
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """What lint and the planner find, each mistake once: the planner decides whether, lint tells where.

    Of a node that the planner takes nothing is told, whatever lint thinks of it. Where it refuses a node, the mistakes that lint
    found there stand for the planner's message, which names one of them without knowing the template; what lint does not
    look at (keys, changelogs, options) is told beside. Nodes that the planner could not be asked about keep lint's mistakes.
    """
    refused = {d.node for d in planned if d.is_error}
    asked = refused | {d.node for d in planned if d.code == NOT_CHECKED}
    told = tuple(d for d in types if not d.is_error or d.node in asked)
    known = {d.node for d in told if d.is_error}
    return told, tuple(d for d in planned if d.node not in known or d.code not in SAME_AS_LINT)


def _planned(built: Build, needed: set[str], options: Globals) -> tuple[tuple[Diagnostic, ...], bool]:
    """What the planner says; where something that the user wrote stands in the way of asking it, that, and False."""
    sound = [n for n in built.graph.order if n in needed and n not in built.graph.broken]
    if not sound:
        return (), False
    try:
        work = open_workspace(built, nodes=[n for n in sound if not built.graph.ancestors(n) & built.graph.broken],
                              progress=lambda line: message(line, options))
    except Unready as unready:
        return unready.diagnostics, False
    return planner_says(work, needed), True
