"""``flinksql parse``: write the manifest alone."""

from __future__ import annotations

from flinksql_runner.cli.opening import kept_nodes, open_project
from flinksql_runner.cli.output import diagnostics_option, exit_code, message, print_diagnostics
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.compiler.artefacts import write_manifest
from flinksql_runner.pipeline import build


@verb("parse")
@diagnostics_option
def command(options: Globals, output: str) -> int:
    """Read all files and write target/manifest.json; no job is written."""
    built = build(open_project(options), nodes=kept_nodes(options))
    path = write_manifest(built.project, built.graph, built.jobs, built.functions, built.analysis, built.streams)
    print_diagnostics(built.diagnostics, built.project.texts, options, output)
    message(f"{len(built.graph.nodes)} nodes -> {path.relative_to(built.project.root).as_posix()}", options)
    return exit_code(built.diagnostics, options)
