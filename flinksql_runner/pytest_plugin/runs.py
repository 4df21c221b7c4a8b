"""One warm engine a project for a whole session of pytest; tests that were selected together run together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import yaml

from flinksql_runner.diagnostics import Failure
from flinksql_runner.diagnostics.render import Renderer
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.load import load
from flinksql_runner.services.control import down
from flinksql_runner.testing.door import Door
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.suite import run_suite
from flinksql_runner.testing.values import Outcome, Suite, UnitTest
from flinksql_runner.testing.ways import Ways
from flinksql_runner.workspace import open_for_tests


@dataclass(frozen=True, slots=True)
class Settings:
    """pytest's options ``--flinksql-...``, by their names."""

    target: str | None = None
    profile: str | None = None
    profiles_dir: str | None = None
    vars: str | None = None
    timeout: float | None = None
    threads: int = 0
    shuffle: bool = False
    parallelism: int = 1
    restart: bool = False
    down: bool = False

    @property
    def ways(self) -> Ways:
        """The other ways in which each test is run."""
        return Ways(self.shuffle, self.parallelism, self.restart)

    @property
    def variables(self) -> Mapping[str, object]:
        """``--flinksql-vars``, read.

        :raises Failure: where it is no mapping.
        """
        try:
            value = yaml.safe_load(self.vars or "{}")
        except yaml.YAMLError:
            value = None
        if not isinstance(value, dict):
            raise Failure("--flinksql-vars takes a mapping, for example --flinksql-vars '{day: 1}'")
        return {str(k): v for k, v in value.items()}


class ProjectRun:
    """A project's tests in this session: what is selected runs at once when the first result is asked for."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root, self.settings = root, settings
        self.known: dict[str, Outcome] = {}
        self.is_open = False
        self._failure: Failure | None = None

    @cached_property
    def suite(self) -> Suite:
        """All tests of the project's files."""
        return read_tests(self.root)

    @cached_property
    def built(self) -> Build:
        """The project, built once.

        :raises Failure: where project.yml or profiles.yml can't be used.
        """
        chosen = self.settings
        profiles = Path(chosen.profiles_dir) if chosen.profiles_dir else None
        return build(load(self.root, target=chosen.target, profile=chosen.profile, profiles_dir=profiles,
                          vars=self.settings.variables, env=os.environ))

    @property
    def texts(self) -> Mapping[str, str]:
        """All files that a place may be in."""
        return {**self.built.project.texts, **self.built.project.python_files, **self.suite.texts}

    def renderer(self, more: Mapping[str, str] | None = None) -> Renderer:
        """Prints diagnostics at their places."""
        return Renderer({**self.texts, **(more or {})})

    def outcome(self, name: str, selected: Sequence[UnitTest]) -> Outcome:
        """What came of a test; the first question runs all that are selected.

        :raises Failure: where the engine can't be had: once tried, not tried again for each test.
        """
        if self._failure is not None:
            raise self._failure
        if name not in self.known:
            try:
                self.known |= {o.test.name: o for o in self.run([t for t in selected if t.name not in self.known])}
            except Failure as failure:
                self._failure = failure
                raise
        return self.known[name]

    def run(self, tests: Sequence[UnitTest]) -> tuple[Outcome, ...]:
        """Runs tests in as few jobs as is good.

        :raises Failure: where the engine can't be had.
        """
        built, chosen = self.built, self.settings
        known = [t.node for t in tests if t.node in built.graph.nodes]
        return run_suite(
            built.project, built.graph, built.functions, built.jobs, tests,
            lambda project, functions: self._door(replace(built, project=project, functions=functions), known),
            timeout=chosen.timeout, threads=chosen.threads, ways=chosen.ways)

    def _door(self, built: Build, nodes: Sequence[str]) -> Door:
        work = open_for_tests(built, nodes)
        self.is_open = True
        return Door(work.engine.session, work.engine.rest_url)


class Runs:
    """The projects of a session by their folders."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._projects: dict[Path, ProjectRun] = {}

    def of(self, root: Path) -> ProjectRun:
        """The run of the project in a folder."""
        return self._projects.setdefault(root, ProjectRun(root, self._settings))

    def close(self) -> None:
        """Ends the local engines that were used, where ``--flinksql-down`` asks for it; else they stay warm."""
        for run in self._projects.values():
            if run.is_open and self._settings.down:
                down(run.root)
