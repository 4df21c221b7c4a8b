"""Builds the image that the Kafka tests start through testcontainers, from what is installed here: nothing is pulled.

    .venv/bin/python tests/kafka/image/build.py [TAG]

It holds the locked broker's jars, the installed Java, a static busybox (Debian: busybox-static) as the shell, and the C
libraries that Java needs. Needs a Docker engine that answers. The layout is what testcontainers' KafkaContainer expects.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from flinksql_runner.deps.fetch import fetch_jars
from flinksql_runner.deps.lockfile import engine_jars
from flinksql_runner.services.java import java_home

HERE = Path(__file__).resolve().parent
TAG = "local/cp-kafka:8.4.0"  # KafkaContainer.with_kraft() reads the tag: Confluent's 8.4 is Kafka 4.4


def main(tag: str) -> None:
    """Lays the root file system out and hands it to `docker build`."""
    busybox = shutil.which("busybox")
    if busybox is None:
        raise SystemExit("no busybox here: install busybox-static")
    with tempfile.TemporaryDirectory(prefix="kafka-image-") as scratch:
        root = Path(scratch) / "rootfs"
        _shell(root, Path(busybox))
        shutil.copytree(java_home(), root / "opt/jre", symlinks=True)
        _libraries(root, [p for p in (root / "opt/jre").rglob("*") if p.suffix == ".so" or p.name == "java"])
        (root / "opt/kafka/libs").mkdir(parents=True)
        for jar in fetch_jars(engine_jars("kafka")).values():
            shutil.copy(jar, root / "opt/kafka/libs")
        for name, place in {
            "bash-config": "etc/confluent/docker", "configure": "etc/confluent/docker", "launch": "etc/confluent/docker",
            "defaults.properties": "etc/kafka", "kafka-run": "usr/bin", "kafka-storage": "usr/bin",
        }.items():
            (root / place).mkdir(parents=True, exist_ok=True)
            target = root / place / name
            shutil.copyfile(HERE / name, target)
            target.chmod(0o755)
        shutil.copy(HERE / "Dockerfile", scratch)
        subprocess.run(["docker", "build", "-q", "-t", tag, scratch], check=True,
                       env={**os.environ, "DOCKER_BUILDKIT": "0"})  # the classic builder is everywhere


def _shell(root: Path, busybox: Path) -> None:
    for folder in ("bin", "etc", "tmp", "usr/bin", "var/lib/kafka", "run", "lib", "lib64"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    shutil.copy(busybox, root / "bin/busybox")
    names = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        if name != "busybox":
            (root / "bin" / name).symlink_to("/bin/busybox")
    (root / "etc/passwd").write_text("root:x:0:0:root:/:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/nsswitch.conf").write_text("hosts: files dns\npasswd: files\ngroup: files\n")


def _libraries(root: Path, files: list[Path]) -> None:
    """Copies the C libraries that these files are linked with, at their own paths."""
    for file in files:
        told = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
        for found in re.findall(r"(?:=> )?(/\S+) \(", told):
            library = Path(found)
            if str(root) in found or (root / found.lstrip("/")).exists():
                continue
            (root / found.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library.resolve(), root / found.lstrip("/"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else TAG)
