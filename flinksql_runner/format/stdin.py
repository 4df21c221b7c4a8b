"""A text that an editor holds: formatted as if it were the file of the project that it is a state of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flinksql_runner.diagnostics import Diagnostic, Span, error
from flinksql_runner.format.project import format_files
from flinksql_runner.format.write import restored
from flinksql_runner.project.values import MacroFile, NodeKind, Project, SqlFile

INLINE = "<stdin>"
_KINDS: dict[str, NodeKind] = {"sources": "source", "transforms": "transform", "sinks": "sink"}


@dataclass(frozen=True, slots=True)
class FormattedBytes:
    """What to write to standard output, and what to say; ``text`` is what was read, for printing places."""

    data: bytes
    text: str
    path: str
    diagnostics: tuple[Diagnostic, ...] = ()


def format_stdin(project: Project, path: str | None, data: bytes, lines: Sequence[tuple[int, int]]) -> FormattedBytes:
    """Formats the bytes of a text; ``path`` is its place in the project, None where it has none. Bytes that are no UTF-8 stay."""
    name = path or INLINE
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as failed:
        said = error("FS150", f"this is not UTF-8: byte {data[failed.start]:#04x}", Span(name, 0, 0), "save it as UTF-8")
        return FormattedBytes(data, "", name, (said,))
    outcome = format_files(_with(project, name, text), [name], lines)[0]
    said_ = (outcome.diagnostic,) if outcome.diagnostic is not None else ()
    result = restored(data, outcome.after).encode() if outcome.changed else data
    return FormattedBytes(result, text, name, said_)


def _with(project: Project, path: str, text: str) -> Project:
    """The project with this text in place of, or beside, its files."""
    if path.startswith("macros/"):
        rest = tuple(m for m in project.macros if m.path != path)
        return replace(project, macros=(*rest, MacroFile(path, text)))
    known = next((f for f in project.files if f.path == path), None)
    parts = path.split("/")
    kind = _KINDS.get(parts[1] if len(parts) > 2 and parts[0] == "sql" else "", "transform")
    file = replace(known, text=text) if known else SqlFile(path, text, kind, parts[-1].removesuffix(".sql"))
    return replace(project, files=(*(f for f in project.files if f.path != path), file))
