"""What goes wrong while an engine runs: killed services, taken ports, functions that do not import, two commands at once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from broken_shop import FILES, Said, Shop

pytestmark = pytest.mark.engine
FUNCTION = "from flinksql_runner.udf import udf\n{}\n\n\n@udf\ndef twice(x: float) -> float:\n    return 2 * x\n"
CALLS_IT = "SELECT id, twice(amount) AS amount FROM orders\n"


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A project whose Flink runs; the tests share it, so each leaves its files as they were."""
    made = Shop(tmp_path_factory.mktemp("warm") / "shop")
    for path, content in FILES.items():
        made.write(path, content)
    try:
        made.run("up").is_clear(0)
        yield made
    finally:
        made.run("down")
        assert processes_of(made) == []


@pytest.fixture(autouse=True)
def sound_files(request: pytest.FixtureRequest) -> Iterator[None]:
    """Puts the shared project's files back."""
    yield
    if "warm" in request.fixturenames:
        shop: Shop = request.getfixturevalue("warm")
        for path, content in FILES.items():
            shop.write(path, content)
        for path in shop.root.glob("udfs/*.py"):
            path.unlink()


def processes_of(shop: Shop) -> list[str]:
    """Command lines of the living processes that work for this folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            line = " ".join(process.cmdline())
            if str(shop.root / ".flinksql") in line and process.status() != psutil.STATUS_ZOMBIE:
                found.append(line[:300])
    return found


def kill(shop: Shop, service: str) -> int:
    """Ends a service as a crash would, waits until it is gone, and returns its process id."""
    pid: int = services(shop)[service]["pid"]
    os.kill(pid, signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(20)
    return pid


def _status(shop: Shop) -> dict[str, Any]:
    done = subprocess.run(shop.command("status", "--output", "json"), cwd=shop.root, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def services(shop: Shop) -> dict[str, dict[str, Any]]:
    """Services by name, as ``status`` tells them."""
    return {s["name"]: s for s in _status(shop)["services"]}


def job(shop: Shop) -> dict[str, Any]:
    """The only job, as ``status`` tells it."""
    (only,) = _status(shop)["jobs"]
    told: dict[str, Any] = only
    return told


@pytest.mark.parametrize("broken", ["import no_such_package", "raise ValueError('not today')"])
def test_a_function_that_does_not_import_stops_the_start(broken: str, warm: Shop) -> None:
    warm.write("udfs/f.py", FUNCTION.format(broken))
    warm.write("sql/transforms/dear.sql", CALLS_IT)
    warm.run("deploy", "daily").is_clear(1, "udfs/f.py:2", broken.split()[-1].strip("')"))
    assert job(warm)["flink_job_id"] is None


def test_a_query_that_flink_refuses(warm: Shop) -> None:
    warm.run("show", "--inline", "SELECT nope FROM {{ ref('orders') }}").is_clear(1, "nope")
    warm.write("sql/transforms/dear.sql", "SELECT id,\n  amount + 'x' - ARRAY[1] AS amount\nFROM orders\n")
    warm.run("check").is_clear(1, "sql/transforms/dear.sql:2")


def test_a_missing_secret_is_named_before_anything_starts(warm: Shop) -> None:
    warm.write("sql/sources/orders.sql", "CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'datagen', "
                                         "'rows-per-second' = '{{ env_var('FLINKSQL_SECRET_RATE') }}')\n")
    warm.run("deploy", "daily").is_clear(2, "the secret FLINKSQL_SECRET_RATE is not set")


def test_a_wrong_table_option_is_told_by_its_table(warm: Shop) -> None:
    warm.write("sql/sources/orders.sql",
               "CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'datagen', 'rows-per-secnd' = '5')\n")
    warm.run("check").is_clear(1, "rows-per-secnd", "sql/sources/orders.sql:1")
    warm.run("deploy", "daily").is_clear(1, "rows-per-secnd")


def test_two_deploys_at_once_start_one_job(warm: Shop) -> None:
    commands = [subprocess.Popen(warm.command("deploy", "daily"), cwd=warm.root, text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT) for _ in range(2)]
    try:
        for command in commands:
            out, _ = command.communicate(timeout=200)
            said = Said(command.returncode, out)
            said.is_clear(0 if command.returncode == 0 else 2)
            assert command.returncode == 0 or "another" in out
        assert (job(warm)["state"], job(warm)["release"]) == ("running", 1)
    finally:
        warm.run("stop", "daily", "--no-savepoint").is_clear(0)


@pytest.mark.parametrize("service", ["gateway", "taskmanager"])
def test_a_killed_service_is_healed_by_the_next_command(service: str, warm: Shop) -> None:
    before = kill(warm, service)
    if service == "gateway":         # without it `status` only looks; a lost task manager is healed by whoever asks Flink
        assert services(warm)[service]["state"] == "dead"
        warm.run("stop", "daily").is_clear(0, "does not run")
    warm.run("show", "--select", "dear", "--limit", "1").is_clear(0)
    after = services(warm)[service]
    assert after["state"] == "running"
    assert after["pid"] != before


def test_a_killed_job_manager_does_not_hide_that_the_job_is_gone(warm: Shop) -> None:
    warm.run("deploy", "daily").is_clear(0)
    kill(warm, "jobmanager")
    assert services(warm)["jobmanager"]["state"] == "dead"
    warm.run("logs", "daily").is_clear(0)
    said = warm.run("deploy", "daily", "--allow-state-loss")
    said.is_clear(0, "daily running")
    warm.run("stop", "daily", "--no-savepoint").is_clear(0)


def test_ports_in_use_are_gone_around(shop: Shop) -> None:
    try:
        shop.run("up").is_clear(0)
        shop.run("down").is_clear(0)
        with ExitStack() as taken:
            for file in (shop.root / ".flinksql/engine").glob("*.ports"):
                for port in json.loads(file.read_text()).values():
                    listener = taken.enter_context(socket.socket())
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    with suppress(OSError):      # somebody else was faster: as good
                        listener.bind(("127.0.0.1", port))
                        listener.listen()
            shop.run("show", "--inline", "SELECT 1 AS answer").is_clear(0, "answer")
    finally:
        shop.run("down").is_clear(0)
    assert processes_of(shop) == []


@pytest.mark.kafka
def test_a_killed_broker_is_seen_and_healed(shop: Shop) -> None:
    shop.write("profiles.yml", "shop:\n  outputs:\n    local: {type: local, kafka: embedded}\n")
    try:
        shop.run("up", "--only", "kafka").is_clear(0)
        kill(shop, "kafka")
        assert services(shop)["kafka"]["state"] == "dead"
        shop.run("up", "--only", "kafka").is_clear(0)
        assert services(shop)["kafka"]["state"] == "running"
    finally:
        shop.run("down").is_clear(0)
    assert processes_of(shop) == []


@pytest.mark.parametrize("started", [1, 3])
def test_ctrl_c_in_a_start_leaves_nothing_that_down_does_not_end(started: int, shop: Shop) -> None:
    process = subprocess.Popen(shop.command("up"), cwd=shop.root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 100
    while process.poll() is None and time.monotonic() < until and len(list(_records(shop))) < started:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=100)
    Said(process.returncode, out + err).is_clear(130 if process.returncode else 0)
    shop.run("status").is_clear(0)
    shop.run("down").is_clear(0)
    assert processes_of(shop) == []


def _records(shop: Shop) -> Iterator[Path]:
    yield from (shop.root / ".flinksql/engine/run").glob("*.json")
