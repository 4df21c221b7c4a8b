"""``flinksql lint``: all mistakes that need no engine to be found."""

from __future__ import annotations

from collections.abc import Sequence

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import diagnostics_option, exit_code, message, print_diagnostics
from flinksql_runner.cli.selection import selected, selection_options
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.compile import JOB_CODES
from flinksql_runner.pipeline import build


@verb("lint")
@selection_options
@diagnostics_option
def command(options: Globals, select: Sequence[str], exclude: Sequence[str], output: str) -> int:
    """Find mistakes in SQL, templates, functions and project files, without an engine.

    \b
    flinksql lint                                  everything
    flinksql lint -s tag:daily --output json       for programs; github, gitlab, sarif, junit for services
    """  # noqa: D301
    built = build(open_project(options))
    found = built.diagnostics
    if select or exclude:
        names = selected(built.graph, select, exclude, options)
        found = tuple(d for d in found if (d.node is None and d.code not in JOB_CODES) or d.node in names)
    print_diagnostics(found, built.project.texts, options, output, clean=[f.path for f in built.project.files])
    if not found:
        message(f"{len(built.graph.nodes)} nodes, no findings", options)
    return exit_code(found, options)
