"""Templates run from Jinja's tree give what Jinja's own way gives: text, places, references, settings and diagnostics.

Hand-written cases, the repository's own files, and templates put together at random (seeded) go through both ways.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flinksql_runner.project.load import load
from flinksql_runner.project.values import MacroFile, Project, SqlFile, Target
from flinksql_runner.templating import render
from flinksql_runner.templating.expressions import Unsupported
from flinksql_runner.templating.render import make_templates, render_file
from flinksql_runner.templating.values import Rendered

ROOT = Path(__file__).resolve().parents[3]
MACROS = (
    MacroFile("macros/m.sql", "{% macro cents(c) %}CAST({{ c }} * 100){% endmacro %}\n"
              "{% macro reads(t, n=1) %}{{ ref(t) }}_{{ n }}{{ cents(var('v')) }}{% endmacro %}\n"
              "{% macro wrap() %}<{{ caller() }}>{% endmacro %}"),
    MacroFile("macros/count.sql", "{% set ns = namespace(n=0) %}{% macro next() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}"),
)
CASES = (
    "{% for c in ['a', 'b'] %}{{ c }}{{ ', ' if not loop.last }}{% endfor %}",
    "{% for a, b in [(1, 2), [3, 4]] %}{{ a ~ b }}-{{ loop.index }}{% else %}none{% endfor %}",
    "{% for a in [] %}{{ a }}{% else %}none{{ a is defined }}{% endfor %}",
    "{% for a in [1] %}{% for b in [loop.index, 2] %}{{ loop.revindex }}{{ b }}{% endfor %}{{ loop.first }}{% endfor %}",
    "{% set x = 3 %}{{ x }}{% if x > 2 %}{% set x = x + 1 %}{% endif %}{{ x }} {% for i in range(x) %}{{ i }}{{ x }}{% endfor %}",
    "{{ y is defined }}{% if not y %}no{% elif x %}a{% else %}b{% endif %}", "{{ nope }}", "{{ 'a'|nope }}",
    "{% if false %}{{ 'a'|nope }}{% endif %}ok", "{% for x in [] %}{{ 'a'|nope }}{% endfor %}",
    "{{ ref('t') }}\n{{ source('s',\n  't') }}{{ reads('q') }}\n{{ reads('r', n=3) }}", "{{ config(tags=['a', 'b'], k={'x': [1]}) }}", "{{ config(k=nope) }}", "{{ config(k=[nope]) }}",
    "{{ var('v') }} {{ var('w', 'dflt') }} {{ env_var('HOME_X', 'h') }} {{ env_var('FLINKSQL_SECRET_A') }}",
    "{{ var('missing') }}", "{{ env_var('MISSING') }}", "{{ [1, 2, 3][1:] }}{{ {'a': 1}['a'] }}{{ {'a': 1}.a }}{{ 'abc'[0] }}",
    "{{ 1 < 2 < 3 }}{{ 1 in [1] and 'x' not in 'abc' or false }}{{ -1 + +2 * 3 ** 2 // 4 % 5 }}{{ 7 / 2 }}",
    "{{ 'a' ~ 1 ~ none }}{{ none }}{{ true }}{{ 1.5 }}", "{{ cents('x') == 'CAST(x * 100)' }}", "{{ cents('x').upper() }}",
    "{{ cents('x')|upper|replace('X', 'y') }}", "{{ ['b', 'a']|sort|join(', ') }}{{ [1, 2]|map('string')|list }}",
    "{{ '%s-%d'|format('a', 3) }}{{ '{} {}'.format(1, 2) }}", "{{ this }} {{ model }} {{ target.name }} {{ project_name }}",
    "{% do config(a=1) %}x", "{% call wrap() %}in{% endcall %}", "{% macro own(a) %}{{ a }}{% endmacro %}{{ own(1) }}",
    "{% include 'm.sql' %}x", "{% from 'm.sql' import cents %}{{ cents(1) }}", "{% raw %}{{ x }}{% endraw %}", "{# only #}",
    "{% for i in range(3) %}{% set z = i %}{{ z }}{% endfor %}", "{% for i in [1, 2, 3] if i > 1 %}{{ i }}{% endfor %}",
    "{% for i in [1, 2, 3] %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set x %}block{{ 1 }}{% endset %}{{ x }}", "{% for loop in [1] %}{% endfor %}", "{{ ().__class__ }}", "{{ 'a' * 99999999 }}",
    "{% for i in range(2000000) %}x{% endfor %}", "{{ 1 / 0 }}", "{{ [1, 2].append(3) }}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
    "{{ raise }}", "{{ exceptions.raise_compiler_error('bad') }}", "{{ run_query('x') }}", "{{ ref() }}", "{{ ref('a', 'b') }}",
    "{{ next() }}{{ next() }}", "{{ [3, 1]|sort(reverse=true) }}", "{{ dict(a=1, b=2) }}", "{{ range(*[1, 3])|list }}",
    "{{ ('x' if false) }}|{{ ('x' if false) is defined }}", "{{ 'x' is string }}{{ 3 is divisibleby(3) }}{{ 3 is divisibleby 2 }}",
    "{{ loop }}", "{{ caller() }}", "a{{ '' }}b{{- ' c' -}}  d  {%- if true -%}  e  {%- endif %}  f", "{{ log('x') }}{{ return('y') }}",
    "{{ x.y.z }}", "{{ {'a': {'b': 1}}.a.b }}", "{{ 'abc'|first }}{{ [1, 2]|sum }}{{ 'a b'|title }}{{ 'x'|default('y') }}{{ q|default('y') }}",
)


def project_of(files: tuple[SqlFile, ...]) -> Project:
    return Project(Path("/p"), "shop", "1", "2.3.0", Target("dev", "local", {"k": "v"}), files=files, macros=MACROS,
                   vars={"v": "t.v", "n": 3, "items": ["a", "b"]}, env={"HOME_X": "here"})


def both(texts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> tuple[list[Rendered], list[Rendered], int]:
    """What our way and Jinja's way give, and how many our way could do."""
    files = tuple(SqlFile(f"sql/transforms/n{i}.sql", t, "transform", f"n{i}") for i, t in enumerate(texts))
    plain, counted = render.evaluate, 0

    def counting(*args: object) -> str:
        nonlocal counted
        found = plain(*args)  # type: ignore[arg-type]
        counted += 1
        return found

    monkeypatch.setattr(render, "evaluate", counting)
    templates = make_templates(project_of(files))
    ours = [render_file(f, templates) for f in files]

    def refuses(*_: object) -> str:
        raise Unsupported

    monkeypatch.setattr(render, "evaluate", refuses)
    templates = make_templates(project_of(files))
    return ours, [render_file(f, templates) for f in files], counted


