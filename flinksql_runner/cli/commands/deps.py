"""``flinksql deps``: from what the tables need to exact, checked files."""

from __future__ import annotations

import threading

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import exit_code, message, output_option, print_diagnostics, print_json, print_table
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.deps.lockfile import LOCK_NAME, read_lock, render_lock
from flinksql_runner.deps.update import Updated, update
from flinksql_runner.diagnostics import Failure
from flinksql_runner.pipeline import build, needs


@verb("deps")
@click.option("--upgrade", is_flag=True, help="Forget what is locked, and hash every file anew.")
@click.option("--check", "only_check", is_flag=True, help=f"Fail where {LOCK_NAME} would change (for CI); it is put back.")
@output_option
def command(options: Globals, upgrade: bool, only_check: bool, output: str) -> int:
    """Find the jars that connectors, formats and file systems need, lock them with their hashes, and download them.

    flinksql.lock is made to be committed. Without anything new no network is asked. FLINKSQL_MAVEN_MIRROR and
    FLINKSQL_NPM_MIRROR name mirrors, FLINKSQL_CACHE another folder than the user's cache.
    """
    project = open_project(options)
    graph = build(project, only=()).graph
    if graph.broken:
        raise Failure(f"{', '.join(sorted(graph.broken))} can't be read, so what is needed is not known: "
                      "`flinksql lint` shows the errors", exit_code=1)
    before = read_lock(project.root)
    shown = _Bar(options, output)
    with shown.bar:
        done = update(project.root, needs(graph, graph.order), project.dependencies, project.flink_version,
                      progress=shown, upgrade=upgrade, env=project.env)
    if done.diagnostics:
        print_diagnostics(done.diagnostics, project.texts, options, to_stderr=output == "json")
    code = exit_code(done.diagnostics, options)
    if code == 0 and only_check and done.changed:
        path = project.root / LOCK_NAME
        path.write_text(render_lock(before), encoding="utf-8") if before else path.unlink()
        message(f"{LOCK_NAME} is not up to date: run `flinksql deps` and commit it", options)
        return 1
    if code == 0:
        _show(done, options, output)
    return code


def _show(done: Updated, options: Globals, output: str) -> None:
    if output == "json":
        print_json({
            "changed": done.changed, "flink": done.lock.flink_version,
            "jars": [{"coordinate": str(j.coordinate), "sha256": j.sha256, "size": j.size, "provides": list(j.provides),
                      "path": str(done.jars[j.coordinate])} for j in done.lock.jars],
            "assets": [
                {"name": a.name, "package": a.package, "version": a.version, "sha256": a.sha256} for a in done.lock.assets],
        })
        return
    if done.lock.jars:
        print_table(("jar", "for", "MB"), [
            (str(j.coordinate), ", ".join(j.provides), round(j.size / 1e6, 1)) for j in done.lock.jars], options)
    if done.lock.assets:
        print_table(("asset", "from"), [(a.name, f"{a.registry} {a.package} {a.version}") for a in done.lock.assets], options)
    message(f"{LOCK_NAME} {'written' if done.changed else 'is up to date'}", options)


class _Bar:
    """A bar on a terminal, nothing elsewhere; called from several threads."""

    def __init__(self, options: Globals, output: str) -> None:
        console = Console(stderr=True)
        is_shown = console.is_terminal and not options.quiet and output == "text"
        self.bar = Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=console,
                            disable=not is_shown, transient=True)
        self._task = self.bar.add_task("", total=None, visible=False)
        self._lock = threading.Lock()

    def __call__(self, done: int, total: int, what: str) -> None:
        """Moves the bar."""
        with self._lock:
            self.bar.update(self._task, completed=done, total=total or None, description=what, visible=True)
