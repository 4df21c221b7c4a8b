"""The real services: started, healed, ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from flinksql_runner import services
from flinksql_runner.project import placeholders
from flinksql_runner.services.control import remove
from flinksql_runner.services.folders import folders
from flinksql_runner.services.process import read_record, strays

pytestmark = pytest.mark.engine
ALL = frozenset({"flink", "kafka", "postgres"})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project folder with blanks and other letters in its path."""
    folder = tmp_path_factory.mktemp("services") / "prōject with blanks 項"
    folder.mkdir()
    yield folder
    remove(folder)  # its database may live outside of the folder


def states(root: Path) -> dict[str, str]:
    return {s.name: s.state for s in services.status(root)}


def pid(root: Path, name: str) -> int:
    record = read_record(folders(root), name)
    assert record is not None
    return record.pid


def has_ended(process: psutil.Process) -> bool:
    """Gone, or a zombie that its parent has not yet taken off the list."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_two_starts_at_once_start_things_once(root):
    code = f"from pathlib import Path; from flinksql_runner import services; " \
           f"print(len(services.ensure(Path({str(root)!r}), frozenset({sorted(ALL)!r})).started))"
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(
            lambda _: subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True), range(2)))
    assert sorted(int(run.stdout) for run in runs) == [0, 5]
    assert {k: v for k, v in states(root).items() if v != "running"} == {}


def test_all_listen_on_loopback_only(root):
    services.ensure(root, ALL)
    for name in states(root):
        for process in [psutil.Process(pid(root, name))]:
            hosts = {c.laddr.ip for c in process.net_connections(kind="inet") if c.status == psutil.CONN_LISTEN}
            assert hosts <= {"127.0.0.1", "::ffff:127.0.0.1"}, name


def test_the_database_wants_the_generated_password(root):
    running = services.ensure(root, ALL)
    address = running.placeholders[placeholders.POSTGRES_URL].removeprefix("jdbc:")
    secret = running.placeholders[placeholders.POSTGRES_PASSWORD]
    assert len(secret) >= 24
    assert secret not in repr(running)
    with psycopg.connect(address, user="flinksql", password=secret) as connection:
        assert connection.execute("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, user="flinksql", password="")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, user="flinksql", password="wrong")


@pytest.mark.parametrize("name", ["taskmanager", "gateway", "kafka", "postgres", "jobmanager"])
def test_a_killed_service_is_seen_and_healed_where_it_was(root, name):
    before = services.ensure(root, ALL)
    process = psutil.Process(pid(root, name))
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert states(root)[name] == "dead"
    after = services.ensure(root, ALL)
    assert name in after.started
    assert {k: v for k, v in states(root).items() if v != "running"} == {}
    assert (after.rest_url, after.gateway_url, after.kafka_servers, after.placeholders) == \
        (before.rest_url, before.gateway_url, before.kafka_servers, before.placeholders)


def test_a_hanging_gateway_is_replaced(root):
    services.ensure(root, ALL)
    os.kill(pid(root, "gateway"), signal.SIGSTOP)
    assert states(root)["gateway"] == "unwell"
    assert services.ensure(root, ALL).started == ("gateway",)


def test_a_lost_record_does_not_leave_a_process_behind(root):
    services.ensure(root, ALL)
    old = psutil.Process(pid(root, "kafka"))
    (folders(root).records / "kafka.json").unlink()
    assert services.ensure(root, ALL).started == ("kafka",)
    assert has_ended(old)


def test_down_ends_everything_and_keeps_the_data(root):
    services.ensure(root, ALL)
    keeper = psutil.Process(pid(root, "keeper"))
    assert services.down(root) == ("gateway", "jobmanager", "kafka", "postgres", "taskmanager")
    assert services.status(root) == ()
    assert strays(folders(root), ()) == []
    assert has_ended(keeper)
    assert (folders(root).data / "kafka" / "meta.properties").is_file()
    assert services.down(root) == ()


def test_idle_services_end_by_themselves(root, monkeypatch):
    monkeypatch.setenv("FLINKSQL_IDLE_MINUTES", "0.01")
    services.ensure(root, frozenset({"postgres"}))
    keeper = psutil.Process(pid(root, "keeper"))
    keeper.wait(30)
    assert services.status(root) == ()
    assert strays(folders(root), ()) == []


def test_services_of_a_deleted_project_end(tmp_path, monkeypatch):
    monkeypatch.setenv("FLINKSQL_IDLE_MINUTES", "0.05")
    project = tmp_path / "project"
    services.ensure(project, frozenset({"postgres"}))
    place = folders(project)
    keeper = psutil.Process(pid(project, "keeper"))
    assert strays(place, (keeper.pid,))
    shutil.rmtree(project)
    keeper.wait(30)
    assert strays(place, ()) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_start_that_is_cut_off_is_finished_by_the_next(root, number):
    """Cut off when the first process stands in its record: others may run that no record knows yet."""
    services.down(root)
    place = folders(root)
    code = f"from pathlib import Path; from flinksql_runner import services; " \
           f"services.ensure(Path({str(root)!r}), frozenset({sorted(ALL)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL, start_new_session=True) as starter:
        while not list(place.records.glob("*.json")):
            os.sched_yield()
        starter.send_signal(number)
        assert starter.wait(60) != 0
    if number is signal.SIGINT:  # whoever is asked to stop takes away what it began
        assert strays(place, ()) == []
    services.ensure(root, ALL)
    assert {k: v for k, v in states(root).items() if v != "running"} == {}
    recorded = [pid(root, name) for name in (*states(root), "keeper")]
    assert strays(place, recorded) == []
    services.down(root)
    assert strays(place, ()) == []
