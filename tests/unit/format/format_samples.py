"""Statements and a project for the tests of the formatter, and templates made out of statements by chance."""

from __future__ import annotations

import random
import re
from pathlib import Path

from flinksql_runner.format.lexer import atoms_of
from flinksql_runner.format.values import Gap, Kind
from flinksql_runner.project.values import MacroFile, Project, SqlFile, Target

ROOT = Path(__file__).resolve().parents[3]
STATEMENTS = tuple(
    text for path in sorted((ROOT / "tests" / "golden" / "format").glob("*.sql"))
    for text in [path.read_text(encoding="utf-8").split("-- formatted:\n")[0]] if "{" not in text and "fmt:" not in text
)
MACROS = "{% macro same(x) -%}\n{{ x }}\n{%- endmacro %}\n"
_SPACES = (" ", "\n", "  ", "\n\n", "\t", " \n  ", "\n    ", "\n\n\n")
_COMMENTS = ("-- note\n", "/* note */ ", "{# note #} ", "--x\n\n", "/* a\n   b */\n", "{# a\n b #}")
_BRACKETS = frozenset("()[]{}<>") | {"CASE", "BEGIN", "END"}
_NAME = re.compile(r"[A-Za-z_]\w*\Z")


def project(text: str, macros: str = MACROS, root: Path = Path("shop")) -> Project:
    """A project of one transform ``t`` and one file of macros."""
    return Project(
        root, "shop", "1.0", "2.3.0", Target("local", "local"), (SqlFile("sql/transforms/t.sql", text, "transform", "t"),),
        (MacroFile("macros/m.sql", macros),) if macros else (), texts={"sql/transforms/t.sql": text, "macros/m.sql": macros})


def templated(sql: str, chance: random.Random) -> str:
    """The same SQL as a template: other white space, comments, names that Jinja writes, branches that are always taken."""
    parts: list[str] = []
    for atom in atoms_of(sql):
        plain = atom.word in _BRACKETS or atom.kind in (Kind.COMMENT, Kind.REMARK)
        closed = atom.text if plain else _branch(_written(atom.text, atom.kind, chance), chance)
        if atom.gap is not Gap.NONE:
            parts.append(chance.choice(_SPACES))
            if chance.random() < 0.03:
                parts.append(chance.choice(_COMMENTS))
        parts.append(closed + ("\n" if atom.kind is Kind.COMMENT else ""))
    return "".join(parts)


def _written(text: str, kind: Kind, chance: random.Random) -> str:
    roll = chance.random()
    if kind is Kind.WORD and _NAME.match(text) and roll < 0.06:
        return chance.choice([f"{{{{ '{text}' }}}}", f"{{{{same('{text}')}}}}", f"{text[:1]}{{{{ '{text[1:]}' }}}}"])
    if kind is Kind.STRING and roll < 0.1 and "{" not in text and "\n" not in text:
        return f"'{{{{ '' }}}}{text[1:]}"
    if kind is Kind.WORD and roll > 0.9:
        return text.swapcase() if text.upper() in ("SELECT", "FROM", "WHERE", "AND", "AS") else text
    return text


def _branch(text: str, chance: random.Random) -> str:
    roll = chance.random()
    if roll < 0.02:
        return f"{{% if true %}}{text}{{% endif %}}"
    if roll < 0.04:
        return f"{{% if false %}}nothing{{% else %}}{text}{{% endif %}}"
    if roll < 0.05:
        return f"{{% for x in [1] %}} {text} {{% endfor %}}"
    if roll < 0.06:
        return f"{{%- if true %}}\n{text}\n{{% endif -%}} "
    return text
