"""How a build is told: findings, failed tests, a table of nodes and jobs; JSON; annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from flinksql_runner.building import NodeResult, Report, counts
from flinksql_runner.cli.output import exit_code, message, print_diagnostics, print_json, print_table, use_colour, width
from flinksql_runner.cli.results import write_results
from flinksql_runner.cli.verb import Globals
from flinksql_runner.diagnostics.render import Renderer, summary
from flinksql_runner.diagnostics.render import as_json as diagnostics_json
from flinksql_runner.pipeline import Build
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.testing.report import as_github, as_json, as_junit, as_text
from flinksql_runner.testing.values import Suite

_WORDS = {"pass": "passed", "fail": "failed", "skipped": "skipped"}
_MOST = 40  # nodes in the table; of more only those that did not pass are shown


def print_report(built: Build, suite: Suite, report: Report, options: Globals, output: str, junit: Path | None, seconds: float,
                 ) -> int:
    """Prints a report, writes run_results.json and JUnit's file; the exit code."""
    texts = {**built.project.texts, **built.project.python_files, **suite.texts}
    not_run = sum(n.left_out for n in report.nodes)
    results = as_json(report.outcomes, texts, not_run)
    write_results(built.project, results, seconds, "build")
    if junit is not None:
        write_text_atomic(junit, as_junit(report.outcomes, Renderer(texts), texts))
    bad = report.is_bad or bool(exit_code(report.diagnostics, options))
    if output == "json":
        print_json(_json(built, report, results, texts, seconds))
        return int(bad)
    print_diagnostics(report.diagnostics, texts, options, output)
    renderer = Renderer(texts, colour=use_colour(options), width=width())
    for outcome in report.outcomes:
        if outcome.status in ("fail", "error"):
            click.echo(as_github(outcome, renderer) if output == "github" else as_text(outcome, renderer, texts, width()))
    if output == "text":
        print_table(("node", "result", "tests", "why"), [*_rows(report)], options)
    message(_words(report, seconds), options)
    return int(bad)


def _rows(report: Report) -> Iterator[tuple[str, str, str, str]]:
    shown = report.nodes if len(report.nodes) <= _MOST else [n for n in report.nodes if n.status != "pass"]
    for node in shown:
        yield node.node, node.status, _tests(node), f"{node.stage}: {node.message}" if node.stage else node.message
    for job in report.jobs:
        why = f"{', '.join(job.nodes)} failed" if job.nodes else "it does not compile" if job.status == "fail" else ""
        yield f"job {job.job}", job.status, "", why


def _tests(node: NodeResult) -> str:
    """``3``, ``2 of 3`` where not all passed, ``3 not run``."""
    if node.left_out:
        return f"{node.left_out} not run"
    return f"{node.tests - node.failed} of {node.tests}" if node.failed else str(node.tests or "")


def _words(report: Report, seconds: float) -> str:
    """``11 nodes: 9 passed, 1 failed, 1 skipped; 14 tests; in 12.3 s``."""
    found = counts(report.nodes)
    parts = [f"{n} {_WORDS[status]}" for status, n in found.items() if n]
    nodes = f"{len(report.nodes)} node{'s' * (len(report.nodes) != 1)}"
    tests = f"{len(report.outcomes)} test{'s' * (len(report.outcomes) != 1)}"
    return f"{nodes}: {', '.join(parts) or 'none'}; {tests} run in {seconds:.1f} s"


def _json(built: Build, report: Report, results: Mapping[str, Any], texts: Mapping[str, str], seconds: float,
          ) -> Mapping[str, Any]:
    return {
        "version": 1,
        "nodes": [{"node": n.node, "kind": built.graph.nodes[n.node].kind, "status": n.status, "stage": n.stage,
                   "message": n.message, "blame": n.blame, "tests": n.tests, "failed": n.failed, "not_run": n.left_out}
                  for n in report.nodes],
        "jobs": [{"job": j.job, "status": j.status, "nodes": list(j.nodes)} for j in report.jobs],
        "diagnostics": json.loads(diagnostics_json(report.diagnostics, texts))["diagnostics"],
        "tests": results["tests"],
        "summary": {"nodes": counts(report.nodes), "diagnostics": summary(report.diagnostics), "tests": results["summary"],
                    "seconds": round(seconds, 3)},
    }
