"""``target/run_results.json``: what the last ``flinksql test`` gave; ``--failed`` reads it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flinksql_runner import __version__
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.project.values import Project

NAME = "run_results.json"
_BAD = ("fail", "error")


def write_results(project: Project, results: Mapping[str, Any], seconds: float, command: str = "test") -> Path:
    """Writes the results of a run: ``metadata``, ``elapsed_time`` in seconds, and what ``--output json`` prints.

    ``failed`` holds file and name of each test that failed when it last ran: one that this run left out is not forgotten.

    :raises Failure: where the file can't be written.
    """
    path = project.target_folder / NAME
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    metadata = {"tool_version": __version__, "generated_at": now, "project": project.name, "command": command}
    ran = {(str(t["file"]), str(t["name"])): t["status"] in _BAD for t in results["tests"]}
    try:
        before = failed_before(project)
    except Failure:
        before = frozenset()  # the first run, or a file that is written anew
    failed = sorted({key for key in before if key not in ran} | {key for key, bad in ran.items() if bad})
    found = {"metadata": metadata, "elapsed_time": round(seconds, 3), **results, "failed": failed}
    text = json.dumps(found, indent=2, ensure_ascii=False)
    write_text_atomic(path, text + "\n")
    return path


def failed_before(project: Project) -> frozenset[tuple[str, str]]:
    """File and name of each test that failed, or could not run, when it last ran.

    :raises Failure: where there was none, or its file can't be read.
    """
    path = project.target_folder / NAME
    shown = f"{project.target_path}/{NAME}"
    try:
        failed = json.loads(path.read_text(encoding="utf-8"))["failed"]
        return frozenset((str(file), str(name)) for file, name in failed)
    except FileNotFoundError:
        raise Failure(f"no earlier run: {shown} is not there; run flinksql test without --failed first") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Failure(f"{shown} can't be read; run flinksql test without --failed to write it anew") from None
