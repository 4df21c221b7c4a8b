"""Seeds mistakes into the project's nodes, one at a time, and counts how many of them the project's own tests find."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from flinksql_runner.functions.values import Functions
from flinksql_runner.pipeline import Build, build
from flinksql_runner.project.load import load
from flinksql_runner.project.values import Project
from flinksql_runner.services.control import down
from flinksql_runner.testing.affected import affected, changed_nodes
from flinksql_runner.testing.door import Door
from flinksql_runner.testing.read import read_tests
from flinksql_runner.testing.suite import run_suite
from flinksql_runner.testing.values import Outcome, UnitTest
from flinksql_runner.workspace import Unready, open_for_tests

sys.path.insert(0, str(Path(__file__).resolve().parent))
from report import table, write_section

ROOT = Path(__file__).resolve().parents[1]
SEEDED = Path(__file__).with_suffix(".yml")
PARTS = ("sql", "macros", "udfs", "models", "tests/sql")
FILES = ("project.yml", "profiles.yml", "flinksql.lock")


@dataclass(frozen=True, slots=True)
class Result:
    """``found`` is by what: ``test`` (and which), ``lint`` (no test was asked), or empty for one that survived."""

    entry: dict[str, Any]
    found: str
    words: str
    seconds: float


def main() -> int:
    """Runs all mutations; the exit code is 1 where fewer are found than wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the section of docs/performance.md")
    parser.add_argument("--least", type=float, default=90, help="percent that must be found")
    parser.add_argument("-k", default="", help="only mutations with this text")
    options = parser.parse_args()
    entries = [e for e in yaml.safe_load(SEEDED.read_text(encoding="utf-8")) if options.k in str(e)]
    with tempfile.TemporaryDirectory(prefix="flinksql-mutations-") as folder:
        root = Path(folder)
        copy(root)
        try:
            results = run_all(root, entries)
        finally:
            down(root)
    tested = [r for r in results if r.found != "lint"]
    found = [r for r in tested if r.found]
    percent = 100 * len(found) / len(tested) if tested else 0
    print(f"{len(found)} of {len(tested)} found ({percent:.0f} %), {len(results) - len(tested)} more by lint alone")
    if options.write:
        write_section("mutations", section(results, percent))
    return int(percent < options.least)


def copy(root: Path) -> None:
    """The project without what was made of it."""
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for part in FILES:
        shutil.copyfile(ROOT / part, root / part)


def run_all(root: Path, entries: list[dict[str, Any]]) -> list[Result]:
    """One mutation after the other, on one warm engine. Without any all tests must pass."""
    sound = build(load(root, env=os.environ))
    suite = read_tests(root)
    failed = [o for o in outcomes(sound, suite.tests, fail_fast=False) if o.status != "pass"]
    assert not failed, f"tests fail without any mutation: {[(o.test.name, o.message) for o in failed]}"
    results = []
    for number, entry in enumerate(entries, 1):
        began = time.monotonic()
        path = root / entry["file"]
        text = path.read_text(encoding="utf-8")
        path.write_text(mutated(text, entry), encoding="utf-8")
        try:
            found, words = judged(sound, root)
        finally:
            path.write_text(text, encoding="utf-8")
        results.append(Result(entry, found, words, time.monotonic() - began))
        print(f"{number:3} {found or 'SURVIVED':8} {entry['file']}: {entry['old']!r} -> {entry['new']!r}  {words}", flush=True)
    return results


def mutated(text: str, entry: dict[str, Any]) -> str:
    """The file with the mistake in it."""
    assert entry["old"] in text, f"{entry['file']} has no {entry['old']!r}"
    text = text.replace(entry["old"], entry["new"], 1)
    if also := entry.get("also"):
        head, mark, tail = text.rpartition(also["after"])
        assert also["old"] in tail
        text = head + mark + tail.replace(also["old"], also["new"], 1)
    return text


def judged(sound: Build, root: Path) -> tuple[str, str]:
    """By what a mutation is found, and which test or message that is."""
    built = build(load(root, env=os.environ))
    wrong = [d for d in built.diagnostics if d.is_error]
    if wrong:
        return "lint", wrong[0].message
    nodes = changed_nodes(sound.graph, built.graph, built.functions, ())
    assert nodes, "the mutation changes no node"
    tests = affected(read_tests(root).tests, built.graph, nodes, ())
    try:
        for outcome in outcomes(built, tests, fail_fast=True):
            if outcome.status in ("fail", "error"):
                return "test", f"{outcome.test.name}: {outcome.message}"
    except Unready as unready:
        return "lint", str(unready)
    return "", ""


def outcomes(built: Build, tests: Sequence[UnitTest], *, fail_fast: bool) -> tuple[Outcome, ...]:
    """What comes of the tests, on an engine that is started anew where it dies."""
    nodes = [t.node for t in tests if t.node in built.graph.nodes]

    def door(project: Project, functions: Functions) -> Door:
        work = open_for_tests(replace(built, project=project, functions=functions), nodes)
        return Door(work.engine.session, work.engine.rest_url)

    return run_suite(built.project, built.graph, built.functions, built.jobs, tests, door, fail_fast=fail_fast)


def section(results: list[Result], percent: float) -> str:
    """The section of the page, with all that survived."""
    tested = [r for r in results if r.found != "lint"]
    kinds = Counter(r.entry["kind"] for r in tested)
    found = Counter(r.entry["kind"] for r in tested if r.found)
    rows = [[kind, str(found[kind]), str(count)] for kind, count in sorted(kinds.items())]
    rows.append(["**all**", str(sum(found.values())), str(len(tested))])
    survived = [f"- `{r.entry['file']}`: `{r.entry['old']}` -> `{r.entry['new'] or '(nothing)'}`" for r in tested if not r.found]
    by_lint = len(results) - len(tested)
    text = ("## Seeded mistakes\n\nOne mistake at a time is put into the SQL, the macros or project.yml of the job `vehicles` "
            f"(`bench/mutations.yml`); the project's own tests find {percent:.0f} %.")
    if by_lint:
        text += f" {by_lint} more did not come to a test: `flinksql lint` refuses them."
    return "\n".join([text, "", table(["kind", "found", "seeded"], rows), "", "Survived:" if survived else "None survived.",
                      *([""] if survived else []), *(line.replace("\n", " ") for line in survived)])


if __name__ == "__main__":
    raise SystemExit(main())
