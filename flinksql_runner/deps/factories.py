"""Which factories a set of jars brings, read from the jars themselves; one identifier may have one provider only."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from flinksql_runner.diagnostics import Diagnostic, error
from flinksql_runner.project.values import Coordinate

_SERVICE = "META-INF/services/org.apache.flink.table.factories.Factory"
TWO_PROVIDERS = "FS505"


def clashes(jars: Mapping[Coordinate, Path]) -> tuple[Diagnostic, ...]:
    """A diagnostic for each factory that two jars bring, with both named.

    Flink refuses such a pair only when a table uses it, with a message about class paths.
    """
    owners: dict[str, list[Coordinate]] = {}
    for coordinate, path in sorted(jars.items(), key=lambda kv: str(kv[0])):
        for factory in factories(path):
            owners.setdefault(factory, []).append(coordinate)
    pairs: dict[tuple[Coordinate, ...], list[str]] = {}
    for factory, coordinates in owners.items():
        if len(coordinates) > 1:
            pairs.setdefault(tuple(coordinates), []).append(factory.rsplit(".", 1)[-1])
    return tuple(
        error(TWO_PROVIDERS, f"{' and '.join(f'`{c}`' for c in coordinates)} both bring {', '.join(sorted(names))}", None,
              "keep one of them: Flink refuses a factory that it finds twice")
        for coordinates, names in pairs.items()
    )


def factories(jar: Path) -> tuple[str, ...]:
    """The factories that a jar registers: ``identifier of its class``, or the class alone where the identifier is computed."""
    try:
        with zipfile.ZipFile(jar) as archive:
            lines = archive.read(_SERVICE).decode("utf-8").splitlines()
            names = [name for line in lines if (name := line.split("#")[0].strip())]
            return tuple(_told(archive, name) for name in names)
    except (KeyError, zipfile.BadZipFile, OSError):
        return ()


def _told(archive: zipfile.ZipFile, name: str) -> str:
    """The class's own name: two jars that hold the same class clash whatever its identifier is."""
    try:
        identifier = _identifier(archive.read(name.replace(".", "/") + ".class"))
    except (KeyError, struct.error, IndexError):
        identifier = None
    return f"the factory `{identifier}`" if identifier else name


def _identifier(content: bytes) -> str | None:
    """The constant that ``IDENTIFIER`` holds in a class file (Flink's factories declare it so), or None."""
    pool, at = _constants(content)
    _, _, _, interfaces = struct.unpack_from(">HHHH", content, at)
    at += 8 + 2 * interfaces
    (fields,) = struct.unpack_from(">H", content, at)
    at += 2
    for _ in range(fields):
        _, name, _, attributes = struct.unpack_from(">HHHH", content, at)
        at += 8
        for _ in range(attributes):
            kind, length = struct.unpack_from(">HI", content, at)
            if pool.get(name) == "IDENTIFIER" and pool.get(kind) == "ConstantValue":
                (index,) = struct.unpack_from(">H", content, at + 6)
                value = pool.get(index)
                return str(pool.get(value)) if isinstance(value, int) else None
            at += 6 + length
    return None


def _constants(content: bytes) -> tuple[dict[int, str | int], int]:
    """The texts of a class file's constant pool (a string constant holds the index of its text), and where the pool ends."""
    sizes = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
    (count,) = struct.unpack_from(">H", content, 8)
    pool: dict[int, str | int] = {}
    at, index = 10, 1
    while index < count:
        tag = content[at]
        if tag == 1:
            (length,) = struct.unpack_from(">H", content, at + 1)
            pool[index] = content[at + 3:at + 3 + length].decode("utf-8", "replace")
            at += 3 + length
        else:
            if tag == 8:
                pool[index] = struct.unpack_from(">H", content, at + 1)[0]
            at += 1 + sizes[tag]
            index += tag in (5, 6)
        index += 1
    return pool, at
