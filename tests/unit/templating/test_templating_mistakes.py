"""Broken templates: each gives one diagnostic at the exact line and column; templates without end are stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Diagnostic, LineIndex
from flinksql_runner.project.values import MacroFile, Project, SqlFile, Target
from flinksql_runner.templating.render import make_templates, render_file

PATH, MACRO = "sql/transforms/x.sql", "macros/m.sql"
MACROS = """{% macro good(x) %}{{ x }}{% endmacro %}
{% macro undefined_inside() %}
  SELECT {{ nowhere }}
{% endmacro %}
{% macro needs_var() %}{{ var('missing_var') }}{% endmacro %}
{% macro loops() %}
{% for i in range(3) %}
  {{ i + 'a' }}
{% endfor %}
{% endmacro %}
{% macro forever() %}{{ forever() }}{% endmacro %}
{% macro twice(n) %}{{ twice(n - 1) }}{{ twice(n - 1) }}{% endmacro %}
{% macro refuses() %}{{ exceptions.raise_compiler_error('give a name') }}{% endmacro %}"""


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    project = Project(Path("p"), "p", "1", "2.3.0", Target("local", "local", {"kafka": {"servers": "h:1"}}),
                      macros=(MacroFile(MACRO, MACROS),), vars={"day": 1})
    return render_file(SqlFile(PATH, text, "transform", "x"), make_templates(project)).diagnostics


# text, code, file, line, column
BROKEN = [
    ("SELECT 1\n\nFROM {{ reff('x') }}", "FS102", PATH, 3, 9),
    ("a {{ nope }} {{ other }}", "FS102", PATH, 1, 6),
    ("{{ target.kafka.serverz }}", "FS102", PATH, 1, 17),
    ("{{ target.kafkaa.servers }}", "FS102", PATH, 1, 11),
    ("\n\n  {{ var('dai') }}", "FS104", PATH, 3, 10),
    ("x\n{{ env_var('NOT_SET_ANYWHERE') }}", "FS103", PATH, 2, 12),
    ("{{ ref() }}", "FS107", PATH, 1, 4),
    ("{{ ref('other', 'x') }}", "FS107", PATH, 1, 8),
    ("{{ config('tags') }}", "FS107", PATH, 1, 4),
    ("{{ run_query('SELECT 1') }}", "FS107", PATH, 1, 4),
    ("a\n{{ 1 + }}", "FS101", PATH, 2, 1),
    ("a\n{% foo %}", "FS101", PATH, 2, 4),
    ("a\n  {% if true %}\n b", "FS101", PATH, 2, 3),
    ("{% for i in [1] %}\n{% if i %}\n x\n{% endfor %}", "FS101", PATH, 4, 4),
    ("{% for i in [1] %}\nx", "FS101", PATH, 1, 1),
    ("x {# never closed", "FS101", PATH, 1, 3),
    ("a\n{{ 'x' | nofilter }}", "FS102", PATH, 2, 10),
    ("a\n{{ 1 is notest }}", "FS102", PATH, 2, 9),
    ("{% include 'nothing.sql' %}", "FS101", PATH, 1, 12),
    ("a\n{{ 1 / 0 }}", "FS108", PATH, 2, 1),
    ("{{ ''.__class__ }}", "FS108", PATH, 1, 7),
    # in loops
    ("{% for i in range(2) %}\n  {{ nope }}\n{% endfor %}", "FS102", PATH, 2, 6),
    ("{% for i in range(2) %}\n{% for j in range(2) %}\n {{ i }}{{ k }}\n{% endfor %}\n{% endfor %}", "FS102", PATH, 3, 12),
    ("{% for c in cols %}\n{{ c }}{% endfor %}", "FS102", PATH, 1, 13),
    ("{% for i in range(3) %}\n x\n {{ var('no_' ~ i) }}{% endfor %}", "FS104", PATH, 3, 5),
    ("{% for i in 5 %}{{ i }}{% endfor %}", "FS108", PATH, 1, 1),
    # in macros
    ("SELECT\n{{ undefined_inside() }}", "FS102", MACRO, 3, 13),
    ("{{ needs_var() }}", "FS104", MACRO, 5, 31),
    ("{% for x in [1] %}{{ good(x) }}{{ loops() }}{% endfor %}", "FS108", MACRO, 8, 3),
    ("{{ good() }}", "FS102", MACRO, 1, 15),
    ("a\nb\n{{ good(1, 2, 3) }}", "FS108", PATH, 3, 4),
    ("{{ refuses() }}", "FS106", MACRO, 13, 36),
]


@pytest.mark.parametrize(("text", "code", "file", "line", "column"), BROKEN)
def test_a_mistake_stands_at_its_place(text: str, code: str, file: str, line: int, column: int) -> None:
    found = mistakes(text)
    assert len(found) == 1
    span = found[0].span
    assert span is not None
    position = LineIndex(MACROS if span.file == MACRO else text).position(span.start)
    assert (found[0].code, span.file, position.line, position.column) == (code, file, line, column), found[0]


@pytest.mark.parametrize("text", [
    "{{ 'a' * 10**9 }}",
    "{{ ['a'] * 100000000 }}",
    "{{ 10 ** (10 ** 10) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(10**9) %}{% endfor %}",
    "{% set ns = namespace(x='a' * 1000) %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='a' * 1000) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x='a' * 1000) %}{% for i in range(60) %}{% set ns.x = ns.x.replace('a', 'aaaa') %}{% endfor %}",
    "{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
    "{{ forever() }}",
    "{{ twice(30) }}",
    "{{" + "(" * 5000,
])
def test_a_template_that_asks_for_too_much_is_stopped(text: str) -> None:
    found = mistakes(text)
    assert len(found) == 1
    assert found[0].is_error


def test_characters_of_the_marks_are_refused() -> None:
    found = mistakes("SELECT '\U000f0000' {{ 1 }}")
    assert [d.code for d in found] == ["FS109"]


def test_did_you_mean() -> None:
    assert mistakes("{{ reff('x') }}")[0].help == "did you mean `ref`?"
    assert mistakes("{{ var('dai') }}")[0].help == "did you mean `day`?"


@pytest.mark.parametrize("text", [
    "SELECT 1", "{{ ref('a') }}", "{% for i in range(3) %}{{ i }}{% endfor %}", "{{ good('x') }}", "{{ var('day') }}",
    "{% set a = {'b': [1, 2]} %}{{ a.b[0] }}", "{% import 'm.sql' as m %}{{ m.good(1) }}", "{% do [] %}",
    "{{ env_var('NOT_SET', 'x') }}", "{{ 'a' | upper | replace('A', 'b') }}", "{{ log('x') }}", "{% include 'm.sql' %}",
])
def test_sound_templates_give_none(text: str) -> None:
    assert mistakes(text) == ()
