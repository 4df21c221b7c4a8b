"""Writes the tables of flinksql_runner/options anew: each connector's factory is asked what options it has.

    make connector-options       (needs a JDK; the jars are those of deps/connectors.yml, fetched into the cache)

Flink's factories say everything but one thing: which prefixes they take unchecked. Those stand below.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from flinksql_runner.deps.cache import cache_folder, cached_path
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.table import known_versions, providers
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import Coordinate

HERE = Path(__file__).resolve().parent
TABLES = HERE.parent / "flinksql_runner" / "options"
PREFIXES = {
    "kafka": ("properties.",), "upsert-kafka": ("properties.",), "dynamic-kafka": ("properties.",),
    "parquet": ("",), "orc": ("",),  # these hand all that begins with their name to their library
}
HEAD = """\
# Options of tables in Flink {version}, told by the connectors' own factories. scripts/make_connector_options.py writes this file.
# kind identifier sides jar; below it its options: ! for one that must be given, key, type, default after =, older keys after <
# A key that ends in * is a prefix whose options are not checked.
"""


def main() -> int:
    """Writes one table for each Flink version that has a factory to ask; 2 with one sentence where a tool is missing."""
    try:
        java, library = _java(), _library()
        version = next(iter(sorted(library.glob("flink-dist-*.jar")))).stem.removeprefix("flink-dist-")
        minor = ".".join(version.split(".")[:2])
        if minor not in known_versions():
            raise Failure(f"deps/connectors.yml knows no Flink {minor}")
        told = _ask(java, library, ())
        for coordinates in _jar_sets(version):
            told |= _ask(java, library, coordinates)
    except Failure as failure:
        print(f"make connector-options: {failure}", file=sys.stderr)
        return 2
    target = TABLES / f"flink-{minor}.txt"
    beside = target.with_suffix(".new")
    beside.write_text(HEAD.format(version=version) + "".join(_section(*item) for item in sorted(told.items())), encoding="utf-8")
    os.replace(beside, target)
    print(f"{target.name}: {len(told)} factories")
    return 0


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home, "bin", "java")) if home else shutil.which("java")
    modules = subprocess.run([found, "--list-modules"], capture_output=True, text=True, check=False).stdout if found else ""
    if not found or "jdk.compiler@" not in modules:
        raise Failure("needs a JDK (a Java with a compiler): set JAVA_HOME to one")
    return found


def _library() -> Path:
    spec = find_spec("pyflink")
    if spec is None or not spec.submodule_search_locations:
        raise Failure("apache-flink is not installed: make setup")
    return Path(next(iter(spec.submodule_search_locations))) / "lib"


def _jar_sets(version: str) -> Iterable[tuple[Coordinate, ...]]:
    """The jars of each connector and format, each set once; the drivers of one connector are asked together."""
    seen: set[tuple[Coordinate, ...]] = set()
    for (kind, _), provider in providers(version).items():
        several = (c for choice in provider.choices.values() for c in choice)
        jars = tuple(dict.fromkeys((*provider.coordinates, *several)))
        if kind in ("connector", "format") and jars and jars not in seen:
            seen.add(jars)
            yield jars


Told = dict[tuple[str, str], tuple[str, str, list[str]]]


def _ask(java: str, library: Path, coordinates: tuple[Coordinate, ...]) -> Told:
    """(kind, identifier) -> sides, jar, lines of options."""
    classes = os.pathsep.join(str(p) for p in sorted(library.glob("flink-*.jar")) if "planner-loader" not in p.name)
    folder = cache_folder()
    paths = {c: str(cached_path(folder, j.sha256, j.file_name)) for j in lock_jars(dict.fromkeys(coordinates, ()))
             for c in (j.coordinate,)}
    answer = subprocess.run([java, "-cp", classes, str(HERE / "ConnectorOptions.java"), *paths.values()],
                            capture_output=True, text=True, check=False)
    if answer.returncode:
        raise Failure(f"Java fails on {', '.join(map(str, coordinates)) or 'the jars of Flink'}: {answer.stderr[-500:]}")
    jar = str(coordinates[0]) if coordinates else "flink"
    found: Told = {}
    for line in answer.stdout.splitlines():
        first, *rest = line.split("\t")
        if first:
            options: list[str] = []
            found[first, rest[0] or "-"] = (rest[2], jar, options)
        else:
            options.append(_option(*rest))
    return found


def _option(need: str, key: str, kind: str, default: str, older: str) -> str:
    text = f"  {'!' if need == 'required' else ' '} {key} {kind.replace(' ', '')}"
    return text + (f" = {default}" if default else "") + (f" < {older}" if older else "")


def _section(name: tuple[str, str], told: tuple[str, str, list[str]]) -> str:
    (kind, identifier), (sides, jar, options) = name, told
    prefixes = [f"    {prefix}* string" for prefix in PREFIXES.get(identifier, ())]
    return "\n".join((f"\n{kind} {identifier} {sides} {jar}", *options, *prefixes)) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
