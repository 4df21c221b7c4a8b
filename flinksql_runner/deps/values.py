"""What a project needs from outside, and the exact files that satisfy it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from flinksql_runner.diagnostics import Span
from flinksql_runner.project.values import Coordinate

NeedKind = Literal["connector", "format", "filesystem", "catalog"]


@dataclass(frozen=True, slots=True)
class Need:
    """A connector, format, file system scheme or catalog that a node's WITH options ask for.

    ``identifier`` is Flink's factory identifier (``kafka``) or the scheme (``s3``). ``options`` are the table's other
    options as far as they decide (the ``url`` of ``jdbc`` names the driver); they may hold placeholders.
    """

    kind: NeedKind
    identifier: str
    node: str
    span: Span | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One jar: coordinate, SHA-256 (hexadecimal) and size in bytes of the file.

    ``provides`` names what it is here for: ``connector:kafka``, ``format:avro``, or ``jar:<name>`` of project.yml.
    """

    coordinate: Coordinate
    sha256: str
    size: int
    provides: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """The name of the file as Maven writes it."""
        return file_name(self.coordinate)


@dataclass(frozen=True, slots=True)
class LockedAsset:
    """One file out of a package's archive.

    ``sha256`` and ``size`` are those of the file itself, ``archive_sha256`` and ``archive_size`` those of the archive
    that is downloaded.
    """

    name: str
    registry: str
    package: str
    version: str
    file: str
    sha256: str
    size: int
    archive: str
    archive_sha256: str
    archive_size: int
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of ``flinksql.lock``; jars sorted by coordinate, assets by name."""

    flink_version: str
    jars: tuple[LockedJar, ...] = ()
    assets: tuple[LockedAsset, ...] = ()


class Progress(Protocol):
    """Called while files arrive, from any thread: bytes so far and in all (over all files), and the file at hand."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """Must be quick and may not raise."""


def file_name(coordinate: Coordinate) -> str:
    """``artifact-version[-classifier].jar``."""
    tail = f"-{coordinate.classifier}" if coordinate.classifier else ""
    return f"{coordinate.artifact}-{coordinate.version}{tail}.jar"


def repository_path(coordinate: Coordinate) -> str:
    """The path of a jar in a Maven repository, without a leading slash."""
    return f"{coordinate.group.replace('.', '/')}/{coordinate.artifact}/{coordinate.version}/{file_name(coordinate)}"


def parse_coordinate(text: str) -> Coordinate:
    """``group:artifact:version[:classifier]``.

    :raises ValueError: where the text is not of this shape.
    """
    parts = text.strip().split(":")
    if len(parts) not in (3, 4) or not all(p and not set(p) & set(" /\\\t\n") and p not in (".", "..") for p in parts):
        raise ValueError(f"`{text}` is not a Maven coordinate (group:artifact:version)")
    return Coordinate(*parts)
