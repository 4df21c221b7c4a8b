"""Reads the unit tests of a project: ``tests/sql/**/*.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from flinksql_runner.diagnostics import Diagnostic, Related, Span, error
from flinksql_runner.flink.rows import Kind
from flinksql_runner.project.shape import check_shape
from flinksql_runner.project.tree import read_text
from flinksql_runner.project.yaml_source import YamlSource, read_yaml
from flinksql_runner.testing.formats import FORMATS, WrongRows
from flinksql_runner.testing.values import (
    Expect,
    ExpectedError,
    ExpectedRow,
    Given,
    Item,
    Overrides,
    Stub,
    Suite,
    UnitTest,
)

FOLDER = "tests/sql"
FIXTURES = "tests/fixtures"
_CALL = re.compile(r"""\s*(?:ref|source)\s*\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]+)['"]\s*\)\s*\Z""")
_OPS: tuple[Kind, ...] = get_args(Kind)
_PLACED = ("now", "order", "cte", "overrides", "restart", "parallelism", "timeout", "expect", "expect_error")
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
        tests.extend(_read(root, name, text, found, texts))
    return Suite(tuple(_unique(tests, found)), tuple(found), texts)


def tests_in(root: Path, name: str, text: str) -> Suite:
    """The tests of one text, which need not be a file of the project: ``name`` is what places in it are told by."""
    found: list[Diagnostic] = []
    texts = {name: text}
    tests = list(_read(root, name, text, found, texts))
    return Suite(tuple(_unique(tests, found)), tuple(found), texts)


def _read(root: Path, name: str, text: str, found: list[Diagnostic], texts: dict[str, str]) -> Iterator[UnitTest]:
    source = read_yaml(name, text)
    wrong = source.diagnostics or check_shape(source, "tests")
    found.extend(wrong)
    if not any(d.is_error for d in wrong):
        yield from _File(root, source, found, texts).tests()


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
            self._missing("node", where, "name the node that is tested: `node: orders_per_minute`")
            return None
        if "expect" not in entry and "expect_error" not in entry:
            self._missing("expect", where, "say what must come: `expect: {rows: []}`, or `expect_error: TEXT`")
            return None
        config = entry.get("config", {})
        given = tuple(self._given(g, (*where, "given", i), entry.get("defaults", False))
                      for i, g in enumerate(entry.get("given", ())))
        return UnitTest(
            entry["name"], input_name(entry[key]), given, self._expect(entry.get("expect", {}), (*where, "expect")),
            self.source.span((*where, "name")), self.source.span((*where, key)),
            tags=_listed(config.get("tags", ())), is_enabled=config.get("enabled", True),
            shuffle=entry.get("shuffle", False), parallelism=entry.get("parallelism", 1), restart=entry.get("restart", False),
            error=self._error(entry["expect_error"], (*where, "expect_error")) if "expect_error" in entry else None,
            overrides=_overrides(entry.get("overrides", {})), stubs=tuple(self._stubs(entry, where)),
            now=str(entry["now"]) if "now" in entry else None, order=tuple(input_name(n) for n in entry.get("order", ())),
            cte=entry.get("cte"), timeout=entry.get("timeout"),
            places={k: self.source.span((*where, k)) for k in _PLACED if k in entry})

    def _missing(self, key: str, where: _Where, help: str) -> None:
        self.found.append(error("FS709", f"`{key}` is missing in `{'.'.join(map(str, where))}`", self.source.span(where), help))

    def _given(self, entry: Mapping[str, Any], where: _Where, defaults: bool) -> Given:
        return Given(input_name(entry["input"]), tuple(self._items(entry, where)), self.source.span((*where, "input")),
                     entry.get("defaults", defaults))

    def _items(self, entry: Mapping[str, Any], where: _Where) -> Iterator[Item]:
        for row, span in self._rows(entry, where):
            if set(row) == {"watermark"}:
                yield Item(span, watermark=str(row["watermark"]))
            elif row.get("op") in _OPS:
                yield Item(span, {k: v for k, v in row.items() if k != "op"}, op=cast("Kind", row["op"]))
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
        return Expect(rows, changes, late, tuple(entry.get("columns", ())), self.source.span((*where, "columns")))

    def _error(self, entry: str | Mapping[str, str], where: _Where) -> ExpectedError:
        span = self.source.span(where)
        if isinstance(entry, str):
            return ExpectedError(span, text=entry)
        pattern = entry.get("matches", "")
        try:
            re.compile(pattern)
        except re.error as problem:
            self.found.append(error("FS704", f"`{pattern}` is no regular expression: {problem}",
                                    self.source.span((*where, "matches"))))
        return ExpectedError(span, entry.get("text", ""), pattern, entry.get("code", ""))

    def _stubs(self, entry: Mapping[str, Any], where: _Where) -> Iterator[Stub]:
        for name, stub in entry.get("udfs", {}).items():
            place = (*where, "udfs", name)
            ((kind, value),) = stub.items()
            rows = tuple((row, self.source.span((*place, "rows", i))) for i, row in enumerate(value)) if kind == "rows" else ()
            yield Stub(name, self.source.key_span(place), kind, value, rows)

    def _rows(self, entry: Mapping[str, Any], where: _Where) -> Iterator[tuple[Mapping[str, object], Span]]:
        """Rows of a list, of a text, or of a file."""
        if "fixture" in entry:
            place = self.source.span((*where, "fixture"))
            path = self._fixture(entry["fixture"], entry.get("format"), place)
            if path is not None:
                text = read_text(self.root, path, self.found) or ""
                yield from self._read(text, path.rpartition(".")[2], place, f"{path}: ")
            return
        rows = entry.get("rows") or ()
        if isinstance(rows, str):
            kind = entry.get("format", "csv")
            yield from self._read(rows, "csv" if kind == "dict" else kind, self.source.span((*where, "rows")))
        else:
            yield from ((row, self.source.span((*where, "rows", i))) for i, row in enumerate(rows))

    def _read(self, text: str, kind: str, place: Span, lead: str = "") -> Iterator[tuple[Mapping[str, object], Span]]:
        """Rows of a text; a watermark or an operation in it is one as well."""
        try:
            yield from ((row, place) for row in FORMATS[kind](text))
        except WrongRows as problem:
            self.found.append(error("FS710", f"{lead}{problem}", place))

    def _fixture(self, name: str, kind: str | None, place: Span) -> str | None:
        """The path of a fixture: its ending is said by its name, by the format, or by which file there is."""
        ending = name.rpartition(".")[2]
        if "." in name and ending in FORMATS:
            paths = [f"{FIXTURES}/{name}"]
        else:
            paths = [f"{FIXTURES}/{name}.{kind}"] if kind in FORMATS else [f"{FIXTURES}/{name}.{k}" for k in FORMATS]
        found = next((p for p in paths if (self.root / p).is_file()), None)
        if found is None:
            self.found.append(error("FS706", f"there is no fixture {paths[0]}", place, f"put the file into {FIXTURES}/"))
        return found


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _overrides(entry: Mapping[str, Any]) -> Overrides:
    return Overrides(entry.get("vars", {}), {k: _plain(v) for k, v in entry.get("env_vars", {}).items()}, entry.get("macros", {}))


def _plain(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
