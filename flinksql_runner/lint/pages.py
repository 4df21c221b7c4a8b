"""A rule's docstring as a page: for the folder docs/rules and for the terminal; pages of other codes: ``code_pages``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc

from flinksql_runner.lint.rule import Rule

_PATH = re.compile(r"(?:--|#) (?P<path>(?:[\w.-]+/)*[\w-]+\.(?:sql|yml|py))")
_PARTS = re.compile(r"^(Fires|Instead)::\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A text, taken apart. An example is a small project: path -> text of each of its files."""

    title: str
    why: str
    fires: Mapping[str, str]
    instead: Mapping[str, str]


def page_of(rule: Rule) -> Page:
    """The page of a rule."""
    title, _, rest = cleandoc(type(rule).__doc__ or "").partition("\n")
    return read_page(title.strip().rstrip("."), rest)


def read_page(title: str, text: str) -> Page:
    """The page of a text: the reason, then the examples ``Fires::`` and ``Instead::``."""
    pieces = _PARTS.split(text)
    examples = {name: _files(files) for name, files in zip(pieces[1::2], pieces[2::2], strict=True)}
    return Page(title, pieces[0].strip(), examples.get("Fires", {}), examples.get("Instead", {}))


def _files(text: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in cleandoc(text).splitlines():
        path = _PATH.fullmatch(line)
        if path is not None:
            lines = found.setdefault(path["path"], [])
        else:
            lines.append(line)
    return {path: "\n".join(part).strip("\n") + "\n" for path, part in found.items()}


def as_markdown(rule: Rule, proof: str = "") -> str:
    """The rule's section of a page of docs/rules; ``proof`` tells what was seen on a real Flink."""
    page, about = page_of(rule), rule.about
    parts = [f"## {about.code} {about.name}", f"**{page.title}.** Severity: {about.severity}.", page.why]
    if about.options:
        rows = [f"| `{o.name}` | `{_yaml(o.default)}` | {o.says} |" for o in about.options]
        parts.append("\n".join(["| option | default | what it does |", "|---|---|---|", *rows]))
    parts += examples_as_markdown(page)
    if proof:
        parts.append(f"Shown on Flink 2.3 ([how](../../tests/lint_proofs/{about.code}.yml)): {proof}.")
    return "\n\n".join(parts) + "\n"


def as_text(rule: Rule) -> str:
    """The page for a terminal."""
    page, about = page_of(rule), rule.about
    parts = [f"{about.code} {about.name}: {page.title}", f"Severity {about.severity}, group {about.group}.", page.why]
    parts += [f"Option {o.name} (default {_yaml(o.default)}): {o.says}." for o in about.options]
    parts += examples_as_text(page)
    parts.append(f"Silence one place by a comment at its line, `-- noqa: {about.code} the reason`; a folder or the whole project "
                 f"in project.yml, `lint: {{rules: {{{about.code}: off}}}}`.")
    return "\n\n".join(parts)


def examples_as_markdown(page: Page) -> list[str]:
    """Both examples, a paragraph each."""
    return [f"{label}\n\n```{_language(files)}\n{_example(files)}```" for label, files in _examples(page)]


def examples_as_text(page: Page) -> list[str]:
    """Both examples, each with its lines indented."""
    return [label + "\n\n" + "\n".join(f"  {line}".rstrip() for line in _example(files).splitlines())
            for label, files in _examples(page)]


def _examples(page: Page) -> list[tuple[str, Mapping[str, str]]]:
    return [(label, files) for label, files in (("Fires:", page.fires), ("Instead:", page.instead)) if files]


def _example(files: Mapping[str, str]) -> str:
    return "\n".join(f"{'--' if path.endswith('.sql') else '#'} {path}\n{text}" for path, text in files.items())


def _language(files: Mapping[str, str]) -> str:
    endings = {path.rsplit(".", 1)[1] for path in files}
    return "sql" if "sql" in endings else "yaml" if "yml" in endings else "python"


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
