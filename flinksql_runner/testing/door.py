"""The way to an engine, and what happens where it closes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from flinksql_runner.diagnostics import Failure
from flinksql_runner.flink.gateway import Session
from flinksql_runner.flink.rest import Rest

OpenSession = Callable[[Mapping[str, str]], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Door:
    """The way to an engine. Flink's REST API at ``rest_url`` is needed by tests whose inputs come in steps."""

    open_session: OpenSession
    rest_url: str = ""

    @property
    def rest(self) -> Rest | None:
        """Flink's REST API, None where its address is not known."""
        return Rest(self.rest_url) if self.rest_url else None


class EngineDied(Failure):
    """A process of Flink is gone: what did not come to an end can run again on a new one."""
