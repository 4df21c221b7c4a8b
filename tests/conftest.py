"""What tests of all kinds share: one local Flink for the whole session, started by the first test that needs it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

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
def flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running Flink with its gateway, in a folder of its own; it is ended with the session."""
    root = tmp_path_factory.mktemp("engine")
    try:
        yield ensure(root, frozenset({"flink"}))
    except Failure as failure:
        pytest.fail(f"the local engine does not start: {failure}\n{failure.detail or ''}")
    finally:
        down(root)
