"""Which rules look at which file, how bad their findings are, and the values of their options.

Diagnostics of this stage::

    FS892  a setting of a rule that can't be used
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flinksql_runner.diagnostics import Diagnostic, Severity, Span, error, nearest
from flinksql_runner.lint.registry import all_rules, by_name
from flinksql_runner.lint.rule import About, Option, Rule, Settings, Value
from flinksql_runner.project.lint_settings import RuleSetting
from flinksql_runner.syntax.values import Node

UNUSABLE = "FS892"
OFF = "off"
_SEVERITIES: Mapping[object, Severity | None] = {
    "error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO, OFF: None,
    False: None,  # YAML reads off as false
}


@dataclass(frozen=True, slots=True)
class Configured:
    """A rule as it is set for one file; ``severity`` is None where it is off."""

    severity: Severity | None
    settings: Settings


Book = Mapping[str, Mapping[str, Configured]]
"""Name of a node -> code of a rule -> how the rule is set for it."""


class RuleBook:
    """The settings of all files; those that can't be used are left out, each with a diagnostic."""

    def __init__(self, settings: Iterable[RuleSetting], only: Iterable[str] = ()) -> None:
        self._usable: list[tuple[RuleSetting, Rule]] = []
        self._only = frozenset(only)
        self.diagnostics: list[Diagnostic] = []
        for setting in settings:
            wrong = _wrong(setting)
            if wrong is None:
                self._usable.append((setting, by_name()[setting.rule]))
            else:
                self.diagnostics.append(wrong)

    def of(self, rule: Rule, file: tuple[str, ...] = (), own: Iterable[RuleSetting] = ()) -> Configured:
        """A rule for a file (``("sinks", "vehicles", "alerts")``; empty for the project itself) with its ``own`` settings."""
        severity: Severity | None = rule.about.severity
        values: dict[str, Value] = {o.name: o.default for o in rule.about.options}
        for setting in (*(s for s, r in self._usable if r is rule and file[:len(s.folder)] == s.folder), *own):
            if setting.key:
                values[setting.key] = setting.value  # type: ignore[assignment]  # its type was checked
            else:
                severity = rule.about.severity if setting.value in (True, "on") else _SEVERITIES[setting.value]
        if self._only and rule.about.code not in self._only:
            severity = None
        return Configured(severity, Settings(values))

    def book(self, nodes: Iterable[Node]) -> Book:
        """How each rule is set for each node; files that are set alike share one mapping."""
        found: dict[str, Mapping[str, Configured]] = {}
        same: dict[tuple[str, ...], Mapping[str, Configured]] = {}
        folders = {s.folder for s, _ in self._usable}
        for node in nodes:
            own = self._own(node)
            way = (*node.path.split("/")[1:-1], node.name)
            short = max((way[:i] for i in range(len(way) + 1) if way[:i] in folders), key=len, default=())
            if short not in same:
                same[short] = {code: self.of(rule, short) for code, rule in all_rules().items()}
            found[node.name] = same[short]
            if own:
                rules = {r.about.code: r for r in (by_name()[s.rule] for s in own)}
                found[node.name] = {**same[short], **{
                    code: self.of(rule, way, [s for s in own if by_name()[s.rule] is rule]) for code, rule in rules.items()}}
        return found

    def _own(self, node: Node) -> list[RuleSetting]:
        """What the file itself says by ``config(lint={...})``."""
        said = node.config.get("lint")
        if said is None or said is node.rendered.file.config.get("lint"):
            return []
        place = _config_call(node)
        if not isinstance(said, Mapping):
            self.diagnostics.append(error(UNUSABLE, "`lint` of config() must be a mapping from rules to severities", place,
                                          "write, for example, config(lint={'FS801': 'off'})", node=node.name))
            return []
        kept = []
        for setting in _listed(said, place):
            wrong = _wrong(setting, node.name)
            if wrong is None:
                kept.append(setting)
            else:
                self.diagnostics.append(wrong)
        return kept


def _listed(said: Mapping[object, object], place: Span) -> Iterator[RuleSetting]:
    for rule, value in said.items():
        for key, inner in value.items() if isinstance(value, Mapping) else [("severity", value)]:
            yield RuleSetting((), str(rule), "" if key == "severity" else str(key), inner, place, place, place)


def _config_call(node: Node) -> Span:
    text = node.rendered.file.text
    at = max(0, text.find("config("))
    end = text.find("}}", at)
    return Span(node.path, at, end if end > at else at)


def _wrong(setting: RuleSetting, node: str | None = None) -> Diagnostic | None:
    """What is wrong with one setting; None where it can be used."""
    rule = by_name().get(setting.rule)
    if rule is None:
        return error(UNUSABLE, f"there is no lint rule `{setting.rule}`", setting.rule_span, near_rule(setting.rule), node=node)
    if not setting.key:
        known = isinstance(setting.value, (str, bool)) and (setting.value in _SEVERITIES or setting.value in (True, "on"))
        near = nearest(str(setting.value), [str(s) for s in _SEVERITIES if isinstance(s, str)])
        return None if known else error(
            UNUSABLE, f"`{setting.value}` is no severity of a rule", setting.value_span,
            f"did you mean `{near}`?" if near else "one of: `off`, `info`, `warning`, `error`", node=node)
    option = next((o for o in rule.about.options if o.name == setting.key), None)
    if option is None:
        return error(UNUSABLE, f"the rule {rule.about.code} has no option `{setting.key}`", setting.key_span,
                     _near_option(setting.key, rule.about), node=node)
    said = _value_mistake(option, setting.value)
    return error(UNUSABLE, said, setting.value_span, f"{option.says}; {option.default} by default", node=node) if said else None


def _near_option(key: str, about: About) -> str:
    names = ["severity", *(o.name for o in about.options)]
    near = nearest(key, names)
    return f"did you mean `{near}`?" if near else "it has " + ", ".join(f"`{n}`" for n in names)


def _value_mistake(option: Option, value: object) -> str | None:
    kind = type(option.default)
    words = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    if not fits:
        return f"`{option.name}` must be {words[kind]}"
    if isinstance(value, int) and not isinstance(value, bool) and value < option.least:
        return f"`{option.name}` must be at least {option.least}"
    return None


def near_rule(text: str, codes: Iterable[str] = ()) -> str:
    """What a misspelt code or name of a rule may mean."""
    near = nearest(text.upper(), [*all_rules(), *codes]) if text.upper().startswith("FS") else None
    near = near or nearest(text.lower(), [r.about.name for r in all_rules().values()])
    return f"did you mean `{near}`?" if near else "`flinksql lint --list-rules` lists them"
