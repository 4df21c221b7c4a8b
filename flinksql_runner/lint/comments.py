"""What the rules about suppressions look at: all such comments of a project, after the other rules have run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from flinksql_runner.diagnostics import Span
from flinksql_runner.lint.rule import About, Finding
from flinksql_runner.lint.suppress import Suppression


@dataclass(frozen=True, slots=True)
class Comments:
    """``used`` are the places of codes that silenced something. ``codes`` leads from what users write to codes.

    ``suppressible`` are the codes that a comment can silence. ``unsure`` are codes by file (and, for all files, ``""``) whose
    rules did not look: they are off, or the file, or one that uses it, has an error.
    """

    comments: tuple[Suppression, ...]
    used: frozenset[Span]
    codes: Mapping[str, str]
    suppressible: frozenset[str]
    texts: Mapping[str, str]
    unsure: Mapping[str, frozenset[str]]

    def is_unsure(self, file: str, code: str) -> bool:
        """Whether it can't be known if a comment in this file is of use."""
        return code in self.unsure.get(file, frozenset()) or code in self.unsure.get("", frozenset())


@runtime_checkable
class CommentRule(Protocol):
    """A rule that looks at suppressions."""

    about: ClassVar[About]

    def check_comments(self, comments: Comments) -> Iterator[Finding]:
        """What is wrong with the suppressions."""
