"""docs/dashboards.md: its keys are the schema's, its example is a page."""

from __future__ import annotations

import json
import re
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from flinksql_runner.boards.layout import keys_of
from flinksql_runner.boards.read import read_boards
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load
from flinksql_runner.project.shape import schema
from tests.repository import copy_project

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- picture: four-tiles -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)


def _script() -> ModuleType:
    spec = spec_from_file_location("make_dashboard_page", ROOT / "scripts" / "make_dashboard_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_keys_are_fresh() -> None:
    assert _script().page(PAGE) == PAGE, "make docs writes them"


def test_every_key_of_the_schema_is_told() -> None:
    def keys(part: object) -> set[str]:
        if not isinstance(part, dict):
            return set()
        found = set(part.get("properties", {})) if isinstance(part.get("properties"), dict) else set()
        return found.union(*(keys(p) for p in part.values()), *(keys(p) for p in part.get("properties", {}).values()))

    whole = json.loads(json.dumps(schema("dashboard")))
    assert {k for k in keys(whole) if f"| `{k}` |" not in PAGE} == set()


def test_each_key_of_a_tile_belongs_to_a_type() -> None:
    known = {k for t in schema("dashboard")["$defs"]["tile"]["properties"]["type"]["enum"] for k in keys_of(t)}
    assert set(schema("dashboard")["$defs"]["tile"]["properties"]) == known


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """This repository's project with the page's example."""
    copy_project(tmp_path, "udfs", "dashboards")
    return tmp_path


def test_the_example_is_a_page_of_four_tiles_in_twenty_lines(project: Path) -> None:
    assert EXAMPLE is not None
    text = EXAMPLE[1]
    assert len(text.splitlines()) <= 20
    assert len(yaml.safe_load(text)["tiles"]) == 4
    (project / "dashboards" / "own.yml").write_text(text, encoding="utf-8")
    loaded = load(project, env={})
    boards = read_boards(loaded, build(loaded, ()).graph)
    assert boards.diagnostics == ()
    assert set(boards.boards) == {"api_logs", "own", "vehicles"}


def test_without_the_folder_nothing_else_is_missed(project: Path) -> None:
    whole = build(load(project, env={}))
    shutil.rmtree(project / "dashboards")
    left = build(load(project, env={}))
    assert read_boards(left.project, left.graph).boards == {}
    assert left.findings == whole.findings
    assert left.jobs == whole.jobs
    assert set(left.jobs) == {"api_logs", "vehicles"}
