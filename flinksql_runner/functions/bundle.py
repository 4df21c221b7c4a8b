"""The folder that Flink's workers get on their path: the project's functions, models and what wraps them for Flink.

A bundle is named by the hash of its content, so the same functions give the same folder, and an older release keeps its own::

    <hash>/flinksql_functions.py     generated: each function under pyflink's wrapper
           flinksql_runner/udf.py    the decorator, so that the functions import here as they do in the checkout
           udfs/  models/            as they stand in the project
           assets/                   those that the job's functions may open, or where they lie
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from flinksql_runner.diagnostics import Failure
from flinksql_runner.functions.opened import LINK
from flinksql_runner.functions.values import GENERATED_MODULE, Functions
from flinksql_runner.functions.wrapper import wrapper_source
from flinksql_runner.project.values import Project

_SKIPPED = {"__pycache__", ".ipynb_checkpoints"}
_BLOCK = 1 << 20


def bundle(
    project: Project, functions: Functions, folder: Path, assets: Mapping[str, Path] | None = None, *, linked: bool = False,
) -> Path:
    """Writes the bundle below ``folder`` (``.flinksql/bundles``) unless it is there; returns its folder, for ``python.files``.

    :param assets: locked data files by name, which ``asset_path(name)`` finds.
    :param linked: the workers run on this machine: the bundle says where the assets lie in place of holding them, since Flink
        packs and unpacks all of it for each task.
    :raises Failure: where the disk can't be read or written.
    """
    try:
        texts = dict(_texts(project, functions))
        held = {} if linked else assets or {}
        texts.update({f"assets/{n}{LINK}": str(p.absolute()) for n, p in (assets or {}).items() if n not in held})
        data = dict(sorted({**dict(_data(project.root)), **{f"assets/{n}": p for n, p in held.items()}}.items()))
        place = folder / _hash(texts, data)
        if not place.is_dir():
            _write(place, texts, data)
        return place
    except OSError as problem:
        raise Failure(f"the functions can't be bundled: {problem.strerror or problem} ({problem.filename or folder})") from None


def zip_bundle(place: Path, archive: Path) -> Path:
    """The same bundle as one zip with fixed times and order, so that equal content gives equal bytes."""
    beside = archive.with_name(archive.name + ".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(p for p in place.rglob("*") if p.is_file() and not _SKIPPED & set(p.parts)):
            info = zipfile.ZipInfo(path.relative_to(place).as_posix(), (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            target.writestr(info, path.read_bytes())
    beside.replace(archive)
    return archive


def _texts(project: Project, functions: Functions) -> Iterator[tuple[str, str]]:
    """Files that are made or already read: path in the bundle -> text."""
    yield f"{GENERATED_MODULE}.py", wrapper_source(functions)
    yield "flinksql_runner/__init__.py", ""
    yield "flinksql_runner/udf.py", files("flinksql_runner").joinpath("udf.py").read_text(encoding="utf-8")
    folders = {"udfs"}
    for path, text in project.python_files.items():
        if path.startswith("udfs/"):
            yield path, text
            folders |= {parent.as_posix() for parent in Path(path).parents if parent.as_posix() != "."}
    for package in folders:
        if f"{package}/__init__.py" not in project.python_files:
            yield f"{package}/__init__.py", ""


def _data(root: Path) -> Iterator[tuple[str, Path]]:
    """Files that functions open: all of ``models/``, and of ``udfs/`` what is no Python."""
    for top in ("models", "udfs"):
        for path in sorted((root / top).rglob("*")):
            parts = path.relative_to(root).parts
            hidden = any(p.startswith(".") or p in _SKIPPED for p in parts)
            if path.is_file() and not hidden and not (top == "udfs" and path.suffix == ".py"):
                yield "/".join(parts), path


def _hash(texts: Mapping[str, str], data: Mapping[str, Path]) -> str:
    whole = hashlib.sha256()
    for name in sorted({*texts, *data}):
        one = hashlib.sha256()
        if name in texts:
            one.update(texts[name].encode())
        else:
            with data[name].open("rb") as content:
                while block := content.read(_BLOCK):
                    one.update(block)
        whole.update(f"{name}\0{one.hexdigest()}\n".encode())
    return whole.hexdigest()[:32]


def _write(place: Path, texts: Mapping[str, str], data: Mapping[str, Path]) -> None:
    """Writes beside and renames, so that a bundle is whole or not there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".part-", dir=place.parent))
    try:
        for name, text in texts.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_text(text, encoding="utf-8", newline="")
        for name, path in data.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(path, beside / name, link=name.startswith("assets/"))
        beside.chmod(0o755)
        try:
            beside.rename(place)
        except OSError:  # another command was first
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _link_or_copy(source: Path, target: Path, *, link: bool) -> None:
    """Large assets of the cache never change in place, so a hard link saves the copy where the disk allows it."""
    if link:
        try:
            os.link(source.resolve(), target)
            return
        except OSError:
            pass
    shutil.copyfile(source, target)
