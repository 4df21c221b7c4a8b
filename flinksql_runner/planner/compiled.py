"""Flink's compiled plans through a gateway on this machine: the file is the gateway's, so it must see our disk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import Failure
from flinksql_runner.flink.gateway import Session
from flinksql_runner.project.placeholders import fill, is_secret, placeholder

SETTINGS: Mapping[str, str] = {"table.plan.compile.catalog-objects": "IDENTIFIER"}
"""What a session needs so that plans name tables only and hold none of their options (passwords, addresses)."""
_LONG = 300.0


def filled(sql: str, values: Mapping[str, str]) -> str:
    """A statement with its placeholders filled in.

    :raises Failure: where one has no value.
    """
    try:
        return fill(sql, values)
    except KeyError as missing:
        name = str(missing.args[0])
        if is_secret(name):
            raise Failure(f"the secret {name} is not set: export {name}=... and run this again") from None
        raise Failure(f"{name} has no value: the service that it stands for does not run; try `flinksql up`") from None


def declare(job: Job, session: Session, values: Mapping[str, str]) -> None:
    """Sends the job's functions, tables and views.

    :raises flinksql_runner.flink.errors.SqlError: where Flink refuses one.
    """
    for statement in job.declarations:
        session.run(filled(statement.sql, values))


def compile_plan(job: Job, session: Session, values: Mapping[str, str]) -> str:
    """The compiled plan of a declared job as JSON text, with secrets that stood in queries as placeholders."""
    with _file() as path:
        session.run(f"COMPILE PLAN '{path}' FOR {filled(job.statement_set_body, values)}", timeout=_LONG)
        try:
            plan = path.read_text(encoding="utf-8")
        except OSError:
            raise Failure("the plan was not written where it should be: the SQL Gateway does not share this disk") from None
    for name, value in _secrets(values):
        plan = plan.replace(value, placeholder(name))
    return plan


def execute_plan(plan: str, session: Session, values: Mapping[str, str]) -> str:
    """Starts a plan in a session that has declared its tables; returns Flink's id of the job."""
    for name, value in _secrets(values):
        plan = plan.replace(placeholder(name), value)
    with _file() as path:
        path.write_text(plan, encoding="utf-8")
        with session.execute(f"EXECUTE PLAN '{path}'", timeout=_LONG) as result:
            tuple(result.rows)
            if result.job_id is None:
                raise Failure("Flink took the plan but named no job", exit_code=1)
            return result.job_id


def _secrets(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names of secrets with their values as they stand in JSON, the longest first."""
    for name, value in sorted(values.items(), key=lambda kv: -len(kv[1])):
        if is_secret(name) and len(value) > 3:
            yield name, json.dumps(value, ensure_ascii=False)[1:-1]


@contextmanager
def _file() -> Iterator[Path]:
    """A new path in a folder that only we may read; both are gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(prefix="flinksql-plan-") as folder:
            yield Path(folder) / "plan.json"
    except OSError as failed:
        place = failed.filename or tempfile.gettempdir()
        raise Failure(f"a plan can't be written: {failed.strerror or failed} ({place})") from None
