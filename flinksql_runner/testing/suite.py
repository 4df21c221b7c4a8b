"""Runs tests of a project: with the functions that their stubs name, and on a new engine where one dies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flinksql_runner.compiler.job import Job
from flinksql_runner.functions.values import Functions
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.testing.called import with_calls
from flinksql_runner.testing.door import Door
from flinksql_runner.testing.kept import Tell
from flinksql_runner.testing.run import THREADS, TIMEOUT, run_tests
from flinksql_runner.testing.values import Outcome, UnitTest
from flinksql_runner.testing.ways import Ways

Open = Callable[[Project, Functions], Door]
"""Makes an engine run that has these functions, and opens it; it is asked again where the engine dies."""


def run_suite(
    project: Project, graph: Graph, functions: Functions, jobs: Mapping[str, Job], tests: Sequence[UnitTest], open_door: Open, *,
    timeout: float | None = None, threads: int | None = None, tell: Tell | None = None, ways: Ways | None = None,
    fail_fast: bool = False,
) -> tuple[Outcome, ...]:
    """What comes of each test, as ``run_tests`` tells it.

    :raises flinksql_runner.diagnostics.Failure: where Flink can't be started.
    """
    inside, known = with_calls(project, functions, tests)

    def door() -> Door:
        return open_door(inside, known)

    first = door()
    return run_tests(
        tests, graph, known, jobs, first.open_session, rest_url=first.rest_url, heal=door, project=project,
        timeout=timeout or TIMEOUT, threads=threads or THREADS, tell=tell, ways=ways or Ways(), fail_fast=fail_fast)
