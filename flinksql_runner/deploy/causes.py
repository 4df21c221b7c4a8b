"""Why a running job fails, in the user's terms: the root cause without Java's wrapping, and the nodes it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flinksql_runner.deploy.values import Surroundings
from flinksql_runner.diagnostics import Diagnostic, LineIndex, Span, error
from flinksql_runner.engines.engine import Observed

_CAUSED = re.compile(r"^\s*Caused by:\s*", re.MULTILINE)
_CLASS = re.compile(r"^(?:[a-z][\w$]*\.)+([A-Z][\w$.]*?)(?::\s*|\s*$)")
_PYTHON_PLACE = re.compile(r'File "[^"\n]*?(udfs/[^"\n]+\.py)", line (\d+)')
_PYTHON_END = re.compile(r"^(\w+(?:\.\w+)*(?:Error|Exception|Exit|Interrupt|Warning)\b.*)$", re.MULTILINE)
_WRAPPERS = (
    "Recovery is suppressed", "Job execution failed", "Exceeded checkpoint tolerable failure threshold",
    "Could not forward element",
)
_HELP: tuple[tuple[str, str], ...] = (
    ("deserialize JSON", "let the source skip broken messages: 'json.ignore-parse-errors' = 'true', or read them as raw text"),
    ("UnknownTopicOrPartition", "create the topic, or correct its name in the source"),
    ("TimeoutException: Timed out waiting for a node assignment", "Kafka does not answer; look whether the broker runs"),
    ("Connection refused", "look whether that service runs, and whether its address in profiles.yml is right"),
    ("password authentication failed", "correct user or password of the target in profiles.yml"),
    ("does not exist", "the physical table or column is missing in the database"),
    ("violates not-null", "a column of the table must not be NULL; filter such rows or declare the column without NOT NULL"),
    ("NoResourceAvailable", "lower parallelism.default, or give the cluster more task slots"),
    ("StateMigrationException", "the state of the savepoint does not fit; start with --allow-state-loss"),
    ("OutOfMemory", "give the task managers more memory"),
)


def root_cause(text: str) -> str:
    """The innermost cause of a Java or Python stack trace, on one line, without packages and frames."""
    python = _PYTHON_END.findall(text) if "Traceback" in text else []
    if python:
        place = _PYTHON_PLACE.findall(text)
        where = f" ({place[-1][0]}, line {place[-1][1]})" if place else ""
        return f"{python[-1].strip()}{where}"
    parts = [p.strip() for p in _CAUSED.split(text) if p.strip()]
    for part in reversed(parts):
        lines = [line.strip() for line in part.splitlines()]
        message = " ".join(line for line in lines if line and not re.match(r"(at\s+[\w.$/<>]+\(|\.\.\. \d+ more)", line))
        while found := _CLASS.match(message):
            rest = message[found.end():]
            if not rest:
                message = found.group(1)
                break
            if not _CLASS.match(rest):
                name = found.group(1).rpartition(".")[2]
                plain = name in ("RuntimeException", "Exception", "IOException", "FlinkException", "ExecutionException")
                message = rest if plain else f"{name}: {rest}"
                break
            message = rest
        if message and not message.startswith(_WRAPPERS):
            return message
    return " ".join(text.split())


def failing_nodes(observed: Observed, names: Iterable[str]) -> tuple[str, ...]:
    """The nodes whose names stand in a vertex that failed, or in the error itself."""
    failed = [v.name for v in observed.vertices if any(v.tasks.get(s) for s in ("FAILED", "FAILING"))]
    texts = "\n".join([*failed, observed.error or ""])
    return tuple(n for n in names if re.search(rf"(?<![\w`]){re.escape(n)}(?![\w])", texts))


def explain_failure(observed: Observed, job: str, around: Surroundings) -> Diagnostic:
    """The failure as a diagnostic at the line of Python that raised it, or at the node that it concerns, as far as one tells."""
    by_name = {n.name: n for n in around.nodes}
    cause = root_cause(observed.error or "") or "Flink gives no reason; see `flinksql logs`"
    concerned = failing_nodes(observed, by_name)
    again = f", {observed.restarts} restarts" if observed.restarts else ""
    where = f" in {', '.join(f'`{n}`' for n in concerned)}" if concerned else ""
    first = by_name[concerned[0]] if concerned else None
    logs = f"`flinksql logs {job}` shows the engine's own words"
    help = next((text for sign, text in _HELP if sign in (observed.error or "")), logs)
    span = _python_span(observed.error or "", around.texts) or (Span(first.path, 0, 0) if first else None)
    return error("FS901", f"the job `{job}` fails{where}{again}: {cause}", span, help, node=first.name if first else None)


def _python_span(text: str, texts: Mapping[str, str]) -> Span | None:
    """The deepest line of the project's Python that a traceback names."""
    for path, line in reversed(_PYTHON_PLACE.findall(text)):
        if path in texts:
            index = LineIndex(texts[path])
            written = index.line(int(line))
            start = index.offset(int(line), len(written) - len(written.lstrip()) + 1)
            return Span(path, start, start + len(written.strip()))
    return None
