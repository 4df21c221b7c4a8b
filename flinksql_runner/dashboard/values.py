"""What the parts of the server hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from flinksql_runner.boards.layout import Column
from flinksql_runner.boards.values import Bound, Place

Trouble = Literal["query", "timeout", "database"]
"""Why a tile has no rows: the query is wrong, it took too long, or the database does not answer."""


class AskFailed(Exception):
    """A query that gave no rows; its text is for the viewer and holds no secret."""

    def __init__(self, kind: Trouble, message: str) -> None:
        super().__init__(message)
        self.kind: Trouble = kind


@dataclass(frozen=True, slots=True)
class Read:
    """Rows as they came from the driver; ``is_cut`` where there were more than asked for."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is, with everything filled in: it holds a password, so it is never printed."""

    host: str
    port: int
    database: str
    user: str
    password: str
    options: Mapping[str, str]

    def __repr__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"


class Reader(Protocol):
    """Asks one database; reads only."""

    async def read(self, parts: Sequence[str | Bound], values: Mapping[Bound, Any], limit: int) -> Read:
        """Sends a query with its values bound, and gives at most ``limit`` rows.

        :raises AskFailed: where there are none to be had.
        """

    async def close(self) -> None:
        """Ends all connections."""


Locate = Callable[[Place], Address]
"""Finds a database now: an embedded one may have moved. Raises ``AskFailed`` where it does not run."""
