"""The web API of the demo ``api_logs`` beside the run: clients that call it, and the lines that it logs."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Iterable, Iterator, MutableMapping
from datetime import datetime
from pathlib import Path

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.simulate.api_logs.addresses import AddressBook
from flinksql_runner.simulate.api_logs.http import Answers, HttpClients, keys_of, with_keys_of_their_own
from flinksql_runner.simulate.api_logs.lines import Request
from flinksql_runner.simulate.api_logs.traffic import Traffic, requests

_PER_MINUTE = 600
_SEED = 500_000     # away from the seed of simulated lines


class WebApi:
    """Keys for its clients, the clients, and the API's log files."""

    def __init__(self, rate: float, duration: float, seed: int, book: AddressBook, folder: Path) -> None:
        """
        :param rate: requests a second.
        :param folder: of the API's log files and keys.
        """
        self._traffic = Traffic(rate=rate, duration=duration, seed=seed + _SEED, attacks=0, clients=200)
        self._book, self.logs, self.keys = book, folder / "api", folder / "keys.json"
        self._secrets = {key: secrets.token_urlsafe(16) for key in keys_of(self._requests(), round(rate * duration) + 1000)}
        self._read: dict[Path, int] = {}
        self._stop, self._problem = threading.Event(), list[BaseException]()
        self._thread: threading.Thread | None = None
        self._clients: HttpClients | None = None
        self.lines = 0

    @property
    def key_ids(self) -> Iterable[str]:
        """Public parts of its clients' keys."""
        return self._secrets

    def write_keys(self) -> None:
        """Writes the keys for the API: of secrets it gets hashes."""
        write_text_atomic(self.keys, json.dumps({
            key: {"sha256": hashlib.sha256(secret.encode()).hexdigest(), "per_minute": _PER_MINUTE}
            for key, secret in self._secrets.items()}))

    def call(self, address: str, start_ms: int) -> None:
        """Lets clients call, from ``start_ms`` on.

        :raises Failure: where the API does not answer.
        """
        self._clients = HttpClients(address, self._secrets)     # in this thread: what does not answer is told at once
        self._thread = threading.Thread(target=self._run, args=(start_ms,), name="clients", daemon=True)
        self._thread.start()

    @property
    def is_calling(self) -> bool:
        """Whether there are more requests to come."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def answers(self) -> Answers:
        """Of all requests so far."""
        return Answers() if self._clients is None else self._clients.answers

    def stop(self) -> None:
        """Ends all calls."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
        if self._clients is not None:
            self._clients.close()

    def check(self) -> None:
        """Raises what went wrong with the clients, if anything did."""
        if self._problem:
            raise Failure(f"the clients of the web API failed: {self._problem[0]}", exit_code=1)

    def read_lines(self, moments: MutableMapping[int, list[int]]) -> int:
        """Reads lines that the API has logged since the last call, and adds to ``moments`` when they were written, as
        ``CountProbe`` wants it. How many lines there are by now. For one thread."""
        for path in sorted(self.logs.glob("*.log")):
            with path.open("rb") as file:
                file.seek(self._read.get(path, 0))
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read[path] = self._read.get(path, 0) + len(line)
                    self.lines += 1
                    written = _written_ms(line)
                    if written is not None:
                        moments[written // 1000].append(written)
        return self.lines

    def _requests(self) -> Iterator[Request]:
        return with_keys_of_their_own(requests(self._traffic, self._book))

    def _run(self, start_ms: int) -> None:
        assert self._clients is not None
        try:
            self._clients.send(self._requests(), start_ms, self._traffic.duration, self._stop)
        except BaseException as problem:    # told by `check` in the thread that waits
            self._problem.append(problem)


def _written_ms(line: bytes) -> int | None:
    """The line's own time, which is that of its writing: ms since the epoch."""
    try:
        told = str(json.loads(line.decode("utf-8", "replace"))["time"])
        return int(datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp() * 1000)
    except (ValueError, KeyError, TypeError):
        return None
