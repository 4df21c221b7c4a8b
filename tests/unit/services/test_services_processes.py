"""Processes, ports and records, with a sleeping Python in the place of a service."""

from __future__ import annotations

import errno
import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services import process
from flinksql_runner.services.environment import child_environment
from flinksql_runner.services.folders import Folders, folders
from flinksql_runner.services.java import java_home
from flinksql_runner.services.ports import free_ports, listens
from flinksql_runner.services.process import (
    Record,
    end,
    end_strays,
    is_ours,
    last_ports,
    marker,
    read_record,
    start,
    strays,
    write_record,
)
from flinksql_runner.services.waiting import until_up

SLEEPER = "import signal, time; signal.signal(signal.SIGTERM, {how}); print('up', flush=True); time.sleep(600)"
PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); time.sleep(600)"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Folders]:
    found = folders(tmp_path / "prōject with blanks")
    found.make()
    yield found
    for left in strays(found, ()):
        left.kill()


def run(place: Folders, code: str, name: str = "kafka") -> Record:
    return start(place, name, [sys.executable, "-c", code, marker(place)], env=os.environ, ports={"kafka": 1})


def wait_for_line(place: Folders, name: str = "kafka") -> None:
    while "up" not in (place.logs / f"{name}.out").read_text():
        os.sched_yield()


def test_a_started_process_is_recorded_and_ours(place):
    record = run(place, SLEEPER.format(how="signal.SIG_DFL"))
    assert read_record(place, "kafka") == record
    assert is_ours(place, record)
    assert os.getsid(record.pid) == record.pid  # Ctrl-C in the terminal doesn't reach it
    assert last_ports(place, "kafka") == {"kafka": 1}
    assert stat.S_IMODE((place.records / "kafka.json").stat().st_mode) == 0o600
    end(place, record)
    assert not psutil.pid_exists(record.pid)
    assert read_record(place, "kafka") is None


def test_a_process_with_a_used_again_id_is_never_ours_and_never_killed(place):
    other = psutil.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        for created in (0.0, 1e12):
            record = Record("kafka", other.pid, created, 0.0, {"kafka": 1})
            write_record(place, record)
            assert not is_ours(place, record)
            end(place, record, seconds=0.1)
            assert other.is_running()
            assert other.status() != psutil.STATUS_ZOMBIE
            assert read_record(place, "kafka") is None
    finally:
        other.kill()
        other.wait()


def test_same_id_and_start_but_another_folders_process_is_not_ours(place, tmp_path):
    elsewhere = folders(tmp_path / "elsewhere")
    elsewhere.make()
    record = run(elsewhere, SLEEPER.format(how="signal.SIG_DFL"))
    assert is_ours(elsewhere, record)
    assert not is_ours(place, record)
    end(place, record, seconds=0.1)
    assert is_ours(elsewhere, record)
    end(elsewhere, record)


def test_one_that_ignores_sigterm_is_killed_after_the_limit(place):
    record = run(place, SLEEPER.format(how="signal.SIG_IGN"))
    wait_for_line(place)
    end(place, record, seconds=0.2)
    assert not psutil.pid_exists(record.pid)


def test_children_of_a_killed_process_are_ended_with_it(place):
    record = run(place, PARENT)
    parent = psutil.Process(record.pid)
    while not (children := parent.children()):
        os.sched_yield()
    os.kill(record.pid, signal.SIGKILL)
    parent.wait(5)
    end(place, record, seconds=1)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def test_a_process_that_no_record_knows_is_found_and_ended(place):
    record = run(place, SLEEPER.format(how="signal.SIG_DFL"))
    (place.records / "kafka.json").unlink()
    assert [p.pid for p in strays(place, ())] == [record.pid]
    assert strays(place, [record.pid]) == []
    end_strays(place, ())
    assert not is_ours(place, record)


def test_a_broken_record_counts_as_none(place):
    for text in ("", "{", "[]", '{"name": "kafka"}'):
        (place.records / "kafka.json").write_text(text)
        assert read_record(place, "kafka") is None


def test_a_program_that_is_not_there_is_one_sentence(place):
    with pytest.raises(Failure, match=r"can't start kafka \(No such file or directory"):
        start(place, "kafka", ["/nowhere/java"], env={}, ports={})


def test_a_service_that_ends_at_once_is_told_with_its_log(place):
    record = run(place, "import sys; sys.exit('java.net.BindException: Address already in use')")
    with pytest.raises(Failure, match="Kafka can't be started: kafka ended at once; its port is in use") as caught:
        until_up(place, "Kafka", [record])
    assert "BindException" in (caught.value.detail or "")


def test_a_service_that_never_answers_is_told(place):
    record = run(place, SLEEPER.format(how="signal.SIG_DFL"))
    with pytest.raises(Failure, match=r"doesn't answer after 0 s; see .*kafka\.out"):
        until_up(place, "Kafka", [replace(record, ports={"kafka": 1})], seconds=0.2)
    end(place, record)


def test_ports_are_free_different_and_the_preferred_ones_where_they_can_be():
    first = free_ports(("a", "b", "c"), {})
    assert len(set(first.values())) == 3
    assert free_ports(("a", "b", "c"), first) == first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first["b"]))
        taken.listen()
        assert listens(first["b"])
        assert first["b"] not in free_ports(("a", "b", "c"), first).values()
    assert not listens(first["b"])


def test_services_get_no_secrets_and_a_locale_for_any_path(monkeypatch):
    monkeypatch.setenv("FLINKSQL_SECRET_X", "s3cret")
    monkeypatch.setenv("DBT_ENV_SECRET_Y", "s3cret")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xint")
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.setenv(name, "C")
    env = child_environment()
    assert "s3cret" not in env.values()
    assert "JAVA_TOOL_OPTIONS" not in env
    assert env["LC_ALL"].endswith("UTF-8")


def fake_java(folder: Path, version: str) -> str:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch()
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return str(folder)


def test_a_chosen_java_goes_first_and_must_run_flink(tmp_path):
    good = fake_java(tmp_path / "17", "17.0.15")
    assert str(java_home({"FLINKSQL_JAVA_HOME": good, "JAVA_HOME": "/x"})) == good
    with pytest.raises(Failure, match=r"Java 8 in .* doesn't run Flink: set FLINKSQL_JAVA_HOME to a Java 11, 17 or 21"):
        java_home({"FLINKSQL_JAVA_HOME": fake_java(tmp_path / "8", "1.8.0_402")})
    with pytest.raises(Failure, match="there is no Java in"):
        java_home({"FLINKSQL_JAVA_HOME": str(tmp_path)})


def test_without_any_java_the_way_out_is_told(monkeypatch):
    monkeypatch.setattr("flinksql_runner.services.java._bundled", lambda: None)
    with pytest.raises(Failure, match=r"pip install 'flinksql-runner\[engine\]'"):
        java_home({})


def test_a_process_that_can_not_be_recorded_is_ended(place, monkeypatch):
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(process.os, "replace", full)
    with pytest.raises(Failure, match="No space left on device"):
        run(place, SLEEPER.format(how="signal.SIG_DFL"))
    assert strays(place, ()) == []
