"""From a built project to an engine that is ready for its jobs: services, jars, functions and secrets, side by side."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from flinksql_runner.compiler.job import Job
from flinksql_runner.deploy.values import Surroundings
from flinksql_runner.deps.assets import fetch_assets, missing_assets
from flinksql_runner.deps.lockfile import read_lock
from flinksql_runner.deps.update import jars_of, update
from flinksql_runner.deps.values import Lock
from flinksql_runner.diagnostics import Diagnostic, Failure, has_errors
from flinksql_runner.engines.engine import Engine
from flinksql_runner.engines.local import LocalEngine
from flinksql_runner.engines.registry import open_engine
from flinksql_runner.functions.bundle import bundle
from flinksql_runner.functions.opened import assets_of
from flinksql_runner.functions.values import Functions
from flinksql_runner.functions.verify import is_verified, verify
from flinksql_runner.pipeline import Build, needs
from flinksql_runner.project.placeholders import (
    KAFKA_SERVERS,
    POSTGRES_PASSWORD,
    POSTGRES_URL,
    POSTGRES_USER,
    is_secret,
    names_in,
    placeholder,
)
from flinksql_runner.project.values import Project
from flinksql_runner.services.control import ensure, status
from flinksql_runner.services.values import Progress, Running
from flinksql_runner.state.store import FsspecStore

PYTHON_FILES = "python.files"
_SERVICES = {KAFKA_SERVERS: "kafka", POSTGRES_URL: "postgres", POSTGRES_USER: "postgres", POSTGRES_PASSWORD: "postgres"}


class Unready(Failure):
    """Something that the user wrote stands in the way (a function that does not import, a connector that nobody provides)."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(message, exit_code=1)
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class Workspace:
    """An engine with all that the chosen jobs and nodes need.

    ``jars`` are the files of their connectors in the cache, ``bundle`` the folder of the Python functions (None where none is
    called), ``values`` what placeholders stand for: secrets too, so keep them in memory.
    """

    build: Build
    engine: LocalEngine
    running: Running
    jars: tuple[Path, ...] = ()
    bundle: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def store(self) -> FsspecStore:
        """The releases of this project."""
        return open_store(self.build.project)

    def job(self, name: str) -> Job:
        """A compiled job with the settings that belong to this machine: its functions' bundle.

        :raises Unready: where the job does not compile.
        :raises Failure: where there is no such job.
        """
        job = compiled(self.build, name)
        if job.functions and self.bundle is not None:
            return replace(job, settings={**job.settings, PYTHON_FILES: str(self.bundle)})
        return job

    def around(self, name: str) -> Surroundings:
        """What ``deploy`` and ``run`` need beside the job."""
        graph = self.build.graph
        nodes = tuple(replace(graph.nodes[n], options=graph.options(n)) for n in compiled(self.build, name).nodes)
        project = self.build.project
        return Surroundings(nodes, project.python_files, self.values, project.target.name, project.flink_version)


def open_store(project: Project) -> FsspecStore:
    """The release store of the project's target: its ``releases`` (a folder or URL), else ``.flinksql/releases``."""
    place = project.target.values.get("releases") or project.state_folder / "releases"
    return FsspecStore(str(place), lock_folder=project.state_folder / "locks")


def compiled(built: Build, name: str) -> Job:
    """A job by name.

    :raises Unready: where it did not compile, with what stands against it.
    :raises Failure: where project.yml has no such job.
    """
    if name not in built.project.jobs:
        known = ", ".join(sorted(built.project.jobs)) or "none"
        raise Failure(f"there is no job `{name}` in project.yml (jobs: {known})")
    if name not in built.jobs:
        raise Unready(f"the job `{name}` does not compile", tuple(d for d in built.diagnostics if d.is_error))
    return built.jobs[name]


def open_workspace(
    built: Build, *, jobs: Iterable[str] = (), nodes: Iterable[str] = (), all_functions: bool = False, topics: bool = False,
    progress: Progress | None = None,
) -> Workspace:
    """Starts what the jobs and nodes (with everything upstream of them) need, and opens the target's engine.

    :param topics: whether topics that they read or write are made in the embedded Kafka; those of other brokers are not
        ours to make.
    :param all_functions: whether SQL outside the project's files may call any function (``show --inline``).
    :raises Unready: where a mistake of the user stands in the way; its ``diagnostics`` tell it.
    :raises Failure: where the environment lacks something.
    """
    project, graph = built.project, built.graph
    names = _with_upstream(built, jobs, nodes)
    called = frozenset(built.functions.by_name) if all_functions else _called(built, names)
    placeholders = tuple(dict.fromkeys(p for n in names for p in names_in(graph.nodes[n].rendered.text)))
    secrets = _secrets(placeholders, project.env)
    with ThreadPoolExecutor(3, thread_name_prefix="open") as pool:
        wanted = _topics(built, names) if topics else ()
        services: Future[Running] = pool.submit(_services, built, placeholders, wanted, progress)
        jars: Future[tuple[tuple[Path, ...], Lock]] = pool.submit(_jars, built, names, progress)
        functions: Future[Path | None] = pool.submit(_functions, built, called, progress)
        running, (paths, _), place = services.result(), jars.result(), functions.result()
    values = {**running.placeholders, **secrets}
    engine = open_engine(project, running, paths, place, values)
    return Workspace(built, engine, running, paths, place, values)


