"""All rules, found by walking the folder ``rules/``: a new rule is a new file, and no list has to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from flinksql_runner.lint import rules
from flinksql_runner.lint.kinds import NodeRule
from flinksql_runner.lint.rule import About, Rule


@cache
def all_rules() -> Mapping[str, Rule]:
    """Code -> the rule, in the order of codes. Nothing outside of this package adds one."""
    found: dict[str, Rule] = {}
    for module in iter_modules(rules.__path__):
        loaded = import_module(f"{rules.__name__}.{module.name}")
        for value in vars(loaded).values():
            own = isinstance(value, type) and value.__module__ == loaded.__name__
            if own and isinstance(getattr(value, "about", None), About):
                rule: Rule = value()
                assert rule.about.code not in found, f"two rules have the code {rule.about.code}"
                found[rule.about.code] = rule
    return dict(sorted(found.items()))


@cache
def node_rules() -> Mapping[str, NodeRule]:
    """The rules about one node, by code. Asking an object whether it fits a protocol is slow, so it is asked once."""
    return {code: rule for code, rule in all_rules().items() if isinstance(rule, NodeRule)}


@cache
def by_name() -> Mapping[str, Rule]:
    """Rules by code and by name: what a user may write."""
    found = dict(all_rules())
    return {**found, **{rule.about.name: rule for rule in found.values()}}
