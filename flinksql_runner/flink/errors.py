"""What Flink says when it refuses something, without Java's wrapping."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flinksql_runner.diagnostics import Failure

_FRAME = re.compile(r"\s+(at [\w.$/<>@]+[\w.$<>]*\(|\.\.\. \d+ (more|common frames))")
_CLASS = re.compile(r"^((?:[a-z][\w$]*\.)+[A-Z][\w$.]*)(?::\s|$)")
_EDGE = re.compile(r"^\s*(?:<Exception on server side:|End of exception on server side>?|\[?Internal server error\.?,?)\s*")


@dataclass(frozen=True, slots=True)
class Cause:
    """One exception of a chain: its class without packages, and its message (may have several lines)."""

    kind: str
    message: str


class SqlError(Failure):
    """Flink refused a statement. ``message`` is the root cause's, ``causes`` the whole chain from the root outward."""

    def __init__(self, message: str, causes: tuple[Cause, ...] = (), *, detail: str | None = None) -> None:
        super().__init__(message, exit_code=1, detail=detail)
        self.message = message
        self.causes = causes


class GatewayGone(Failure):
    """The SQL Gateway does not answer, or has forgotten the session."""


class ClusterGone(Failure):
    """Flink's REST API does not answer."""


class TimedOut(Failure):
    """A statement took longer than it may; it was cancelled."""


def causes_of(text: str) -> tuple[Cause, ...]:
    """The chain of a Java stack trace, root first; frames, packages and the server's framing are gone."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        line = _EDGE.sub("", line) if _EDGE.match(line) else line
        if line.lstrip().startswith("Caused by: "):
            blocks.append([line.lstrip().removeprefix("Caused by: ")])
        elif not _FRAME.match(line):
            blocks[-1].append(line)
    chain: list[Cause] = []
    for block in blocks:
        found = _cause("\n".join(block).strip())
        if found.message and (not chain or chain[-1] != found):
            chain.append(found)
    return tuple(reversed(chain))


def _cause(text: str) -> Cause:
    """A block without its class; a message that is itself ``class: message`` (a wrapped one) loses that too."""
    kind = ""
    while found := _CLASS.match(text):
        kind = found.group(1).rpartition(".")[2].rpartition("$")[2]
        rest = text[found.end():].strip()
        if not rest:
            return Cause(kind, kind)
        text = rest
    return Cause(kind, text)


def sql_error(errors: Iterable[str]) -> SqlError:
    """The error that an answer of the gateway stands for (its ``errors`` list)."""
    text = "\n".join(errors)
    causes = causes_of(text)
    root = next((c.message for c in causes if c.message not in ("Failed to fetchResults.",)), "Flink gives no reason")
    return SqlError(root, causes, detail=text)
