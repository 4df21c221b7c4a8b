"""Lines a second of ``flinksql collect``: a file of access-log lines to a Kafka on this machine, acknowledged by it.

``python bench/collect.py [--lines 1000000] [--rounds 3] [--write]``
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from report import table, write_section

from flinksql_runner import services
from flinksql_runner.services.control import remove
from flinksql_runner.services.topics import make_topics

FLINKSQL = str(Path(sys.executable).with_name("flinksql"))
LINE = ('{{"time": "2026-11-26T10:00:{0:02d}.{1:03d}Z", "client": "203.0.113.{2}", "method": "POST", "path": "/v1/blur", '
        '"status": 200, "bytes": {1}, "seconds": 0.{1:03d}, "key": "k{2}", "agent": "Mozilla/5.0 (X11; Linux x86_64)", '
        '"id": "{3:032x}"}}\n')


def main() -> None:
    """Runs the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="flinksql-bench-collect-") as folder:
        root = Path(folder)
        try:
            running = services.ensure(root, frozenset({"kafka"}))
            assert running.kafka_servers is not None
            log = root / "access.log"
            with log.open("w", encoding="utf-8") as stream:
                stream.writelines(LINE.format(i // 1000 % 60, i % 1000, i % 256, i) for i in range(chosen.lines))
            rates = [once(root, log, running.kafka_servers) for _ in range(chosen.rounds)]
        finally:
            remove(root)
    size = len(LINE.format(0, 0, 0, 0))
    text = ("## Lines a second of the log shipper\n\n"
            f"A file of {chosen.lines:,} lines of about {size} bytes, read, sent and acknowledged (acks=all, idempotent, lz4), "
            "offsets synchronised to the disk after each batch; the broker shares the machine. Whole runs of `collect --once`, "
            "without the start of Python.\n\n"
            + table(["what", "lines/s"], [["median", f"{statistics.median(rates):,.0f}"], ["slowest", f"{min(rates):,.0f}"]]))
    print(text)
    if chosen.write:
        write_section("collect", text)


def once(root: Path, log: Path, servers: str) -> float:
    """Lines a second of one run into a topic of its own."""
    topic = f"t-{uuid.uuid4().hex[:8]}"
    make_topics(servers, [topic])
    command = [FLINKSQL, "collect", str(log), "--topic", topic, "--servers", servers, "--once", "--output", "json",
               "--state", str(root / f"{topic}.json")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    told = json.loads(done.stdout)
    return float(told["lines"] / told["seconds"])


if __name__ == "__main__":
    main()
