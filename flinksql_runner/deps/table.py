"""The table of known connectors (``connectors.yml``), read as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from flinksql_runner.deps.values import Need, parse_coordinate
from flinksql_runner.project.values import Coordinate

TABLE = Path(__file__).with_name("connectors.yml")


@dataclass(frozen=True, slots=True)
class Provider:
    """The jars of one identifier: always the same, or chosen by the value of the option ``by``."""

    coordinates: tuple[Coordinate, ...] = ()
    by: str = ""
    choices: Mapping[str, tuple[Coordinate, ...]] = field(default_factory=dict)

    def choose(self, need: Need) -> tuple[Coordinate, ...] | None:
        """The jars for this need, or None where the option's value fits no pattern."""
        if not self.by:
            return self.coordinates
        value = need.options.get(self.by, "")
        found = (jars for pattern, jars in self.choices.items() if fnmatchcase(value, pattern.replace("[", "[[]")))
        return next(found, None)


@lru_cache(maxsize=4)
def providers(flink_version: str) -> Mapping[tuple[str, str], Provider]:
    """Providers by (kind, identifier) for a Flink version; empty for one that the table doesn't know."""
    content: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    minor = ".".join(flink_version.split(".")[:2])
    kinds: dict[str, dict[str, Any]] = content.get(minor, {})
    return {
        (kind, identifier): _provider(entry, flink_version)
        for kind, entries in kinds.items() for identifier, entry in entries.items()
    }


def known_versions() -> tuple[str, ...]:
    """The Flink versions (``2.3``) that the table knows."""
    return tuple(yaml.safe_load(TABLE.read_text(encoding="utf-8")))


def _provider(entry: Any, flink_version: str) -> Provider:
    def coordinates(texts: list[str]) -> tuple[Coordinate, ...]:
        return tuple(parse_coordinate(text.replace("${flink}", flink_version)) for text in texts)

    if isinstance(entry, list):
        return Provider(coordinates(entry))
    choices = {pattern: coordinates(texts) for pattern, texts in entry.items() if pattern != "by"}
    return Provider((), str(entry["by"]), choices)
