"""``flinksql status``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

import click

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json, print_table
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.deploy.status import JobStatus, status
from flinksql_runner.services.control import status as services_status
from flinksql_runner.services.values import ServiceStatus
from flinksql_runner.workspace import attach, open_store

VERSION = 1


@verb()
@click.argument("jobs", nargs=-1)
@output_option
def command(options: Globals, jobs: tuple[str, ...], output: str) -> int:
    """Tells what runs: jobs (all, or those named) and local services. Starts nothing."""
    project = open_project(options)
    engine = attach(project)
    found = [s for s in status(open_store(project), engine, project.jobs) if not jobs or s.job in jobs]
    services = services_status(project.root)
    if output == "json":
        print_json({"version": VERSION, "jobs": [asdict(j) for j in found], "services": [_service(s) for s in services]})
        return 0
    if found:
        print_table(("job", "state", "release", "restarts", "last checkpoint", "lag", "error"), [_row(j) for j in found], options)
    else:
        message("no jobs" if not jobs else f"no such job: {', '.join(jobs)}", options)
    if services:
        print_table(("service", "state", "address", "pid", "log"), [
            (s.name, s.state, s.address, str(s.pid or ""), _near(s, project.root)) for s in services], options)
    else:
        message("no local services run", options)
    return 0


def _row(job: JobStatus) -> tuple[object, ...]:
    at = job.last_checkpoint
    moment = datetime.fromtimestamp(at / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC") if at else None
    return (job.job, job.state, job.release, job.restarts, moment, job.lag, job.error)


def _near(service: ServiceStatus, root: Path) -> str:
    """The log's path, from the project's folder where it is in it."""
    log = service.log
    return "" if log is None else str(log.relative_to(root)) if log.is_relative_to(root) else str(log)


def _service(service: ServiceStatus) -> dict[str, object]:
    return {"name": service.name, "state": service.state, "pid": service.pid, "address": service.address, "since": service.since,
            "log": str(service.log) if service.log else None}
