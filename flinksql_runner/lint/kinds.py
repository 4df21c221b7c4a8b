"""The kinds of rules, by what they look at. Those about suppressions stand in ``comments``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from flinksql_runner.lint.rule import Finding, Rule, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.whole import Whole
from flinksql_runner.syntax.values import Node


@runtime_checkable
class NodeRule(Rule, Protocol):
    """A rule that looks at one node and at what the nodes that it reads show."""

    def check(self, node: Node, subject: Subject, settings: Settings) -> Iterator[Finding]:
        """What is wrong with the node (which has no error of its own)."""


@runtime_checkable
class AcrossRule(Rule, Protocol):
    """A rule that looks at one node, and from there at any other; it sees no trees."""

    def check_across(self, node: Node, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """What is wrong with the node (which has no error of its own)."""


@runtime_checkable
class ProjectRule(Rule, Protocol):
    """A rule that looks at the project as a whole."""

    def check_project(self, whole: Whole, settings: Settings) -> Iterator[Finding]:
        """What is wrong with the project."""
