"""What ``flinksql dashboard`` serves: the project, followed as its files change, and the databases behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from flinksql_runner import __version__
from flinksql_runner.boards.values import Board, Place
from flinksql_runner.cache.survey import survey
from flinksql_runner.cli.boards import boards_of, reading
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.params import Globals
from flinksql_runner.dashboard.catalogue import Catalogue
from flinksql_runner.dashboard.locate import locate
from flinksql_runner.dashboard.mysql import MysqlReader
from flinksql_runner.dashboard.postgres import PostgresReader
from flinksql_runner.dashboard.values import Reader
from flinksql_runner.diagnostics import Failure
from flinksql_runner.engines.engine import Engine
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.reading import read_paths
from flinksql_runner.project.values import Project
from flinksql_runner.services.control import touch
from flinksql_runner.workspace import attach


def catalogue_of(built: Build) -> Catalogue:
    """The dashboards of a built project."""
    graph = built.graph
    upstream = {n: tuple(sorted(graph.ancestors(n))) for n, node in graph.nodes.items() if node.kind == "sink"}
    jobs = {n: name for name, job in built.jobs.items() for n in job.nodes}
    return Catalogue(built.project.name, __version__, boards_of(built), upstream, jobs)


def read_catalogue(options: Globals) -> Catalogue:
    """The dashboards as their files are now.

    :raises Failure: where project.yml or profiles.yml can't be used.
    """
    return catalogue_of(build(open_project(options)))


def look(options: Globals, env: Mapping[str, str]) -> Mapping[str, object]:
    """What differs as soon as a file of the project does."""
    root = options.project_dir.absolute()
    folders, files = read_paths(root, options.profiles_dir, env)
    return survey(root, folders, files, time.time_ns())


def readers(built: Build, timeout_ms: int) -> Callable[[Place], Reader]:
    """The reader of each database."""
    values = reading(built)

    def reader(place: Place) -> Reader:
        kind = MysqlReader if place.database == "mysql" else PostgresReader
        return kind(place, lambda wanted: locate(wanted, values), timeout_ms)

    return reader


@dataclass(slots=True)
class JobStates:
    """What the jobs behind dashboards do now. Where Flink does not run they are stopped; nothing is started."""

    project: Project
    catalogue: Callable[[], Catalogue]
    _engine: Engine | None = field(default=None, init=False)

    def __call__(self, board: Board) -> Mapping[str, str] | None:
        """The name and state of a dashboard's job; None where no job writes what it reads."""
        touch(self.project.root)  # who looks uses the services: they don't end for idleness
        name = self.catalogue().job_of(board)
        if name is None:
            return None
        state = "unknown"
        with suppress(Failure):
            state = self._state(name)
        return {"name": name, "state": state}

    def _state(self, name: str) -> str:
        try:
            self._engine = self._engine or attach(self.project)
            found = self._engine.find(name) if self._engine is not None else ()
            return self._engine.observe(found[0]).state if self._engine is not None and found else "stopped"
        except Failure:
            self._engine = None  # it may be elsewhere the next time
            return "stopped" if attach(self.project) is None else "unknown"


def chosen_board(catalogue: Catalogue, name: str | None) -> Board | None:
    """The dashboard of a name; None without a name.

    :raises Failure: where there is none of it.
    """
    boards = catalogue.boards.boards
    if not boards:
        wrong = "mend the places above" if catalogue.boards.diagnostics else "`dashboards/NAME.yml` makes one: docs/dashboards.md"
        raise Failure(f"there is no dashboard to show: {wrong}")
    if name is not None and name not in boards:
        raise Failure(f"there is no dashboard `{name}`; there are: {', '.join(sorted(boards))}")
    return boards[name] if name is not None else None


