"""The tables of options beside this module (``flink-2.3.txt``), read as values."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import cast

from flinksql_runner.options.values import Factories, Factory, Kind, Option, Side

_BOTH: frozenset[Side] = frozenset(("source", "sink"))


@lru_cache(maxsize=4)
def factories(flink_version: str) -> Factories | None:
    """What is known for this version of Flink (``2.3`` of ``2.3.0`` counts), or None."""
    minor = ".".join(flink_version.split(".")[:2])
    path = Path(__file__).with_name(f"flink-{minor}.txt")
    if not path.is_file():
        return None
    common: dict[str, Option] = {}
    found: dict[tuple[Kind, str], Factory] = {}
    for section in path.read_text(encoding="utf-8").split("\n\n")[1:]:
        head, *lines = section.rstrip("\n").split("\n")
        kind, identifier, sides, jar = head.split(" ")
        options = {o.key: o for o in map(_option, lines)}
        if kind == "common":
            common = options
            continue
        prefixes = tuple(k[:-1] for k in options if k.endswith("*"))
        own = {k: o for k, o in options.items() if not k.endswith("*")}
        both = _BOTH if sides == "both" else frozenset((cast("Side", sides),))
        found[cast("Kind", kind), identifier] = Factory(identifier, both, jar, own, prefixes)
    return Factories(found, common)


def _option(line: str) -> Option:
    """``! key type = default < older,keys``."""
    rest, _, older = line[4:].partition(" < ")
    rest, _, default = rest.partition(" = ")
    key, kind = rest.split(" ")
    return Option(key, kind, line[2] == "!", default, tuple(older.split(",")) if older else ())
