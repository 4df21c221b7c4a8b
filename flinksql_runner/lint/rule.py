"""What a rule is: a class with ``about`` and ``check``, and a docstring that its page is made from.

A rule sees finished values only (``Subject``, ``Whole``; see ``kinds``) and gives ``Finding``s; its code and its severity are put
on them by ``run``, since the project may set another severity. A rule that cannot know is silent.

The docstring has a title (its first line), the reason why the code is bad, and two examples, ``Fires::`` and
``Instead::``. An example is a small project: each of its files starts with a comment that holds its path. Tests run both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol, runtime_checkable

from flinksql_runner.diagnostics import Edit, Related, Severity, Span

Value = int | float | str | bool
Group = Literal["sources", "sinks", "time", "state", "queries", "functions", "project", "suppressions"]


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of one rule. Its type is that of ``default``; ``least`` bounds a number from below."""

    name: str
    default: Value
    says: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """Who a rule is: a stable ``code``, a ``name`` in kebab case, a group, and how bad its findings are by default."""

    code: str
    name: str
    group: Group
    severity: Severity = Severity.WARNING
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, at its place in the file as it was written; ``fix`` repairs it, all edits or none.

    Where it is not ``certain``, since it hangs on the data (how many keys there are), a warning is told as info.
    """

    message: str
    span: Span | None
    help: str | None = None
    node: str | None = None
    related: tuple[Related, ...] = ()
    fix: tuple[Edit, ...] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of a rule's options for one file."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """An option that is a whole number."""
        return int(self.values[name])


@runtime_checkable
class Rule(Protocol):
    """What all rules have."""

    about: ClassVar[About]
