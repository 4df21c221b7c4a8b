"""The project's dashboards, as the verbs look at them: alone, or with what the database says of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from flinksql_runner.boards.values import Boards
from flinksql_runner.cli.output import message
from flinksql_runner.cli.params import Globals
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.pipeline import Begun, Build
from flinksql_runner.project.placeholders import POSTGRES_URL, placeholder


def boards_of(built: Begun | Build) -> Boards:
    """The project's dashboards; a project without any does not wait for what reads them."""
    if not built.project.dashboards:
        return Boards({})
    from flinksql_runner.boards.read import read_boards

    return read_boards(built.project, built.graph)


def check_boards(built: Build, options: Globals) -> tuple[Diagnostic, ...]:
    """All that is wrong with the dashboards, and what the databases say of their queries.

    The project's own PostgreSQL is started where it does not run, and asked as its owner: tables that a job has not made yet
    are there for the time of asking.
    """
    boards = boards_of(built)
    if not any(b.queries for b in boards.boards.values()):
        return boards.diagnostics
    from flinksql_runner.boards.known import known_tables
    from flinksql_runner.dashboard.asking import by_place, verdicts

    places = by_place(boards)
    own = {p for p in places if placeholder(POSTGRES_URL) in p.url}
    values = {**os.environ, **(started(built, options) if own else {})}
    tables = [k.table for k in known_tables(built.graph).values() if k.table.database == "postgresql"]
    return (*boards.diagnostics, *verdicts(boards, lambda: values, dict.fromkeys(own, tables)))


def started(built: Build, options: Globals) -> Mapping[str, str]:
    """The project's own PostgreSQL, started where it does not run; what its placeholders stand for, for its owner."""
    from flinksql_runner.services.control import ensure

    return ensure(built.project.root, frozenset({"postgres"}), progress=lambda line: message(line, options)).placeholders


def reading(built: Build) -> Callable[[], Mapping[str, str]]:
    """What placeholders stand for at the moment, for one who only reads; an own PostgreSQL that does not run has none."""
    from flinksql_runner.services.postgres_reader import reader_values

    return lambda: {**os.environ, **reader_values(built.project.root)}
