"""What tests of all kinds share: one local Flink for the whole session, started by the first test that needs it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.control import down, ensure
from flinksql_runner.services.values import Running

# read when testcontainers is imported: its helper image is not there, and published ports are on loopback
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
os.environ.setdefault("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # so starts what a shell without job control puts into the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the commands that tests interrupt would inherit that


@pytest.fixture(scope="session")
def engine_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the session's Flink, which is ended with the session."""
    root = tmp_path_factory.mktemp("engine")
    yield root
    down(root)


@pytest.fixture
def flink(engine_folder: Path) -> Running:
    """A running Flink with its gateway. One that died is started again: Flink's task manager ends itself where a query is
    cancelled while it starts (CollectSinkFunction has no buffer yet), and another test than that one would fail."""
    try:
        return ensure(engine_folder, frozenset({"flink"}))
    except Failure as failure:
        pytest.fail(f"the local engine does not start: {failure}\n{failure.detail or ''}")
