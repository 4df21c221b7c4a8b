"""A whole answer (what ``lint`` found), given again where nothing that it hangs on has changed: then nothing is loaded at all.

It hangs on the question (options, tool, folders), the files of the project, and the environment variables that were looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flinksql_runner.cache.asked import Asked
from flinksql_runner.cache.store import Store
from flinksql_runner.cache.survey import Stamp
from flinksql_runner.diagnostics import Diagnostic, Edit, Related, Severity, Span

_KEPT = 8   # answers to different questions


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, how many nodes there are, their files, and the texts of the files that findings point into."""

    diagnostics: tuple[Diagnostic, ...]
    nodes: int
    files: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """An answer with what it hangs on: stamps of files, and digests of variables (None for one that was not set)."""

    answer: Answer
    files: Mapping[str, Stamp]
    env: Mapping[str, str | None]


class Answers:
    """The answers to one kind of question, such as ``lint``."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, f"{name}.json"
        self._kept: dict[str, Any] | None = None

    def known(self, question: str) -> Known | None:
        """The last answer to a question; whether it still holds is for the caller to see (``survey.same``, ``variables``)."""
        try:
            row = self._all()[question]
            answer = Answer(tuple(map(_diagnostic, row["found"])), int(row["nodes"]), tuple(row["paths"]), dict(row["texts"]))
            return Known(answer, {k: tuple(v) for k, v in row["files"].items()}, row["env"])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None

    def keep(self, question: str, known: Known) -> None:
        """Keeps an answer."""
        row = {"found": [_row(d) for d in known.answer.diagnostics], "nodes": known.answer.nodes, "paths": known.answer.files,
               "texts": known.answer.texts, "files": known.files, "env": known.env}
        others = [(q, r) for q, r in self._all().items() if q != question]
        kept = dict([*others[-_KEPT + 1:], (question, row)])
        self._store.write(self._name, json.dumps(kept, separators=(",", ":")).encode("utf-8", "surrogatepass"))

    def _all(self) -> dict[str, Any]:
        if self._kept is None:
            try:
                self._kept = dict(json.loads((self._store.read(self._name) or b"{}").decode("utf-8", "surrogatepass")))
            except (ValueError, RecursionError):
                self._kept = {}
        return self._kept


def variables(asked: Asked, store: Store) -> dict[str, str | None] | None:
    """The variables that were asked for, as digests; None where all were looked at, so that nothing can be kept."""
    if asked.whole:
        return None
    return {name: _digest(asked, name, store) for name in sorted(asked.names)}


def same_variables(before: Mapping[str, str | None], env: Mapping[str, str], store: Store) -> bool:
    """Whether variables have the values that they had."""
    return all(_digest(env, name, store) == digest for name, digest in before.items())


def _digest(env: Mapping[str, str], name: str, store: Store) -> str | None:
    value = env.get(name)
    return None if value is None else store.digest(value)


def _span(row: Any) -> Span | None:
    return None if row is None else Span(*row)


def _diagnostic(row: Any) -> Diagnostic:
    code, severity, message, span, help, node, related, fix = row
    return Diagnostic(code, Severity(severity), message, _span(span), help, node,
                      tuple(Related(Span(*s), m) for s, m in related), tuple(Edit(Span(*s), t) for s, t in fix))


def _flat(span: Span) -> list[object]:
    return [span.file, span.start, span.end]


def _row(found: Diagnostic) -> list[object]:
    return [found.code, str(found.severity), found.message, None if found.span is None else _flat(found.span), found.help,
            found.node, [[_flat(r.span), r.message] for r in found.related], [[_flat(e.span), e.text] for e in found.fix]]