def open_for_tests(built: Build, nodes: Iterable[str], *, progress: Progress | None = None) -> Workspace:
    """Starts Flink alone, with the Python functions that these nodes and all upstream of them call.

    Tests read files in place of all tables: no connector, no other service and no secret is needed.

    :raises Unready: where a function has errors or can't be imported.
    :raises Failure: where Flink can't be started.
    """
    names = _with_upstream(built, (), nodes)
    called = _called(built, names)
    with ThreadPoolExecutor(2, thread_name_prefix="open") as pool:
        services = pool.submit(_services, built, (), (), progress)
        functions = pool.submit(_functions, built, called, progress)
        running, place = services.result(), functions.result()
    return Workspace(built, open_engine(built.project, running, (), place, running.placeholders), running, (), place)


def attach(project: Project) -> Engine | None:
    """The engine that runs already, to look at and to stop jobs; None where none runs (nothing is started)."""
    if project.target.type == "session" and project.target.values.get("gateway_url"):
        return open_engine(project, None)
    up = {s.name for s in status(project.root) if s.state == "running"}
    if not {"jobmanager", "gateway"} <= up:
        return None
    running = ensure(project.root, frozenset({"flink"} | (up & {"kafka", "postgres"})))
    return open_engine(project, running, (), None, running.placeholders)


def _with_upstream(built: Build, jobs: Iterable[str], nodes: Iterable[str]) -> tuple[str, ...]:
    names = {n for job in jobs for n in compiled(built, job).nodes}
    for node in nodes:
        names |= {node, *built.graph.ancestors(node)}
    return tuple(sorted(n for n in names if n in built.graph.nodes))


def _called(built: Build, names: Iterable[str]) -> frozenset[str]:
    """The Python functions that these nodes call, in lower case.

    :raises Unready: where one does and the functions have errors.
    """
    used = frozenset(u.name.lower() for n in names for u in built.graph.nodes[n].functions) & set(built.functions.by_name)
    if used and any(d.is_error for d in built.functions.diagnostics):
        raise Unready("the Python functions have errors", tuple(d for d in built.functions.diagnostics if d.is_error))
    return used


def _secrets(placeholders: Iterable[str], env: Mapping[str, str]) -> Mapping[str, str]:
    wanted = [p for p in placeholders if is_secret(p) and p not in _SERVICES]
    missing = [p for p in wanted if p not in env]
    if missing:
        raise Failure(f"the secret {missing[0]} is not set: export {missing[0]}=... and run this again"
                      + (f" (missing too: {', '.join(missing[1:])})" if missing[1:] else ""))
    return {p: env[p] for p in wanted}


def _topics(built: Build, names: Iterable[str]) -> tuple[str, ...]:
    """The topics of these nodes' tables in the embedded Kafka."""
    options = [built.graph.options(n) for n in names]
    return tuple(dict.fromkeys(
        topic.strip() for o in options if o.get("properties.bootstrap.servers") == placeholder(KAFKA_SERVERS)
        for topic in o.get("topic", "").split(";") if topic.strip()))


def _services(built: Build, placeholders: Iterable[str], topics: tuple[str, ...], progress: Progress | None) -> Running:
    project = built.project
    if project.target.type == "session" and project.target.values.get("gateway_url"):
        return Running(str(project.target.values.get("rest_url", "")), str(project.target.values["gateway_url"]), None, Path(),
                       Path(sys.executable), Path())  # a cluster with a gateway of its own: nothing is started here
    wanted = {"flink"} | {_SERVICES[p] for p in placeholders if p in _SERVICES}
    running = ensure(project.root, frozenset(wanted), progress=progress)
    if topics and running.kafka_servers:
        from flinksql_runner.services.topics import make_topics  # Kafka's client takes a tenth of a second to load

        made = make_topics(running.kafka_servers, topics)
        if made and progress is not None:
            progress(f"created the topic{'s' * (len(made) > 1)} {', '.join(made)}")
    return running


def _jars(built: Build, names: Iterable[str], progress: Progress | None) -> tuple[tuple[Path, ...], Lock]:
    """The jars of these nodes; a lock that lacks some is brought up to date, as ``flinksql deps`` would."""
    project = built.project
    wanted = needs(built.graph, names)
    lock = read_lock(project.root) or Lock(project.flink_version)
    paths, diagnostics = jars_of(lock, wanted, project.dependencies, env=project.env)
    if paths is None and not has_errors(diagnostics):
        if progress is not None:
            progress("fetching connectors")
        updated = update(project.root, needs(built.graph, built.graph.order), project.dependencies, project.flink_version,
                         env=project.env)
        lock, diagnostics = updated.lock, updated.diagnostics
        paths, more = jars_of(lock, wanted, project.dependencies, env=project.env)
        diagnostics += more
    if paths is None:
        raise Unready("connectors of the job are missing", tuple(d for d in dict.fromkeys(diagnostics) if d.is_error))
    return paths, lock


def _functions(built: Build, called: Collection[str], progress: Progress | None) -> Path | None:
    """The bundle for jobs that call these functions, tried; with the assets that they may open."""
    functions: Functions = built.functions
    if not called:
        return None
    project = built.project
    lock = read_lock(project.root) or Lock(project.flink_version)
    names = assets_of(project.python_files, {functions.by_name[name].module for name in called}, {a.name for a in lock.assets})
    wanted = [asset for asset in lock.assets if asset.name in names]
    missing = missing_assets(wanted, project.env)
    if missing and progress is not None:
        progress(f"fetching {', '.join(asset.name for asset in missing)}")
    assets = fetch_assets(wanted, project.env)
    place = bundle(project, functions, project.state_folder / "bundles", assets, linked=project.target.type == "local")
    python = Path(sys.executable)
    if progress is not None and not is_verified(place, python):
        progress("checking the Python functions")
    found = verify(place, functions, python, locked={asset.name for asset in lock.assets})
    if has_errors(found):
        raise Unready("the Python functions can't be imported", found)
    return place
