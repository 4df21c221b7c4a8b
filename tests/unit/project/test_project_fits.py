"""The quick look at the shape of a file never takes what jsonschema refuses, and takes what is sound."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from flinksql_runner.project.fits import fits
from flinksql_runner.project.yaml_source import read_yaml

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = {name: json.loads(files("flinksql_runner.project").joinpath(f"schemas/{name}.schema.json").read_text(encoding="utf-8"))
           for name in ("project", "profiles")}
FILES = [(name, path) for name in SCHEMAS for path in sorted(ROOT.glob(f"**/{name}.yml"))
         if not {".venv", "target", ".flinksql"} & set(path.parts)]
OTHER: tuple[Any, ...] = (None, True, False, 0, 1, -1, 1.0, 2.5, "", "x", "1.0", [], ["x"], {}, {"x": 1}, [[1]], {"": None})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*path, key))


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with one part of it replaced, taken out, or added to."""
    found = {"root": copy.deepcopy(value)}
    path = ("root", *chance.choice(list(places(value))))
    owner: Any = found
    for key in path[:-1]:
        owner = owner[key]
    what = chance.randrange(3)
    if what == 0 and isinstance(owner[path[-1]], dict):
        owner[path[-1]][chance.choice(["x", "name", "target", "a b", "1"])] = chance.choice(OTHER)
    elif what == 1 and len(path) > 1:
        del owner[path[-1]]
    else:
        owner[path[-1]] = chance.choice(OTHER)
    return found["root"]


@pytest.mark.parametrize(("name", "path"), FILES, ids=lambda p: p if isinstance(p, str) else str(p.relative_to(ROOT)))
def test_sound_files_fit_and_what_fits_is_sound(name: str, path: Path) -> None:
    schema, value = SCHEMAS[name], read_yaml(path.name, path.read_text(encoding="utf-8")).value
    validator = Draft202012Validator(schema)
    assert validator.is_valid(value) == fits(value, schema, schema)
    chance = random.Random(1)
    taken = 0
    for _ in range(400):
        changed = mutated(value, chance)
        if fits(changed, schema, schema):
            taken += 1
            assert validator.is_valid(changed), changed
    assert taken


@pytest.mark.parametrize("schema", [
    {"type": "string", "format": "date"}, {"not": {}}, {"multipleOf": 2}, {"$ref": "other.json"}, {"items": {"oneOf": []}},
])
def test_what_is_not_known_does_not_fit(schema: dict[str, Any]) -> None:
    assert not fits(["x"] if "items" in schema else "x", schema, schema)
