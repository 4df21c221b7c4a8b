"""The simulator at work beside everything else: a thread that sends messages at their time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from flinksql_runner.diagnostics import Failure
from flinksql_runner.simulate.message import Message, Tally
from flinksql_runner.simulate.sinks import Writer, closing, paced


class Sender:
    """``tally`` counts what was handed over so far; after ``wait`` all of it is there."""

    def __init__(self, messages: Iterable[Message], start_ms: int, writer: Writer) -> None:
        self.start_ms, self.tally = start_ms, Tally()
        self._messages, self._writer = messages, writer
        self._problem: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    @property
    def is_sending(self) -> bool:
        """Whether there is more to come."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begins to send."""
        self._thread.start()

    def stop(self) -> None:
        """Ends early; for a run that was given up."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=15)

    def check(self) -> None:
        """Raises what went wrong, if anything did.

        :raises Failure: where Kafka or the disk did not take them.
        """
        if isinstance(self._problem, Failure):
            raise self._problem
        if self._problem is not None:
            raise Failure(f"the simulator failed: {self._problem}", exit_code=1)

    def _run(self) -> None:
        try:
            with closing(self._writer) as writer:
                for message in paced(self._until_stopped(self._messages), self.start_ms):
                    writer.write(message)
                    self.tally.add(message)
        except BaseException as problem:  # told by `check` in the thread that waits
            self._problem = problem

    def _until_stopped(self, stream: Iterable[Message]) -> Iterator[Message]:
        for message in stream:
            if self._stop.is_set():
                return
            yield message
