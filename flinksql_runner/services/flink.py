"""Flink's three processes: job manager, task manager, SQL Gateway.

They are started as plain Java processes, not by the shell scripts of the distribution: each script first starts two more
JVMs to work out its options, and hides the process's id.
"""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from flinksql_runner.deps.fetch import fetch_jars
from flinksql_runner.deps.lockfile import engine_jars
from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.environment import child_environment
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.ports import LOOPBACK, free_ports
from flinksql_runner.services.process import Record, last_ports, marker, start

SLOTS = 8
_MAIN = {
    "jobmanager": "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
    "taskmanager": "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
    "gateway": "org.apache.flink.table.gateway.SqlGateway",
}
# megabytes; a task manager started without its script wants every part told
_TASK_MEMORY = {
    "taskmanager.memory.framework.heap.size": 128, "taskmanager.memory.task.heap.size": 768,
    "taskmanager.memory.framework.off-heap.size": 128, "taskmanager.memory.task.off-heap.size": 64,
    "taskmanager.memory.network.min": 192, "taskmanager.memory.network.max": 192,
    "taskmanager.memory.managed.size": 640, "taskmanager.memory.jvm-metaspace.size": 512,
    "taskmanager.memory.jvm-overhead.min": 192, "taskmanager.memory.jvm-overhead.max": 192,
}
# Verifying the bytecode of Flink's own jars, whose checksums are locked, is a tenth of a cold start. The task manager, which
# runs generated code and users' jars, goes on verifying.
_TRUSTED = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote")
_JVM = {
    "jobmanager": (
        "-Xms128m", "-Xmx640m", "-XX:MaxMetaspaceSize=512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *_TRUSTED),
    "taskmanager": ("-Xms256m", "-Xmx896m", "-XX:MaxDirectMemorySize=384m", "-XX:MaxMetaspaceSize=512m", "-XX:+UseParallelGC"),
    # the gateway plans a few statements and idles: with C2 its first plan of a job costs twice the CPU (20 s for 10 s). An
    # archive of classes (CDS) would save more, but Calcite's generated code does not compile with archived classes.
    "gateway": (
        "-Xms128m", "-Xmx768m", "-XX:MaxMetaspaceSize=512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *_TRUSTED),
}


def distribution() -> Path:
    """The folder of the installed apache-flink package, with ``bin``, ``lib``, ``opt`` and ``conf``.

    :raises Failure: where it isn't installed.
    """
    spec = find_spec("pyflink")
    home = Path(spec.origin).parent if spec and spec.origin else None
    if home is None or not (home / "lib").is_dir():
        raise Failure("Flink is not installed: pip install 'flinksql-runner[engine]'")
    return home


def prepare(folders: Folders) -> Mapping[str, int]:
    """Makes the Flink home and its configuration for new ports; returns the ports by purpose."""
    source, home = distribution(), folders.flink_home
    gateway = fetch_jars(engine_jars("gateway"))
    shutil.rmtree(home, ignore_errors=True)
    for name in ("bin", "lib", "opt", "conf", "plugins"):
        (home / name).mkdir(parents=True)
    for name in ("bin", "lib", "opt", "plugins"):
        for item in sorted((source / name).iterdir()):
            (home / name / item.name).symlink_to(item)
    for item in (source / "opt").glob("flink-python*.jar"):  # Python functions in threads need it in lib
        (home / "lib" / item.name).symlink_to(item)
    for path in gateway.values():
        (home / "opt" / path.name).symlink_to(path)
    for item in sorted((source / "conf").iterdir()):
        if item.name != "config.yaml":
            shutil.copyfile(item, home / "conf" / item.name)
    ports = free_ports(("rest", "rpc", "gateway"), last_ports(folders, "jobmanager"))
    text = yaml.safe_dump(configuration(folders, ports), default_flow_style=False, allow_unicode=True, width=10_000)
    (home / "conf" / "config.yaml").write_text(text, encoding="utf-8")
    return ports


def configuration(folders: Folders, ports: Mapping[str, int]) -> dict[str, Any]:
    """The content of ``config.yaml``: everything on loopback, state below ``.flinksql/data``, our Python."""
    state = folders.data / "flink"
    scratch = folders.engine / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    # Flink's paths are not percent-encoded: it encodes them itself
    return {
        "env.java.opts.all": shipped_java_options(),
        "jobmanager.rpc.address": LOOPBACK, "jobmanager.rpc.port": ports["rpc"], "jobmanager.bind-host": LOOPBACK,
        "jobmanager.memory.process.size": "1600m",
        "taskmanager.host": LOOPBACK, "taskmanager.bind-host": LOOPBACK, "taskmanager.numberOfTaskSlots": SLOTS,
        "taskmanager.cpu.cores": float(SLOTS),
        **{name: f"{size}m" for name, size in _TASK_MEMORY.items()},
        "rest.address": LOOPBACK, "rest.bind-address": LOOPBACK, "rest.port": ports["rest"],
        "sql-gateway.endpoint.rest.address": LOOPBACK, "sql-gateway.endpoint.rest.bind-address": LOOPBACK,
        # no rest.bind-port: the gateway would bind that one too
        "sql-gateway.endpoint.rest.port": ports["gateway"], "sql-gateway.session.idle-timeout": "30 min",
        "execution.target": "remote",
        "io.tmp.dirs": str(scratch), "web.tmpdir": str(scratch), "env.log.dir": str(folders.logs),
        "env.pid.dir": str(folders.engine),
        "state.backend.type": "hashmap", "parallelism.default": 1,
        "execution.checkpointing.dir": f"file://{state / 'checkpoints'}",
        "execution.checkpointing.savepoint-dir": f"file://{state / 'savepoints'}",
        "execution.checkpointing.interval": "10 s", "execution.checkpointing.timeout": "2 min",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "restart-strategy.type": "exponential-delay",
        "restart-strategy.exponential-delay.initial-backoff": "500 ms",
        "restart-strategy.exponential-delay.max-backoff": "10 s",
        "restart-strategy.exponential-delay.attempts-before-reset-backoff": 12,
        "restart-strategy.exponential-delay.reset-backoff-threshold": "5 min",
        # looks at jobs must be fresh: by default the answers are up to 3 s old, the metrics 10 s
        "web.refresh-interval": 300, "metrics.fetcher.update-interval": 1000,
        "heartbeat.interval": 2000, "heartbeat.timeout": 30000, "heartbeat.rpc-failure-threshold": 3,
        "python.executable": sys.executable, "python.client.executable": sys.executable,
    }


def shipped_java_options() -> str:
    """``env.java.opts.all`` of the distribution: without its add-opens Arrow, so every vectorised function, fails."""
    content = yaml.safe_load((distribution() / "conf" / "config.yaml").read_text(encoding="utf-8"))
    return str(content["env"]["java"]["opts"]["all"])


def start_process(folders: Folders, name: str, ports: Mapping[str, int], java: Path) -> Record:
    """Starts one of the three processes with the configuration that ``prepare`` wrote."""
    home = folders.flink_home
    log = folders.logs / f"{name}.log"
    log.unlink(missing_ok=True)
    jars = sorted((home / "lib").glob("*.jar"), key=lambda p: (p.name.startswith("flink-dist"), p.name))
    if name == "gateway":
        jars += sorted((home / "opt").glob("flink-sql-gateway*.jar"))
    command = [
        str(java / "bin" / "java"), *_JVM[name], "-XX:+IgnoreUnrecognizedVMOptions", *shipped_java_options().split(),
        "-Djava.security.manager=allow", f"-D{marker(folders)}", f"-Djava.io.tmpdir={folders.engine / 'tmp'}",
        f"-Dlog.file={log}", f"-Dlog4j.configurationFile={(home / 'conf' / 'log4j.properties').as_uri()}",
        "-classpath", os.pathsep.join(map(str, jars)), _MAIN[name],
    ]
    if name != "gateway":
        command += ["--configDir", str(home / "conf")]
    details = {}
    if name == "taskmanager":  # a name of its own, so that its predecessor, still on the job manager's list, isn't taken for it
        details["resource"] = f"local-{uuid.uuid4().hex[:8]}"
        command += ["-D", f"taskmanager.resource-id={details['resource']}"]
    return start(folders, name, command, env=environment(folders, java), ports=ports, details=details)


def environment(folders: Folders, java: Path) -> dict[str, str]:
    """The environment of Flink's processes, of the scripts in ``bin`` and of the Python workers."""
    home = folders.flink_home
    env = child_environment()
    path = [str(distribution().parent), *env.get("PYTHONPATH", "").split(os.pathsep)]
    return env | {
        "FLINK_HOME": str(home), "FLINK_CONF_DIR": str(home / "conf"), "FLINK_LIB_DIR": str(home / "lib"),
        "FLINK_OPT_DIR": str(home / "opt"), "FLINK_PLUGINS_DIR": str(home / "plugins"), "FLINK_LOG_DIR": str(folders.logs),
        "FLINK_PID_DIR": str(folders.engine), "JAVA_HOME": str(java), "ROOT_LOG_LEVEL": env.get("ROOT_LOG_LEVEL", "INFO"),
        "MAX_LOG_FILE_NUMBER": "3", "PYTHONPATH": os.pathsep.join(p for p in path if p),
        "_python_worker_execution_mode": "process",
    }
