"""Reads the unit tests of a project: ``tests/sql/**/*.yml``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flinksql_runner.diagnostics import Diagnostic, Related, Span, error
from flinksql_runner.project.shape import check_shape
from flinksql_runner.project.tree import read_text
from flinksql_runner.project.yaml_source import YamlSource, read_yaml
from flinksql_runner.testing.values import Expect, ExpectedRow, Given, Item, Suite, UnitTest

FOLDER = "tests/sql"
FIXTURES = "tests/fixtures"
_CALL = re.compile(r"""\s*(?:ref|source)\s*\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]+)['"]\s*\)\s*\Z""")
_Where = tuple["str | int", ...]


def read_tests(root: Path) -> Suite:
    """All tests below ``tests/sql``; a file or a test with a mistake is left out and told."""
    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    tests: list[UnitTest] = []
    for path in sorted((root / FOLDER).rglob("*.y*ml")):
        name = path.relative_to(root).as_posix()
        if path.suffix not in (".yml", ".yaml") or (text := read_text(root, name, found)) is None:
            continue
        texts[name] = text
        source = read_yaml(name, text)
        wrong = source.diagnostics or check_shape(source, "tests")
        found.extend(wrong)
        if not any(d.is_error for d in wrong):
            tests.extend(_File(root, source, found, texts).tests())
    return Suite(tuple(_unique(tests, found)), tuple(found), texts)


def input_name(text: str) -> str:
    """The node that an ``input:`` names: ``ref('x')``, ``source('area', 'x')`` or ``x``."""
    called = _CALL.match(text)
    return called.group(1) if called else text.strip()


def _unique(tests: list[UnitTest], found: list[Diagnostic]) -> Iterator[UnitTest]:
    first: dict[str, UnitTest] = {}
    for test in tests:
        if test.name in first:
            found.append(error("FS705", f"two tests are named `{test.name}`", test.span, "rename one of them",
                               related=(Related(first[test.name].span, "the other one"),)))
            continue
        first[test.name] = test
        yield test


class _File:
    """One file whose shape is right."""

    def __init__(self, root: Path, source: YamlSource, found: list[Diagnostic], texts: dict[str, str]) -> None:
        self.root, self.source, self.found, self.texts = root, source, found, texts

    def tests(self) -> Iterator[UnitTest]:
        """Its tests, without those that have a mistake."""
        value: Any = self.source.value
        for number, entry in enumerate(value["unit_tests"]):
            before = len(self.found)
            test = self._test(entry, ("unit_tests", number))
            if len(self.found) == before and test is not None:
                yield test

    def _test(self, entry: Mapping[str, Any], where: _Where) -> UnitTest | None:
        key = "node" if "node" in entry else "model"
        if key not in entry:
            self.found.append(error("FS709", f"`node` is missing in `{'.'.join(map(str, where))}`", self.source.span(where),
                                    "name the node that is tested: `node: orders_per_minute`"))
            return None
        config = entry.get("config", {})
        tags = config.get("tags", ())
        given = tuple(Given(input_name(g["input"]), tuple(self._items(g, (*where, "given", i))),
                            self.source.span((*where, "given", i, "input"))) for i, g in enumerate(entry["given"]))
        return UnitTest(
            entry["name"], input_name(entry[key]), given, self._expect(entry["expect"], (*where, "expect")),
            self.source.span((*where, "name")), self.source.span((*where, key)),
            (tags,) if isinstance(tags, str) else tuple(tags), config.get("enabled", True),
            entry.get("shuffle", False), entry.get("parallelism", 1))

    def _items(self, entry: Mapping[str, Any], where: _Where) -> Iterator[Item]:
        for row, span in self._rows(entry, where):
            if set(row) == {"watermark"}:
                yield Item(span, watermark=str(row["watermark"]))
            else:
                yield Item(span, row)

    def _expect(self, entry: Mapping[str, Any], where: _Where) -> Expect:
        has_rows = "rows" in entry or "fixture" in entry
        rows = tuple(ExpectedRow(r, s) for r, s in self._rows(entry, where)) if has_rows else None
        changes = tuple(
            ExpectedRow({k: v for k, v in row.items() if k != "op"}, self.source.span((*where, "changelog", i)), row["op"])
            for i, row in enumerate(entry["changelog"])) if "changelog" in entry else None
        late = {input_name(name): tuple(ExpectedRow(r, self.source.span((*where, "late", name, i))) for i, r in enumerate(rows_))
                for name, rows_ in entry["late"].items()} if "late" in entry else None
        return Expect(rows, changes, late)

    def _rows(self, entry: Mapping[str, Any], where: _Where) -> Iterator[tuple[Mapping[str, object], Span]]:
        """Rows of a list, of a text, or of a file."""
        if "fixture" in entry:
            place = self.source.span((*where, "fixture"))
            text = self._fixture(entry["fixture"], place)
            yield from ((row, place) for row in _csv(text))
            return
        rows = entry.get("rows", ())
        if isinstance(rows, str):
            place = self.source.span((*where, "rows"))
            yield from ((row, place) for row in _csv(rows))
        else:
            yield from ((row, self.source.span((*where, "rows", i))) for i, row in enumerate(rows))

    def _fixture(self, name: str, place: Span) -> str:
        path = f"{FIXTURES}/{name}" + ("" if name.endswith(".csv") else ".csv")
        if not (self.root / path).is_file():
            self.found.append(error("FS706", f"there is no fixture {path}", place, f"put the file into {FIXTURES}/"))
            return ""
        return read_text(self.root, path, self.found) or ""


def _csv(text: str) -> Iterator[Mapping[str, object]]:
    """Rows of a CSV with a line of names; an empty cell is null."""
    for row in csv.DictReader(io.StringIO(text.strip()), skipinitialspace=True):
        yield {str(k).strip(): (v.strip() or None) if isinstance(v, str) else v for k, v in row.items() if k is not None}
