"""Where everything of the local services lies below the project folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from flinksql_runner.diagnostics import Failure


@dataclass(frozen=True, slots=True)
class Folders:
    """``.flinksql/`` of one project folder; ``root`` is absolute, with links resolved."""

    root: Path

    @property
    def engine(self) -> Path:
        """What belongs to a start: processes' records, configuration, logs; may be deleted while nothing runs."""
        return self.root / ".flinksql" / "engine"

    @property
    def data(self) -> Path:
        """What outlives a start: savepoints, checkpoints, Kafka's log, the database, the archive."""
        return self.root / ".flinksql" / "data"

    @property
    def flink_home(self) -> Path:
        """A Flink distribution of our own, made of links into the installed package."""
        return self.engine / "flink"

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.engine / "logs"

    @property
    def records(self) -> Path:
        """One file for each process that we started."""
        return self.engine / "run"

    @property
    def lock(self) -> Path:
        """Held while services start or end."""
        return self.engine / "lock"

    @property
    def last_call(self) -> Path:
        """A file whose time of change says when the services were last asked for."""
        return self.engine / "last-call"

    def make(self) -> None:
        """Creates the folders, closed to other users (root's may be passed through: PostgreSQL runs as another user)."""
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            for folder in (self.engine, self.data, self.logs, self.records):
                folder.mkdir(parents=True, exist_ok=True, mode=mode)
            ignore = self.root / ".flinksql" / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as problem:
            raise Failure(f"can't write in {self.root / '.flinksql'} ({os.strerror(problem.errno or 0)})") from None


def folders(root: Path) -> Folders:
    """The folders of a project folder."""
    return Folders(root.resolve())
