"""What ``flinksql deploy`` costs over the bare calls of gateway and REST that start the same job and wait for its checkpoint.

``python bench/deploy_overhead.py [--rounds 5] [--write]``
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from report import table, write_section

PROJECT = {
    "project.yml": "name: bench\njobs:\n  counts: {select: out_counts, settings: {execution.checkpointing.interval: 10 s}}\n",
    "profiles.yml": "bench: {outputs: {local: {type: local}}}\n",
    "sql/sources/events.sql": "CREATE TABLE events (k INT, v DOUBLE) WITH ('connector' = 'datagen', 'rows-per-second' = '100',"
                              " 'fields.k.min' = '0', 'fields.k.max' = '9')\n",
    "sql/transforms/counted.sql": "SELECT k, COUNT(*) AS n, SUM(v) AS total FROM events GROUP BY k\n",
    "sql/sinks/out_counts.sql": "CREATE TABLE out_counts (k INT, n BIGINT, total DOUBLE, PRIMARY KEY (k) NOT ENFORCED)\n"
                                "WITH ('connector' = 'blackhole');\nINSERT INTO out_counts SELECT * FROM counted\n",
}


def call(url: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
    """One HTTP call with JSON both ways."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


def bare(gateway: str, rest: str, statements: list[str]) -> str:
    """The fewest calls that do it: a session, the statements, and looks at the job until its first checkpoint is complete."""
    session = call(f"{gateway}/v3/sessions", {"properties": {}})["sessionHandle"]
    job = ""
    for sql in statements:
        operation = call(f"{gateway}/v3/sessions/{session}/statements", {"statement": sql})["operationHandle"]
        while True:
            result = call(f"{gateway}/v3/sessions/{session}/operations/{operation}/result/0?rowFormat=JSON")
            if result["resultType"] != "NOT_READY":
                break
            time.sleep(0.01)
        job = result.get("jobID") or job
    while True:
        vertices = call(f"{rest}/jobs/{job}")["vertices"]
        if vertices and all(v["status"] == "RUNNING" for v in vertices):
            break
        time.sleep(0.02)
    call(f"{rest}/jobs/{job}/checkpoints", {"checkpointType": "CONFIGURED"})
    while not call(f"{rest}/jobs/{job}/checkpoints")["counts"]["completed"]:
        time.sleep(0.02)
    call(f"{gateway}/v3/sessions/{session}", method="DELETE")
    return job


def cancelled(rest: str, job: str) -> None:
    """Cancels a job and waits for its end."""
    call(f"{rest}/jobs/{job}?mode=cancel", method="PATCH")
    while call(f"{rest}/jobs/{job}")["state"] not in ("CANCELED", "FAILED", "FINISHED"):
        time.sleep(0.05)


def main() -> None:
    """Runs the benchmark."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    flinksql = str(Path(sys.executable).with_name("flinksql"))
    folder = Path(tempfile.mkdtemp(prefix="flinksql-bench-"))

    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as users run it

    def run(*words: str) -> str:
        command = [flinksql, "--project-dir", str(folder), "-q", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout

    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    ours, naked = [], []
    try:
        run("up")
        places = {s["name"]: s["address"] for s in json.loads(run("status", "--output", "json"))["services"]}
        gateway, rest = f"http://{places['gateway']}", f"http://{places['jobmanager']}"
        run("compile")
        lines = (folder / "target/compiled/counts.sql").read_text().splitlines()
        text = "\n".join(line for line in lines if not line.startswith("--"))
        head, _, tail = text.partition("EXECUTE STATEMENT SET")
        statements = [s.strip() for s in head.split(";\n") if s.strip()] + ["EXECUTE STATEMENT SET" + tail.rstrip().rstrip(";")]
        for round_ in range(chosen.rounds + 1):
            start = time.perf_counter()
            job = bare(gateway, rest, statements)
            naked_seconds = time.perf_counter() - start
            cancelled(rest, job)
            start = time.perf_counter()
            run("deploy", "counts")
            ours_seconds = time.perf_counter() - start
            run("stop", "counts", "--no-savepoint")
            shutil.rmtree(folder / ".flinksql" / "releases", ignore_errors=True)
            if round_:  # the first one warms both up
                naked.append(naked_seconds)
                ours.append(ours_seconds)
    finally:
        run("down")
        shutil.rmtree(folder, ignore_errors=True)
    a, b = statistics.median(ours), statistics.median(naked)
    rows = [["bare calls", f"{b:.2f}"], ["`flinksql deploy`", f"{a:.2f}"], ["difference", f"{a - b:.2f}"]]
    text = ("## Deploy beside the bare calls\n\n`flinksql deploy` as a whole process (start of Python, compile, plan, records of "
            "the release) beside the fewest calls of gateway and REST from a running Python that start the same job and wait for "
            f"the same first checkpoint; warm engine, median of {chosen.rounds} rounds, alternating.\n\n"
            + table(["way", "seconds"], rows))
    print(text)
    if chosen.write:
        write_section("deploy", text)


if __name__ == "__main__":
    main()
