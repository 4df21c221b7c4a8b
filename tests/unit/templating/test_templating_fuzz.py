"""Broken templates, broken SQL and broken YAML: a diagnostic in bounded time, never an exception (``FUZZ`` says how many)."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from flinksql_runner.diagnostics import LineIndex
from flinksql_runner.project.config import read_config
from flinksql_runner.project.profiles import read_target
from flinksql_runner.project.values import MacroFile, Project, SqlFile, Target
from flinksql_runner.syntax.parse import parse
from flinksql_runner.templating.render import make_templates, render_file
from flinksql_runner.testing import read

ROOT = Path(__file__).resolve().parents[3]
COUNT = int(os.environ.get("FUZZ", "1500"))
SECONDS = 1.0   # of the processor, for one file
_TOKENS = re.compile(r"\{[{%#]-?|-?[}%#]\}|'[^'\n]*'|\w+|\s+|.", re.DOTALL)
_ODD = ("'", '"', "`", "{{", "}}", "{%", "%}", "{#", "#}", "(", ")", "[", "]", "{", "}", ":", "-", "\t", "\r", "\0", "\ufeff", "\x85",
        "\U0001f600", "\U000f0000", "é", "--", "/*", "*/", "&a", "*a", "!!python/object:os.system", "|", "~", "%", "endfor", "else", "1e999",
        "{% for i in range(9) %}", "{% endfor %}", "{% macro m() %}", "{% raw %}", "{{ ref('x') }}", "{{ self }}", "{% include 'm.sql' %}")


def mutants(texts: list[str], count: int, seed: int) -> Iterator[str]:
    """Texts with pieces dropped, doubled, swapped, cut off, put in from another one, or odd ones put in."""
    draw = random.Random(seed)
    for _ in range(count):
        tokens = _TOKENS.findall(draw.choice(texts)) or [" "]
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(tokens))
            match draw.randrange(6):
                case 0:
                    del tokens[at:at + draw.randint(1, 5)]
                case 1:
                    tokens[at:at] = tokens[at:at + draw.randint(1, 5)]
                case 2:
                    other = draw.randrange(len(tokens))
                    tokens[at], tokens[other] = tokens[other], tokens[at]
                case 3:
                    tokens = tokens[:at + 1]
                case 4:
                    tokens.insert(at, draw.choice(_ODD))
                case _:
                    more = _TOKENS.findall(draw.choice(texts)) or [" "]
                    start = draw.randrange(len(more))
                    tokens[at:at] = more[start:start + draw.randint(1, 20)]
            tokens = tokens or [" "]
        yield "".join(tokens)


def each_in_time(texts: Iterator[str], work: Callable[[str], None]) -> None:
    for text in texts:
        passed = seconds_of(work, text)
        if passed >= SECONDS:  # the collector of garbage may have had its turn: once more
            passed = seconds_of(work, text)
        assert passed < SECONDS, f"{passed:.1f} s\n{text!r}"


def seconds_of(work: Callable[[str], None], text: str) -> float:
    """The seconds of the processor that one text takes."""
    began = time.thread_time()
    try:
        work(text)
    except Exception as raised:
        raise AssertionError(f"{type(raised).__name__}: {raised}\n{text!r}") from raised
    return time.thread_time() - began


def templates() -> list[str]:
    """The SQL and the macros of the repository, and the broken templates of other tests."""
    cases = yaml.safe_load((ROOT / "tests/engines/broken_templates.yml").read_text(encoding="utf-8"))
    found = [case["text"] for case in cases["broken"].values() if not case["file"].endswith((".yml", ".py"))]
    return found + [p.read_text(encoding="utf-8") for folder in ("sql", "macros") for p in sorted((ROOT / folder).rglob("*.sql"))]


def test_templates_and_their_sql() -> None:
    macros = (MacroFile("macros/m.sql", "{% macro rounded(c, digits=2) %}ROUND({{ c }}, {{ digits }}){% endmacro %}"),)
    project = Project(Path("/p"), "shop", "1", "2.3.0", Target("dev", "local"), macros=macros, vars={"v": [1, {"k": "x"}]}, env={})
    prepared = make_templates(project)

    def work(text: str) -> None:
        for kind in ("transform", "sink"):
            file = SqlFile(f"sql/{kind}s/x.sql", text, kind, "x")  # type: ignore[arg-type]
            rendered = render_file(file, prepared)
            for found in parse(rendered).diagnostics:
                assert found.span is not None
                assert found.span.start <= found.span.end
                LineIndex(text).position(found.span.start)

    each_in_time(mutants(templates(), COUNT, 3), work)


def test_macros() -> None:
    texts = [t for t in templates() if "macro" in t]
    assert len(texts) >= 3
    file = SqlFile("sql/transforms/x.sql", "SELECT {{ rounded('a') }} AS a FROM t", "transform", "x")

    def work(text: str) -> None:
        project = Project(Path("/p"), "shop", "1", "2.3.0", Target("dev", "local"), macros=(MacroFile("macros/m.sql", text),), env={})
        parse(render_file(file, make_templates(project)))

    each_in_time(mutants(texts, COUNT // 5, 4), work)


def test_yaml() -> None:
    projects = [p.read_text(encoding="utf-8") for p in (ROOT / "project.yml", *sorted(ROOT.glob("tests/*/project.yml")))]
    profiles = [p.read_text(encoding="utf-8") for p in (ROOT / "profiles.yml", *sorted(ROOT.glob("tests/*/profiles.yml")))]
    tests = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests/sql").rglob("*.yml"))]

    def as_profiles(text: str) -> None:
        read_target("profiles.yml", text, None, None, {})

    def as_tests(text: str) -> None:
        read.tests_in(ROOT, "tests/sql/x.yml", text)

    each_in_time(mutants(projects, COUNT // 3, 5), lambda text: void(read_config("project.yml", text)))
    each_in_time(mutants(profiles, COUNT // 3, 6), as_profiles)
    each_in_time(mutants(tests, COUNT // 15, 7), as_tests)


def void(_: object) -> None:
    return
