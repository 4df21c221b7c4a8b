"""What project.yml says about lint rules: ``lint: rules:`` for all files, ``+lint:`` in the tree of ``config:`` for some.

Only the shape is read here; which rules there are, and what they take, the room ``lint`` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flinksql_runner.diagnostics import Diagnostic, Span, error
from flinksql_runner.project.yaml_source import Path, YamlSource


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """One value for one rule: ``key`` is empty for the severity, else the name of an option.

    ``folder`` is the way to the folder or file for which it holds: ``("sinks", "vehicles")``; empty for all files.
    """

    folder: tuple[str, ...]
    rule: str
    key: str
    value: object
    rule_span: Span
    key_span: Span
    value_span: Span


def rule_settings(source: YamlSource, root: object, folders: Mapping[str, object]) -> tuple[RuleSetting, ...]:
    """All settings, those of outer folders before those of inner ones; ``root`` is the value of `lint:`."""
    rules = root.get("rules") if isinstance(root, dict) else None
    found = list(_settings(source, rules, ("lint", "rules"), ()))
    _walk(source, folders, ("config",), (), found)
    return tuple(sorted(found, key=lambda s: len(s.folder)))


def _walk(
    source: YamlSource, tree: Mapping[str, object], path: Path, folder: tuple[str, ...], found: list[RuleSetting],
) -> None:
    for key, value in tree.items():
        if key == "+lint":
            found.extend(_settings(source, value, (*path, key), folder))
        elif not key.startswith("+") and isinstance(value, dict):
            _walk(source, value, (*path, key), (*folder, key), found)


def _settings(source: YamlSource, rules: object, path: Path, folder: tuple[str, ...]) -> Iterator[RuleSetting]:
    for rule, value in rules.items() if isinstance(rules, dict) else ():
        here = (*path, rule)
        name = source.key_span(here)
        if not isinstance(value, dict):
            yield RuleSetting(folder, rule, "", value, name, name, source.span(here))
            continue
        for key, inner in value.items():
            place = source.key_span((*here, key))
            yield RuleSetting(folder, rule, "" if key == "severity" else key, inner, name, place, source.span((*here, key)))


def shape_mistakes(source: YamlSource, folders: Mapping[str, object], path: Path = ("config",)) -> Iterator[Diagnostic]:
    """``+lint:`` that is no mapping from rules to settings."""
    for key, value in folders.items():
        if key == "+lint" and not isinstance(value, dict):
            yield error("FS004", "`+lint` must be a mapping from rules to severities", source.span((*path, key)),
                        "write, for example, `+lint: {FS801: off}`")
        elif not key.startswith("+") and isinstance(value, dict):
            yield from shape_mistakes(source, value, (*path, key))
