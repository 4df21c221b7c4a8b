"""Writers of messages: to a file, to Kafka; and pacing, so that messages leave at their time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.message import Message

_CONNECT_SECONDS, _FLUSH_SECONDS = 5.0, 60.0
_FLUSH_EVERY = 50_000       # messages: the client itself has no limit to what it holds


class Writer(Protocol):
    """Takes messages. ``close`` returns once all of them are safe."""

    def write(self, message: Message) -> None:
        """Sends one message; may return before it has arrived."""

    def close(self) -> None:
        """Waits until everything has arrived.

        :raises Failure: where something could not be written.
        """


class FileWriter:
    """One message a line. Written beside and renamed when whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._beside = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._beside.open("wb")
        except OSError as problem:
            raise Failure(f"can't write {path}: {problem.strerror}") from None

    def write(self, message: Message) -> None:
        """Appends one line."""
        try:
            self._file.write(message.value + b"\n")
        except OSError as problem:
            raise Failure(f"can't write {self.path}: {problem.strerror}") from None

    def close(self) -> None:
        """Puts the file into its place."""
        try:
            self._file.close()
            self._beside.replace(self.path)
        except OSError as problem:
            raise Failure(f"can't write {self.path}: {problem.strerror}") from None


class KafkaWriter:
    """Sends to one topic, keyed, acknowledged by all replicas, each message once even where the client tries again."""

    def __init__(self, servers: str, topic: str) -> None:
        self.topic, self.servers = topic, servers
        self._problems: list[BaseException] = []
        self._sent = 0
        _reach(servers)
        try:
            self._producer: Any = KafkaProducer(
                bootstrap_servers=servers, acks="all", enable_idempotence=True, linger_ms=5, batch_size=65536)
        except (KafkaError, ValueError) as problem:
            raise Failure(f"Kafka at {servers} can't be reached: {problem}") from None

    def write(self, message: Message) -> None:
        """Hands one message to the client, with its sending time as Kafka's timestamp."""
        try:
            self._producer.send(
                self.topic, value=message.value, key=message.key, timestamp_ms=message.sent_ms,
            ).add_errback(self._problems.append)
            self._sent += 1
            if self._sent % _FLUSH_EVERY == 0:
                self._producer.flush(timeout=_FLUSH_SECONDS)
        except KafkaError as problem:
            raise Failure(f"Kafka at {self.servers} takes no messages: {problem}") from None
        if self._problems:
            raise Failure(f"Kafka at {self.servers} refused a message: {self._problems[0]}")

    def close(self) -> None:
        """Waits until the broker has acknowledged everything."""
        try:
            self._producer.flush(timeout=_FLUSH_SECONDS)
            self._producer.close(timeout=5)
        except KafkaError as problem:
            raise Failure(f"Kafka at {self.servers} did not take all messages: {problem}") from None
        if self._problems:
            raise Failure(f"Kafka at {self.servers} refused a message: {self._problems[0]}")


def _reach(servers: str) -> None:
    """Connects to one of the servers and goes away: the client itself takes half a minute to say that nobody is there."""
    problem: object = "no address"
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
            return
        except (OSError, ValueError) as found:
            problem = found
    raise Failure(f"Kafka at {servers} can't be reached: {problem}")


class closing:  # noqa: N801 - reads as contextlib's
    """Closes a writer at the end of a block; where the block failed, a second failure of ``close`` is not told."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def __enter__(self) -> Writer:
        return self.writer

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.writer.close()
        except Failure:
            if problem is None:
                raise


def paced(messages: Iterable[Message], start_ms: int) -> Iterator[Message]:
    """Gives each message when its time has come; those whose time is over come at once."""
    for message in messages:
        wait = start_ms / 1000 + message.due - time.time()
        if wait > 0:
            time.sleep(wait)
        yield message
