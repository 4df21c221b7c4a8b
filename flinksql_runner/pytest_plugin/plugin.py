"""What pytest loads, in every project where the tool is installed: hooks that do nothing outside a flinksql project.

So only pytest and the standard library are imported here; what reads projects and talks to Flink is imported by the hooks
that have found one.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flinksql_runner.pytest_plugin.names import DEALS, DEALT, MARKER

if TYPE_CHECKING:
    from flinksql_runner.pytest_plugin.fixture import FlinkSql
    from flinksql_runner.pytest_plugin.runs import Runs

_OPTIONS = (
    ("--flinksql-target", {"metavar": "NAME"}, "the target of the profile"),
    ("--flinksql-profile", {"metavar": "NAME"}, "the profile of profiles.yml"),
    ("--flinksql-profiles-dir", {"metavar": "DIR"}, "the folder that has profiles.yml"),
    ("--flinksql-vars", {"metavar": "YAML"}, "variables as a mapping, over those of project.yml"),
    ("--flinksql-timeout", {"type": float, "default": None, "metavar": "SECONDS"}, "seconds for one Flink job"),
    ("--flinksql-threads", {"type": int, "default": 0, "metavar": "N"}, "how many jobs may run at once"),
    ("--flinksql-shuffle", {"action": "store_true"}, "run each test again with its rows in other orders between watermarks"),
    ("--flinksql-parallelism", {"type": int, "default": 1, "metavar": "N"}, "run each test again with N subtasks"),
    ("--flinksql-restart", {"action": "store_true"}, "run each test again, stopped in its middle with a savepoint"),
    ("--flinksql-down", {"action": "store_true"}, "end the project's local Flink when the session ends"),
)
_RUNS: pytest.StashKey[Runs] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of ``flinksql test``, as pytest's."""
    group = parser.getgroup("flinksql", "SQL unit tests of a flinksql project")
    for name, settings, help in _OPTIONS:
        options: dict[str, Any] = dict(settings)
        group.addoption(name, help=help, **options)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker."""
    config.addinivalue_line("markers", f"{MARKER}: a SQL unit test, or a test that uses the fixture of this name")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under xdist all SQL tests go to one worker, since they share jobs; other ways than ``load`` stay as they are."""
    if config.option.dist not in DEALS or not _is_in_project(config):
        return None
    from flinksql_runner.pytest_plugin.dealing import Together

    return Together(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of xdist how tests are dealt out: in itself ``dist`` always is ``no``."""
    node.workerinput[DEALT] = node.config.option.dist


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of SQL unit tests: ``tests/sql/**/*.yml`` of a flinksql project."""
    if file_path.suffix not in (".yml", ".yaml"):
        return None
    root = project_of(file_path.parent)
    if root is None or not file_path.is_relative_to(root / "tests" / "sql"):
        return None
    from flinksql_runner.pytest_plugin.collect import SqlFile

    found: pytest.Collector = SqlFile.from_parent(parent, path=file_path, run=_runs(parent.config).of(root))
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test's duration is its own share, not the seconds of the job that it shares with all others."""
    report = yield
    seconds = getattr(item, "sql_seconds", None)
    if seconds is not None and call.when == "call":
        report.duration = seconds
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends what was asked to end with the session."""
    runs = config.stash.get(_RUNS, None)
    if runs is not None:
        runs.close()


@pytest.fixture
def flinksql(request: pytest.FixtureRequest) -> FlinkSql:
    """Tests of nodes written in Python: ``flinksql.node("x").given("clicks", rows=[...]).expect(rows=[...])``."""
    from flinksql_runner.pytest_plugin.fixture import FlinkSql

    place = Path(str(request.node.path))
    root = project_of(place.parent) or project_of(request.config.rootpath)
    if root is None:
        pytest.fail(f"the fixture `flinksql` needs a flinksql project: no project.yml stands above {place.name}", pytrace=False)
    return FlinkSql(_runs(request.config).of(root), request.node.nodeid)


@lru_cache(maxsize=1024)
def project_of(folder: Path) -> Path | None:
    """The folder of the flinksql project that a folder is in."""
    return next((f for f in (folder, *folder.parents) if (f / "project.yml").is_file() and (f / "sql").is_dir()), None)


def _is_in_project(config: pytest.Config) -> bool:
    places = [config.rootpath, *(config.invocation_params.dir / a.split("::")[0] for a in config.args)]
    return any(project_of(p if p.is_dir() else p.parent) is not None for p in places)


def _runs(config: pytest.Config) -> Runs:
    if _RUNS not in config.stash:
        from flinksql_runner.pytest_plugin.runs import Runs, Settings

        given = {name.removeprefix("--flinksql-").replace("-", "_"): config.getoption(name) for name, _, _ in _OPTIONS}
        config.stash[_RUNS] = Runs(Settings(**given))
    return config.stash[_RUNS]
