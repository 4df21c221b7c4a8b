"""Trees out of known tags are those that Jinja makes of the whole template, or there is none."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateError, nodes

from flinksql_runner.templating.environment import SqlEnvironment

ROOT = Path(__file__).resolve().parents[3]
PIECES = (
    "{{ x }}", "{{ f('a') }}", "{{ f(\n'b' ~ c) }}", "{{", "}}", "{% for a in b %}", "{% for a, b in c %}", "{% endfor %}",
    "{% if a %}",
    "{% elif b == 'x' %}", "{% else %}", "{% endif %}", "{% set y = 1 %}", "{% do f(x) %}", "\n", " data ", "{# c #}",
    "{#- c -#}",
    "{%- if x %}", "{%- endif -%}", "{{- x }}", "{{ '}}' }}", "{% raw %}", "{% endraw %}", "{% if\n x %}", "'", '"', "%}",
    "{{ a, b }}",
    "{{ x|upper }}", "{% for a in b if c %}", "{% set z %}", "{% endset %}", "{{ a if b }}", "{% endif x %}", "{{ -x }}",
    "{% else x %}",
    "{{ +1 }}", "{% if '%}' %}", "{{ a.b[0] }}", "#}", "{{}}", "{% %}", "{% form %}", "{{ {'a': 1} }}", "{{ a % b }}",
    "{% break %}",
)


def shape(value: Any, places: SqlEnvironment, told: bool = True) -> Any:
    """A tree with marks as places, outputs one by one, and lines where statements and outputs begin."""
    if isinstance(value, list):
        return [item for each in value for item in (
            [shape(c, places, told) for c in each.nodes] if isinstance(each, nodes.Output) else [shape(each, places, told)])]
    if isinstance(value, nodes.Node):
        line = value.lineno if told and not isinstance(value, nodes.Template | nodes.TemplateData) else None
        inner = told and not isinstance(value, nodes.Expr)
        return type(value).__name__, line, {f: shape(getattr(value, f, None), places, inner and f in ("body", "else_", "elif_"))
                                            for f in value.fields}
    if isinstance(value, str):
        return re.sub("\U000f0000(\\d+)\U000f0001", lambda mark: repr(places.places.spans[int(mark[1])]), value)
    return value


def same(text: str, quick: SqlEnvironment, whole: SqlEnvironment, name: str = "t.sql") -> bool:
    found = quick.quick_tree(text, name)
    if found is None:
        return False
    try:
        expected = whole.tree(text, name)
    except TemplateError:
        pytest.fail(f"Jinja refuses {text!r}")
    assert shape(found, quick) == shape(expected, whole), text
    assert quick.places.tokens[name] == whole.places.tokens[name], text
    return True


def test_templates_of_the_repository_and_random_ones() -> None:
    quick, whole = SqlEnvironment({}), SqlEnvironment({})
    texts = [p.read_text(encoding="utf-8") for folder in ("sql", "tests") for p in sorted((ROOT / folder).rglob("*.sql"))]
    assert sum(same(text, quick, whole) for text in texts if "{" in text) > 20
    chance = random.Random(1)
    assert sum(same("".join(chance.choices(PIECES, k=chance.randrange(1, 11))), quick, whole) for _ in range(10_000)) > 500


@pytest.mark.parametrize("text", [
    "{%- if x %}{% endif %}", "{{ x -}}", "{% raw %}{{ x }}{% endraw %}", "{% macro m() %}{% endmacro %}", "{{ {'a': 1} }}",
    "{{ 'a\\'b' }}",
    "{% if x %}", "{% endif %}", "{% for a in b %}{% endif %}", "{% else %}", "{% if x %}{% else %}{% else %}{% endif %}",
    "{{ x }", "{{ ) }}",
    "{% for a in b %}{% elif c %}{% endfor %}", "a\r\nb{{ x }}", "{% set z %}a{% endset %}", "{% include 'x' %}", "{{}}",
])
def test_others_are_left_to_jinja(text: str) -> None:
    assert SqlEnvironment({}).quick_tree(text, "t.sql") is None


def test_a_tag_is_read_once() -> None:
    environment = SqlEnvironment({})
    read: list[str] = []
    parse = environment._quick._parse
    environment._quick._parse = lambda text: read.append(text) or parse(text)  # type: ignore[func-returns-value]
    for name in ("a.sql", "b.sql"):
        assert environment.quick_tree("{% for c in d %}{{ c }}{% endfor %} {{ c }} {{ e }}", name) is not None
    assert sorted(read) == ["{% for c in d %}{% endfor %}", "{{ c }}", "{{ e }}"]
