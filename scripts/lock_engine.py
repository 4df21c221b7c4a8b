"""Writes flinksql_runner/deps/engine.lock: the jars that the tool itself runs with. Run it when a version changes."""

from __future__ import annotations

import os

from flinksql_runner.deps.closure import runtime_closure
from flinksql_runner.deps.lockfile import ENGINE_LOCK, render_lock
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.values import Lock, parse_coordinate

FLINK = "2.3.0"
KAFKA = "4.4.0"
GATEWAY = parse_coordinate(f"org.apache.flink:flink-sql-gateway:{FLINK}")
BROKER = parse_coordinate(f"org.apache.kafka:kafka_2.13:{KAFKA}")
# without a binding of slf4j the broker logs nothing, and its log is how we see that it has started
LOGGING = parse_coordinate("org.slf4j:slf4j-simple:1.7.36")
# a single broker on loopback runs without these (format, groups, transactions were tried)
UNUSED = (
    "org.apache.logging.log4j:log4j-core", "com.fasterxml.jackson.dataformat:jackson-dataformat-yaml",
    "org.scala-lang:scala-reflect", "commons-beanutils:commons-beanutils", "commons-collections:commons-collections",
    "commons-digester:commons-digester", "commons-logging:commons-logging",
    "com.google.errorprone:error_prone_annotations",
)


def main() -> None:
    """Resolves, downloads, hashes, writes beside and renames."""
    wanted = {GATEWAY: ["gateway"]}
    wanted |= {c: ["kafka"] for c in runtime_closure([BROKER, LOGGING], UNUSED)}
    lock = Lock(FLINK, lock_jars(wanted))
    beside = ENGINE_LOCK.with_suffix(".new")
    beside.write_text(render_lock(lock), encoding="utf-8")
    os.replace(beside, ENGINE_LOCK)
    print(f"{len(lock.jars)} jars, {sum(jar.size for jar in lock.jars) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
