"""What a factory says about its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["connector", "format", "file-format"]
"""A ``format`` is one of messages (Kafka, and files line by line), a ``file-format`` one of whole files."""
Side = Literal["source", "sink"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option. ``type`` is Flink's (``duration``, ``list<string>`` ...), or the values of an enum joined by ``|``.

    ``older`` are keys that Flink still reads in its place; a leading ``-`` marks one that is deprecated.
    """

    key: str
    type: str = "string"
    is_required: bool = False
    default: str = ""
    older: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Factory:
    """A connector or format with its options; ``prefixes`` begin keys that it takes unchecked. ``jar`` says where it is from."""

    identifier: str
    sides: frozenset[Side]
    jar: str
    options: Mapping[str, Option] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ()

    def find(self, key: str) -> Option | None:
        """The option of this key, also where the key has a field's name in the middle (``fields.#.kind``) or is a map's."""
        found = self.options.get(key)
        if found is not None:
            return found
        for option in self.options.values():
            before, mark, after = option.key.partition("#")
            if mark and key.startswith(before) and key.endswith(after) and len(key) > len(before) + len(after):
                return option
            if option.type == "map" and key.startswith(f"{option.key}."):
                return Option(key)
            if key in (k.lstrip("-") for k in option.older):
                return option
        return Option(key) if any(key.startswith(p) and key != p for p in self.prefixes) else None


@dataclass(frozen=True, slots=True)
class Factories:
    """All factories that are known for a Flink version; ``common`` are options that most tables may have."""

    by_name: Mapping[tuple[Kind, str], Factory]
    common: Mapping[str, Option]

    def get(self, kind: Kind, identifier: str) -> Factory | None:
        """The factory of this name."""
        return self.by_name.get((kind, identifier))
