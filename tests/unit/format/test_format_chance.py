"""Templates made by chance out of sound statements: the same layout again, the same SQL, nothing lost.

``FORMAT_CHANCE=10000`` tries more of them.
"""

from __future__ import annotations

import os
import random

import pytest
from format_samples import STATEMENTS, project, templated

from flinksql_runner.format.layout import format_text
from flinksql_runner.format.project import format_files
from flinksql_runner.format.values import Style
from flinksql_runner.format.verify import differs_as_template, differs_rendered
from flinksql_runner.templating.render import make_templates, render_text

NOISE = ("", "(", ")", "'", "{%", "{{", "*/", "--", ";", "\n", "`", "é", "{% endif %}", "END", "<", "CASE", "{#", "\0")
ROUNDS = int(os.environ.get("FORMAT_CHANCE", "60"))


@pytest.mark.parametrize("seed", range(8))
def test_templates_by_chance(seed: int) -> None:
    chance = random.Random(seed)
    templates = make_templates(project(""))
    for number in range(ROUNDS // 8 + 1):
        text = templated(chance.choice(STATEMENTS), chance)
        style = Style(chance.choice([40, 80, 100, 160]), chance.choice(["upper", "lower", "keep"]))
        result = format_text(text, style)
        assert isinstance(result, str), (seed, number, result, text)
        assert format_text(result, style) == result, (seed, number, text)
        assert differs_as_template(text, result) is None, (seed, number, text, result)
        before, after = render_text(text, templates), render_text(result, templates)
        assert differs_rendered(before, after) is None, (seed, number, text, result)


@pytest.mark.parametrize("seed", range(4))
def test_broken_text_is_left_or_formatted_but_never_lost(seed: int) -> None:
    """Bytes cut out and put in: the formatter refuses, or changes white space alone."""
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        text = templated(chance.choice(STATEMENTS), chance)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(NOISE) + text[at + chance.randint(0, 6):]
        outcome = format_files(project(text), ["sql/transforms/t.sql"])[0]
        if outcome.changed:
            assert differs_as_template(text, outcome.after) is None
        else:
            assert outcome.after == text
