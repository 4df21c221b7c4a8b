"""The verbs that run jobs, on the real engine: the starter project from its first deployment to a crash and back."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine
FLINKSQL = [sys.executable, "-m", "flinksql_runner"]
SINK = "sql/sinks/revenue_per_minute.sql"
FUNCTION = "udfs/countries.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    pytest.importorskip("pyflink")
    root = tmp_path_factory.mktemp("jobs") / "starter"
    subprocess.run([*FLINKSQL, "init", str(root)], check=True, capture_output=True)
    try:
        yield root
    finally:
        subprocess.run([*FLINKSQL, "--project-dir", str(root), "down"], check=False, capture_output=True)


def flinksql(root: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*FLINKSQL, "--project-dir", str(root), *words], capture_output=True, text=True, timeout=200)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def answer(root: Path, *words: str, code: int = 0) -> dict:
    return json.loads(flinksql(root, *words, "--output", "json", code=code).stdout)


def test_job_from_first_start_to_crash_and_back(project: Path) -> None:
    first = answer(project, "deploy")
    assert (first["release"], first["state"], first["restored_from"]) == (1, "running", None)
    assert answer(project, "deploy")["release"] == 1
    status = answer(project, "status")["jobs"][0]
    assert (status["state"], status["release"], status["restarts"]) == ("running", 1, 0)
    assert status["last_checkpoint"] is not None

    stopped = answer(project, "stop")
    assert stopped["state"] == "stopped"
    resumed = answer(project, "deploy")
    assert (resumed["release"], resumed["restored_from"]) == (2, stopped["savepoint"])

    sound = (project / SINK).read_text()
    (project / SINK).write_text(sound.replace("COUNT(*)", "COUNT(*) + 1"))
    assert "--allow-state-loss" in flinksql(project, "deploy", code=1).stderr
    assert answer(project, "status")["jobs"][0]["state"] == "running", "a refused deployment must touch nothing"
    (project / SINK).write_text(sound)

    function = (project / FUNCTION).read_text()
    (project / FUNCTION).write_text(re.sub(r"( +)return ", r"\1raise ValueError('boom')\n\1return ", function, count=1))
    failed = flinksql(project, "deploy", code=1)
    assert "ValueError: boom" in failed.stderr
    assert f"--> {FUNCTION}:" in failed.stderr
    assert "release 2 was restored from its savepoint and runs" in failed.stderr
    (project / FUNCTION).write_text(function)
    status = answer(project, "status")["jobs"][0]
    assert (status["state"], status["release"]) == ("running", 2)
    assert answer(project, "stop")["state"] == "stopped"


def test_run_is_stopped_with_a_savepoint_by_one_signal(project: Path) -> None:
    process = subprocess.Popen([*FLINKSQL, "--project-dir", str(project), "run", "--output", "json"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "checkpoints" in line:  # the first status line: it is watched now
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=100)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, err
    ended = json.loads(out)
    assert ended["state"] == "stopped"
    assert Path(ended["savepoint"].removeprefix("file:")).is_dir()


def test_logs_show_the_job(project: Path) -> None:
    assert "orders" in flinksql(project, "logs", "orders", "-n", "20").stdout
    assert "there is no job or service" in flinksql(project, "logs", "nothing", code=2).stderr
