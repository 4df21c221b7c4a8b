"""The files of a project: SQL, macros, functions and dashboards, read from the disk once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flinksql_runner.diagnostics import Diagnostic, Span, error, warning
from flinksql_runner.project.config import Config, folder_config
from flinksql_runner.project.reading import DASHBOARDS
from flinksql_runner.project.values import MacroFile, NodeKind, SqlFile

FOLDERS: tuple[tuple[str, NodeKind], ...] = (("sinks", "sink"), ("sources", "source"), ("transforms", "transform"))
MAX_BYTES = 4_000_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_USUAL = 1 << 16     # bytes: room for more is asked for only where a file fills it


@dataclass(frozen=True, slots=True)
class Tree:
    """What was read; ``texts`` holds every text by its relative path."""

    files: tuple[SqlFile, ...]
    macros: tuple[MacroFile, ...]
    python: dict[str, str]
    dashboards: dict[str, str]
    texts: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]


def read_tree(root: Path, config: Config) -> Tree:
    """Reads the project's folders; a file that can't be used gives a diagnostic, the others go on."""
    found: list[Diagnostic] = []
    texts: dict[str, str] = {}
    files: list[SqlFile] = []
    for folder, kind in FOLDERS:
        for path in _walk(root, f"sql/{folder}", found):
            name = path.rsplit("/", 1)[1]
            if not name.endswith(".sql"):
                if name.lower().endswith((".sql", ".hql", ".ddl")):
                    found.append(warning("FS010", f"{name} is not read: the ending must be .sql", Span(path, 0, 0), "rename it"))
                continue
            text = read_text(root, path, found)
            if text is None:
                continue
            texts[path] = text
            stem = name[:-4]
            if not _NAME.match(stem):
                found.append(error("FS010", f"`{stem}` can't be the name of a table", Span(path, 0, 0),
                                   "name the file with letters, digits and _, a digit not first"))
                continue
            parts = path.split("/")
            area = "/".join(parts[2:-1])
            settings = folder_config(config.folders, (*parts[1:-1], stem))
            files.append(SqlFile(path, text, kind, stem, area, settings))
    found.extend(_stray(root))
    macros = [MacroFile(p, t) for p in _walk(root, "macros", found)
              if p.endswith((".sql", ".jinja")) and (t := read_text(root, p, found)) is not None]
    python = {p: t for p in _walk(root, "udfs", found) if p.endswith(".py") and (t := read_text(root, p, found)) is not None}
    dashboards = {p: t for p in _walk(root, DASHBOARDS, found)
                  if p.endswith((".yml", ".yaml")) and (t := read_text(root, p, found)) is not None}
    texts.update({m.path: m.text for m in macros})
    texts.update(python)
    texts.update(dashboards)
    return Tree(tuple(sorted(files, key=lambda f: f.path)), tuple(macros), python, dashboards, texts, tuple(found))


def _stray(root: Path) -> Iterator[Diagnostic]:
    """SQL files in no folder that means anything."""
    known = {folder for folder, _ in FOLDERS}
    try:
        entries = sorted(os.scandir(root / "sql"), key=lambda e: e.name)
    except OSError:
        return
    for entry in entries:
        if entry.name not in known and (entry.is_dir() or entry.name.endswith(".sql")) and not entry.name.startswith("."):
            yield warning("FS010", f"sql/{entry.name} is not read", Span(f"sql/{entry.name}", 0, 0),
                          "SQL files stand below sql/sources, sql/transforms or sql/sinks")


def _walk(root: Path, folder: str, found: list[Diagnostic]) -> list[str]:
    """Relative paths of all files below a folder, sorted; hidden ones left out, a link that leads back is a diagnostic."""
    paths: list[str] = []
    seen: set[str] = set()

    def enter(relative: str) -> None:
        full = root / relative
        try:
            real = os.path.realpath(full)
            entries = sorted(os.scandir(full), key=lambda e: e.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as failed:
            found.append(error("FS001", f"{relative} can't be read: {(failed.strerror or '').lower()}", Span(relative, 0, 0)))
            return
        if real in seen:
            found.append(error("FS001", f"{relative} is a link that leads in a circle", Span(relative, 0, 0), "remove the link"))
            return
        seen.add(real)
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            child = f"{relative}/{entry.name}"
            if entry.is_dir():
                enter(child)
            else:
                paths.append(child)

    enter(folder)
    return paths


def read_text(root: Path, path: str, found: list[Diagnostic]) -> str | None:
    r"""A file as text with ``\n`` as line ends (UTF-8, a byte order mark is dropped), or None and a diagnostic FS001."""
    place = Span(path, 0, 0)
    try:
        with open(f"{root}/{path}", "rb") as file:
            data = file.read(_USUAL)
            if len(data) == _USUAL:
                data += file.read(MAX_BYTES + 1 - _USUAL)
    except OSError as failed:
        found.append(error("FS001", f"{path} can't be read: {(failed.strerror or str(failed)).lower()}", place))
        return None
    if len(data) > MAX_BYTES:
        found.append(error("FS001", f"{path} is larger than {MAX_BYTES // 1_000_000} MB", place, "split it"))
        return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        found.append(error("FS001", f"{path} is not UTF-8 (it looks like UTF-16)", place, "save it as UTF-8"))
        return None
    if b"\0" in data:
        found.append(error("FS001", f"{path} holds binary data", place, "only text files belong here"))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        line = data.count(b"\n", 0, failed.start) + 1
        message = f"{path} is not UTF-8: byte {data[failed.start]:#04x} in line {line}"
        found.append(error("FS001", message, place, "save it as UTF-8"))
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")
