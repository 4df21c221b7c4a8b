"""The source map: where each rendered character comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.diagnostics import LineIndex
from flinksql_runner.project.values import MacroFile, Project, SqlFile, Target
from flinksql_runner.templating.render import make_templates, render_file
from flinksql_runner.templating.values import Rendered

PATH = "sql/transforms/x.sql"
MACROS = """{% macro cols(names) -%}
{%- for n in names %}
  CAST({{ n }} AS INT) AS {{ n }}{{ ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}
{% macro wrap() %}<{{ caller() }}>{% endmacro %}
{% macro outer(names) %}{{ cols(names) }} -- outer{% endmacro %}"""


def render(text: str, macros: str = MACROS, **vars: object) -> tuple[Rendered, dict[str, str]]:
    project = Project(
        Path("p"), "p", "1", "2.3.0", Target("local", "local", {"kafka": {"servers": "h:1"}}),
        macros=(MacroFile("macros/m.sql", macros),), vars=vars,
    )
    templates = make_templates(project)
    assert not templates.diagnostics
    rendered = render_file(SqlFile(PATH, text, "transform", "x"), templates)
    return rendered, {PATH: text, "macros/m.sql": macros}


def place(rendered: Rendered, texts: dict[str, str], word: str) -> tuple[str, int, int, str]:
    """File, line, column and the text under the span of the first place of ``word`` in the rendered text."""
    at = rendered.text.index(word)
    span = rendered.map.origin(at, at + len(word)).span
    position = LineIndex(texts[span.file]).position(span.start)
    return span.file, position.line, position.column, texts[span.file][span.start:span.end]


@pytest.mark.parametrize(("text", "word", "expected"), [
    ("SELECT a\nFROM t", "t", (PATH, 2, 6, "t")),
    ("{{ config(tags=['a']) }}\nSELECT bad FROM t", "bad", (PATH, 2, 8, "bad")),
    ("SELECT {# a\n comment #} bad", "bad", (PATH, 2, 13, "bad")),
    ("SELECT {{ 'gen' }}, bad", "bad", (PATH, 1, 21, "bad")),
    ("SELECT {{ 'gen' }}, bad", "gen", (PATH, 1, 8, "{{ 'gen' }}")),
    ("{% for i in [1, 2, 3] %}\n  bad{{ i }},\n{% endfor %}", "bad3", (PATH, 2, 3, "bad{{ i }}")),
    ("{% if true %}\n  yes\n{% else %}\n  no\n{% endif %}\n  bad", "bad", (PATH, 6, 3, "bad")),
    ("{% set q %}\n  captured\n{% endset %}\nSELECT {{ q }}", "captured", (PATH, 2, 3, "captured")),
    ("{% set q = 'inline' %}\nSELECT {{ q }}", "inline", (PATH, 2, 8, "{{ q }}")),
    # from the macro into what came by an argument of the call: as far as the macro goes
    ("SELECT\n{{ cols(['a', 'bb']) }}\nFROM t", "AS INT) AS bb", ("macros/m.sql", 3, 16, "AS INT) AS ")),
    ("SELECT\n{{ cols(['a', 'bb']) }}\nFROM t WHERE bad", "bad", (PATH, 3, 14, "bad")),
    ("x\n {% call wrap() %}inner{% endcall %} after", "inner", (PATH, 2, 19, "inner")),
    ("x\n {% call wrap() %}inner{% endcall %} after", "after", (PATH, 2, 38, "after")),
    ("x {%- if true %}   stripped {%- endif %}\n bad", "stripped", (PATH, 1, 20, "stripped")),
    ("x {%- if true -%}   stripped {%- endif %}\n bad", "bad", (PATH, 2, 2, "bad")),
    ("{% raw %}{{ kept }}{% endraw %} bad", "kept", (PATH, 1, 13, "kept")),
    ("é😀 {{ 1 }} bad", "bad", (PATH, 1, 12, "bad")),
    ("{% filter upper %}\n low\n{% endfilter %}\nbad", "bad", (PATH, 4, 1, "bad")),
    ("{% with a = 1 %}\n{{ a }} bad\n{% endwith %}", "bad", (PATH, 2, 9, "bad")),
])
def test_a_word_leads_back(text: str, word: str, expected: tuple[str, int, int, str]) -> None:
    rendered, texts = render(text)
    assert rendered.diagnostics == ()
    assert place(rendered, texts, word) == expected


def test_text_of_a_macro_knows_the_calls_that_led_there() -> None:
    text = "SELECT 1,\n{{ outer(['abc']) }}"
    rendered, texts = render(text)
    at = rendered.text.index("CAST")
    origin = rendered.map.origin(at, at + 4)
    assert [texts[c.file][c.start:c.end] for c in origin.calls] == ["{{ outer(['abc']) }}", "{{ cols(names) }}"]
    assert origin.span.file == "macros/m.sql"


def test_marks_do_not_change_what_a_template_computes() -> None:
    rendered, _ = render(
        "{% set q %}abc{% endset %}{{ q | length }} {{ q == 'abc' }} {{ q[0] }} {{ q.upper() }} {{ 'yes' if q is string }} "
        "{% set e %}{% endset %}{{ 'full' if e else 'empty' }} {{ q in ['abc'] }} {{ q ~ 'd' }} "
        "{% for c in q %}{{ c }}.{% endfor %}"
        " {{ q | replace('b', 'x') }} {{ {'abc': 1}[q] }} {{ ref(q) }}")
    assert rendered.diagnostics == ()
    assert rendered.text == "3 True a ABC yes empty True abcd a.b.c. axc 1 abc"
    assert [r.name for r in rendered.references] == ["abc"]


def test_every_character_of_literal_text_leads_to_itself() -> None:
    text = ("{{ config(x=1) }}SELECT a, {% for i in range(3) %}c{{ i }}, {% endfor %}\n  b -- {# gone #} end\n"
            "FROM {{ ref('t') }} x")
    rendered, texts = render(text)
    for at, character in enumerate(rendered.text):
        span = rendered.map.origin(at, at + 1).span
        under = texts[span.file][span.start:span.end]
        assert under == character or under.startswith("{{"), (at, character, under)


def test_a_file_without_jinja_is_untouched() -> None:
    text = "SELECT 1;\n\n-- end\n"
    rendered, _ = render(text)
    assert rendered.text == text
    assert rendered.map.pieces == ()


def test_config_tags_are_collected_and_the_file_wins() -> None:
    project = Project(Path("p"), "p", "1", "2.3.0", Target("local", "local"))
    file = SqlFile(PATH, "{{ config(tags=['b'], ttl='1 h') }}SELECT 1", "transform", "x", "", {"tags": ["a"], "ttl": "2 h"})
    rendered = render_file(file, make_templates(project))
    assert rendered.config == {"tags": ["a", "b"], "ttl": "1 h"}


def test_a_secret_stays_a_placeholder_and_needs_no_value() -> None:
    rendered, _ = render("'{{ env_var('FLINKSQL_SECRET_PW') }}' {{ env_var('HOST', 'local') }} {{ target.kafka.servers }} "
                         "{{ this }}")
    assert rendered.text == "'${FLINKSQL_SECRET_PW}' local h:1 x"
    assert rendered.env_used == ("FLINKSQL_SECRET_PW", "HOST")
