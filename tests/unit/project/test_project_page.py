"""docs/project.md names every key that the schemas allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from flinksql_runner.project.config import read_config
from flinksql_runner.project.profiles import read_target

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "project.md").read_text(encoding="utf-8")
EXAMPLES = [block.split("```", 1)[0] for block in PAGE.split("```yaml\n")[1:]]


def _keys(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from _keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _keys(value)


@pytest.mark.parametrize("name", ["project", "profiles"])
def test_every_key_is_told(name: str) -> None:
    schema = json.loads((ROOT / f"flinksql_runner/project/schemas/{name}.schema.json").read_text(encoding="utf-8"))
    missing = [k for k in set(_keys(schema)) - {"pypi", "maven"} if f"{k}:" not in PAGE and f"`{k}`" not in PAGE]
    assert missing == []


def test_the_examples_are_right() -> None:
    project, profiles = EXAMPLES
    assert [d.message for d in read_config("project.yml", project).diagnostics] == []
    for target in yaml.safe_load(profiles)["shop"]["outputs"]:
        found, _, wrong = read_target("profiles.yml", profiles, "shop", target, {"KAFKA_SERVERS": "localhost:9092"})
        assert [d.message for d in wrong] == []
        assert found is not None
