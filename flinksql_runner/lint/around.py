"""What lies around a node: all that its study hangs on besides its own file, the functions, and what it reads.

It is small and plain, so that two of them can be compared, kept, and sent to another process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flinksql_runner.lint.rule import Value


@dataclass(frozen=True, slots=True)
class JobSettings:
    """A job that the node is part of."""

    name: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """A rule about nodes, with the values of its options."""

    code: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Around:
    """Of one node: the nodes that it reads, by name, and the WITH options of its table, LIKE included.

    ``jobs`` are those that could be compiled and have the node, ``has_jobs`` whether the project has any. ``written_by`` are the
    settings of all jobs that select the sink, those that could not be compiled too. ``broken``: it has an error of an earlier
    stage.
    """

    parents: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    jobs: tuple[JobSettings, ...] = ()
    has_jobs: bool = False
    written_by: Sequence[Mapping[str, str]] = ()
    broken: bool = False
    rules: tuple[RuleSettings, ...] = ()
