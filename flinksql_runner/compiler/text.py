"""The text of a job as a file for Flink's SQL client: with placeholders, or resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flinksql_runner.compiler.declare import literal
from flinksql_runner.compiler.job import Job, JobStatement
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.placeholders import fill, names_in

FIRST_WORDS = "-- The job"
"""What the first line of each compiled file starts with."""


def compiled_text(
    name: str, declarations: Sequence[JobStatement], inserts: Sequence[JobStatement], paths: Mapping[str, str],
    settings: Mapping[str, str],
) -> str:
    """The whole of ``target/compiled/<job>.sql``; the same job gives the same bytes.

    ``paths`` are the files of the nodes, named in a comment above each statement.
    """
    parts = [
        f"{FIRST_WORDS} {_one_line(name)}, made by `flinksql compile`: edit the files below sql/ and compile again.\n"
        "-- ${...} are filled in when a statement is sent; `flinksql compile --resolved FILE` writes a file with all of them.\n"
    ]
    if settings:
        parts.append("\n" + "".join(f"SET {literal(k)} = {literal(v)};\n" for k, v in sorted(settings.items())))
    for statement in declarations:
        parts.append(f"\n{_from(statement, paths)}{statement.sql};\n")
    parts.append("\nEXECUTE STATEMENT SET\nBEGIN\n")
    parts.extend(f"{_from(statement, paths)}{statement.sql};\n" for statement in inserts)
    parts.append("END;\n")
    return "".join(parts)


def resolved_text(
    job: Job, values: Mapping[str, str], *, jars: Iterable[str] = (), python_files: str = "", python_executable: str = "",
    settings: Mapping[str, str] | None = None,
) -> str:
    """The job for Flink's SQL client: placeholders filled, jars added, Python set up. It may hold secrets: mode 0600.

    ``jars`` are paths of files. ``python_files`` is the bundle of the functions, needed where the job calls any. ``settings``
    are those that no placeholder stands for: the address of the cluster.

    :raises Failure: where a placeholder has no value.
    """
    missing = [n for n in names_in(job.text) if n not in values]
    if missing:
        raise Failure(f"The job `{job.name}` needs {', '.join(missing)}; set {'it' if len(missing) == 1 else 'them'} in the "
                      "environment, or start the embedded services with `flinksql up`.")
    lines = [f"ADD JAR {literal(jar)};\n" for jar in jars]
    session = {
        **(settings or {}), "python.files": python_files, "python.executable": python_executable,
        "python.client.executable": python_executable,
    }
    lines.extend(f"SET {literal(k)} = {literal(v)};\n" for k, v in session.items() if v)
    return "".join(lines) + fill(job.text, values)


def _from(statement: JobStatement, paths: Mapping[str, str]) -> str:
    path = paths.get(statement.node or "")
    return f"-- {_one_line(path)}\n" if path else ""


def _one_line(text: str) -> str:
    """A text that can't end the comment that it stands in."""
    return " ".join(text.split())