def test_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs, counted = both(CASES, monkeypatch)
    for text, mine, jinja in zip(CASES, ours, theirs, strict=True):
        assert mine == jinja, text
    assert counted >= 28  # else this compares Jinja with itself
    assert ours[CASES.index("{{ next() }}{{ next() }}")].text == "12"


def test_files_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    project = load(ROOT, env=os.environ)
    quick = [render_file(f, t) for t in (make_templates(project),) for f in project.files]
    monkeypatch.setattr(render, "_quickly", lambda *_: None)
    assert quick == [render_file(f, t) for t in (make_templates(project),) for f in project.files]


def test_a_counting_macro_starts_anew_in_each_file(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs, _ = both(("{{ next() }}", "{{ next() }}{{ next() }}", "{{ next() }}{{ nope }}", "{{ next() }}"), monkeypatch)
    assert [r.text for r in ours] == [r.text for r in theirs] == ["1", "12", "", "1"]


NAMES = ("v", "n", "items", "x", "loop", "loop.index", "loop.last", "target.name", "nope", "this")
FILTERS = ("upper", "lower", "length", "default('d')", "join(',')", "list", "string", "first", "replace('a', 'b')", "int", "trim", "nix")


def sound(draw: random.Random, depth: int = 0) -> str:
    """An expression that mostly gives something."""
    if depth > 2 or draw.random() < .3:
        return draw.choice(("v", "n", "this", "1", "'a'", "var('v')", "target.name", "ref('t')", "cents('c')", "items", "items[0]"))
    a, b = sound(draw, depth + 1), sound(draw, depth + 1)
    return draw.choice((
        f"{a} ~ {b}", f"({a} if {a} == {b} else {b})", f"({a} if {b})", f"(not {a})", f"({a} and {b})", f"({a} or {b})",
        f"({a})|string|{draw.choice(('upper', 'lower', 'length', 'trim', 'first'))}", f"cents({a})", f"[{a}, {b}]|length",
        f"reads('t', n={a})", f"({a}) is {draw.choice(('defined', 'string', 'none'))}", f"{{'k': {a}}}.k", f"[{a}, {b}][1]",
    ))


def expression(draw: random.Random, depth: int = 0) -> str:
    if depth > 2 or draw.random() < .35:
        return draw.choice((*NAMES, "1", "2", "'a'", "'t.v'", "none", "true", "[]", "[1, 'a']", "{'k': 1}", "ref('t')", "var('v')",
                            "cents('c')", "var('items')", "range(3)"))
    a, b = expression(draw, depth + 1), expression(draw, depth + 1)
    return draw.choice((
        f"{a} ~ {b}", f"({a} + {b})", f"({a} * {b})", f"{a} == {b}", f"({a} if {b} else {a})", f"({a} if {b})", f"not {a}",
        f"({a} and {b})", f"({a} or {b})", f"({a})|{draw.choice(FILTERS)}", f"({a})[{b}]", f"({a}).k", f"cents({a})",
        f"reads({a}, n={b})", f"var('v', {a})", f"{a} in {b}", f"{a} < {b}", f"({a}) is {draw.choice(('defined', 'string', 'none'))}",
        f"[{a}, {b}]", f"({a}).upper()", f"({a}, {b})[0]", f"config(k={a})", f"-{a}",
    ))


def block(draw: random.Random, depth: int = 0, expression: Callable[[random.Random], str] = expression) -> str:
    parts = []
    for _ in range(draw.randint(1, 3)):
        inner = "x\n" if depth > 2 else block(draw, depth + 1, expression)
        parts.append(draw.choice((
            "text \n", f"{{{{ {expression(draw)} }}}}", f"{{{{- {expression(draw)} -}}}}\n",
            f"{{% for x in [{expression(draw)}] %}}{inner}{{% endfor %}}", f"{{% for x in {expression(draw)} %}}{inner}{{% endfor %}}", f"{{% for x in [1, 'a'] -%}} {inner}{{% else %}}e{{% endfor %}}",
            f"{{% if {expression(draw)} %}}{inner}{{% elif {expression(draw)} %}}i{{% else %}}{inner}{{% endif %}}",
            f"{{% set x = {expression(draw)} %}}", f"{{% do {expression(draw)} %}}", "{# c #}",
        )))
    return "".join(parts)


def test_templates_put_together_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)
    texts = tuple(block(draw, 0, expression if i % 3 else sound) for i in range(int(os.environ.get("FUZZ_TEMPLATES", "200"))))
    ours, theirs, counted = both(texts, monkeypatch)
    for text, mine, jinja in zip(texts, ours, theirs, strict=True):
        assert plainly(mine) == plainly(jinja), text
    assert counted > len(texts) // 6


def plainly(rendered: Rendered) -> tuple[str, Rendered]:
    """With the config as text: a `loop` in it is equal to itself alone."""
    return repr(dict(rendered.config)), replace(rendered, config={})
