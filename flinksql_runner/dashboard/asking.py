"""What the databases say of all dashboards, database by database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from flinksql_runner.boards.values import Boards, Parameter, Place, Query
from flinksql_runner.boards.verdicts import unasked
from flinksql_runner.dashboard.explain import explain
from flinksql_runner.dashboard.locate import locate
from flinksql_runner.dashboard.values import Address, AskFailed
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.tables.physical import PhysicalTable

Asked = tuple[Query, Mapping[str, Parameter]]


def verdicts(
    boards: Boards, values: Callable[[], Mapping[str, str]], own: Mapping[Place, Iterable[PhysicalTable]],
) -> Iterator[Diagnostic]:
    """All that the databases have against the queries.

    :param values: what placeholders stand for.
    :param own: databases of the tool itself, with the tables that jobs will make there.
    """
    for place, asked in by_place(boards).items():
        try:
            address = locate(place, values)
        except AskFailed as failed:
            yield unasked(asked[0][0], str(failed))
            continue
        if place.database == "mysql":
            yield from _of_mysql(asked, address)
        else:
            yield from explain(asked, address, own.get(place, ()))


def _of_mysql(asked: list[Asked], address: Address) -> Iterable[Diagnostic]:
    try:
        from flinksql_runner.dashboard.explain_mysql import explain_mysql  # who has no MySQL needs no driver for it
    except ModuleNotFoundError:
        return (unasked(asked[0][0], "the package pymysql is missing: pip install 'flinksql-runner[dashboard]'"),)
    return explain_mysql(asked, address)


def by_place(boards: Boards) -> Mapping[Place, list[Asked]]:
    """The queries of each database, with the parameters of their dashboards."""
    found: dict[Place, list[Asked]] = {}
    for board in boards.boards.values():
        parameters = {p.name: p for p in board.parameters}
        for query in board.queries:
            if query.place is not None:
                found.setdefault(query.place, []).append((query, parameters))
    return found
