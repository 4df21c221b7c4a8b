"""Starts the planner of the installed Flink behind `Oracle.java` and asks it.

The planner lies as a jar inside of the planner loader's jar, which hides its classes; it is unpacked into the user's cache, and
the Java sources beside this file are compiled there too, once for each content.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from flinksql_runner.deps.cache import cache_folder

HERE = Path(__file__).resolve().parent
_INNER = "flink-table-planner.jar"
_OPENS = ("java.base/java.util", "java.base/java.lang", "java.base/java.time", "java.base/java.net", "java.base/java.lang.invoke")


class Planner:
    """One running oracle. ``ask`` answers requests in their order; see `Oracle.java` for the shape of both."""

    def __init__(self, memory: str = "1g", jars: Sequence[Path] = ()) -> None:
        """``jars``: those of connectors, which the oracle has beside Flink's own and the one that stands for any."""
        libraries = _libraries()
        folder = cache_folder() / "oracle"
        inner = _unpacked(libraries, folder)
        path = ":".join(str(jar) for jar in (inner, *(jar for jar in libraries if "planner-loader" not in jar.name)))
        classes = _compiled(path, folder)
        path = ":".join((path, *map(str, jars)))
        opens = [part for name in _OPENS for part in ("--add-opens", f"{name}=ALL-UNNAMED")]
        self._process = subprocess.Popen(
            ["java", f"-Xmx{memory}", "-XX:+UseSerialGC", "-Dlog4j2.level=OFF", *opens, "-cp", f"{classes}:{path}", "Oracle"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )

    def ask(self, requests: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The answer to each request, one at a time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for request in requests:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError(f"the oracle ended at {request}")
            yield json.loads(line)

    def dump(self) -> dict[str, Any]:
        """Flink's definitions of functions and operators, as `Definitions.java` tells them."""
        return next(self.ask([{"dump": True}]))

    def __enter__(self) -> Planner:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)


def flink_version() -> str:
    """Of the installed Flink."""
    return version("apache-flink")


def _libraries() -> Sequence[Path]:
    spec = find_spec("pyflink")
    if spec is None or spec.origin is None:
        raise RuntimeError("apache-flink is not installed: make setup")
    return sorted(p for p in (Path(spec.origin).parent / "lib").glob("*.jar") if "log4j-core" not in p.name)


def _unpacked(libraries: Sequence[Path], folder: Path) -> Path:
    loader = next(p for p in libraries if "planner-loader" in p.name)
    target = folder / loader.stem / _INNER
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(".part")
        with zipfile.ZipFile(loader) as jar, jar.open(_INNER) as source, beside.open("wb") as out:
            shutil.copyfileobj(source, out)
        beside.rename(target)
    return target


def _compiled(path: str, folder: Path) -> Path:
    sources = sorted(HERE.glob("*.java"))
    digest = hashlib.sha256(b"2" + path.encode() + b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    classes = folder / f"classes-{digest}"
    if not classes.is_dir():
        beside = folder / f"classes-{digest}.part"
        subprocess.run(["javac", "-nowarn", "-Xlint:none", "-cp", path, "-d", str(beside), *map(str, sources)], check=True)
        services = beside / "META-INF" / "services"
        services.mkdir(parents=True)
        (services / "org.apache.flink.table.factories.Factory").write_text("AnyConnector\n", encoding="utf-8")
        beside.rename(classes)
    return classes
