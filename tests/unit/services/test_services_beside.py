"""Commands that run beside the services: started, killed as a crash would, and known to be gone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil
import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.beside import PORT, check_beside, kill_beside, start_beside
from flinksql_runner.services.control import down, status
from flinksql_runner.services.folders import folders
from flinksql_runner.services.process import read_record


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def started(root: Path) -> int:
    return start_beside(root, "api", [PORT, "--bind", "127.0.0.1"], os.environ, 0, module="http.server")


def test_another_module_runs_on_a_port_that_is_found(root: Path) -> None:
    try:
        port = started(root)
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        check_beside(root, "api")
        assert [s.name for s in status(root) if s.state == "running"] == ["api"]
    finally:
        down(root)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_kill_is_a_kill_and_is_seen(root: Path) -> None:
    try:
        started(root)
        record = read_record(folders(root), "api")
        assert record is not None
        kill_beside(root, "api")
        assert not psutil.pid_exists(record.pid) or psutil.Process(record.pid).status() == psutil.STATUS_ZOMBIE
        with pytest.raises(Failure, match="the api has ended by itself"):
            check_beside(root, "api")
        with pytest.raises(Failure, match="has ended by itself"):
            kill_beside(root, "api")
        started(root)
        check_beside(root, "api")
    finally:
        down(root)


def test_what_never_ran_is_told(root: Path) -> None:
    with pytest.raises(Failure, match="the collector has ended by itself"):
        check_beside(root, "collector")
