"""Where lines go: into log files that grow as a server's do, or into Kafka as the log shipper would send them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

from flinksql_runner.collect.lines import Line
from flinksql_runner.collect.message import Packer
from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.message import Message
from flinksql_runner.simulate.sinks import Writer


class LogFiles:
    """A folder with a file for each server, ``access-SERVER.log``, to which whole lines are appended at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[bytes, BinaryIO] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise Failure(f"can't write into {folder}: {problem.strerror}") from None

    def write(self, message: Message) -> None:
        """Appends one line.

        :raises Failure: where the disk does not take it.
        """
        try:
            file = self._open.get(message.key)
            if file is None:
                file = self._open[message.key] = (self.folder / f"access-{message.key.decode()}.log").open("ab", buffering=0)
            file.write(message.value + b"\n")
        except OSError as problem:
            raise Failure(f"can't write into {self.folder}: {problem.strerror}") from None

    def close(self) -> None:
        """Closes all files."""
        for file in self._open.values():
            file.close()


class Shipped:
    """Puts each line into the envelope of ``flinksql collect``, and hands it on."""

    def __init__(self, writer: Writer, run: str) -> None:
        """
        :param run: names the files that the lines are said to stand in, so that two runs have no place in common.
        """
        self._writer, self._run = writer, run
        self._packers: dict[bytes, Packer] = {}
        self._ends: dict[bytes, int] = {}

    def write(self, message: Message) -> None:
        """Sends one line."""
        server = message.key.decode()
        packer = self._packers.setdefault(message.key, Packer(server))
        begin = self._ends.get(message.key, 0)
        line = Line(begin, begin + len(message.value) + 1, message.value)
        self._ends[message.key] = line.end
        value = packer.value(line, f"/var/log/api/access-{server}.log", f"{self._run}-{server}", time.time_ns() // 1_000_000)
        self._writer.write(message._replace(key=f"{server}/{self._run}".encode(), value=value))

    def close(self) -> None:
        """Waits until everything has arrived."""
        self._writer.close()
