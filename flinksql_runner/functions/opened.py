"""Files that functions open by name: ``model_path("x")`` and ``asset_path("x")``, found in the source before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Span, did_you_mean, error
from flinksql_runner.functions.hints import ModuleNames, names_of

LINK = ".path"
"""The end of the name of a file that holds the place of an asset in place of the asset: see ``flinksql_runner.udf``."""
_ASSET = "flinksql_runner.udf.asset_path"
_FOLDERS = {"flinksql_runner.udf.model_path": ("models",), _ASSET: ("assets", "udfs/assets")}


def assets_of(files: Mapping[str, str], modules: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The assets that these modules of ``udfs/`` and those that they import may open, of the ``known`` ones.

    A module that does not write the name out, or does something with ``asset_path`` other than calling it, may open each of them.

    :param files: path -> text of all Python files below ``udfs/``.
    :param modules: dotted, below ``udfs``: ``scoring``, ``geo.lookup``.
    """
    found: set[str] = set()
    left = [path for module in modules for path in _paths(f"udfs.{module}", files)]
    seen: set[str] = set()
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        try:
            tree = ast.parse(files[path])
        except (SyntaxError, ValueError):
            continue  # told elsewhere
        names = names_of(tree)
        written = [str(name.value) for name in _opened(tree, names, _ASSET) if name is not None]
        mentions = sum(isinstance(n, ast.Name | ast.Attribute) and names.dotted(n) == _ASSET for n in ast.walk(tree))
        found.update(written if mentions == len(written) else known)
        left += [p for dotted in _imported(tree, path) for p in _paths(dotted, files)]
    return tuple(sorted(found & set(known)))


def missing_files(bundle_path: Path, locked: Collection[str] = ()) -> Iterator[Diagnostic]:
    """One error for each call with a written-out name that the bundle has no file for, at the name's place.

    :param locked: assets that are to be had, even where this bundle has no use for them.
    """
    for path in sorted((bundle_path / "udfs").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # told elsewhere
        names, index = names_of(tree), LineIndex(text)
        for function, folders in _FOLDERS.items():
            for name in _opened(tree, names, function):
                wanted = "" if name is None else str(name.value)
                if name is None or (function == _ASSET and wanted in locked):
                    continue
                if any((bundle_path / folder / end).is_file() for folder in folders for end in (wanted, wanted + LINK)):
                    continue
                known = [f.relative_to(bundle_path / d).as_posix().removesuffix(LINK)
                         for d in folders for f in sorted((bundle_path / d).rglob("*")) if f.is_file()]
                line = index.line(name.lineno).encode()
                start = index.offset(name.lineno, len(line[:name.col_offset].decode()) + 1)
                length = len(ast.get_source_segment(text, name) or "")
                place = " or ".join(f"{f}/{wanted}" for f in folders)
                span = Span(path.relative_to(bundle_path).as_posix(), start, start + length)
                yield error("FS414", f"there is no file {place}", span,
                            did_you_mean(wanted, [*known, *(locked if function == _ASSET else ())])
                            or "put the file there, or correct its name")


def _opened(tree: ast.Module, names: ModuleNames, function: str) -> Iterator[ast.Constant | None]:
    """The first argument of each call of the function; None where it is not written out."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.args and names.dotted(call.func) == function:
            name = call.args[0]
            yield name if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def _imported(tree: ast.Module, path: str) -> Iterator[str]:
    """Dotted names that a module imports; of ``from a import b`` both ``a`` and ``a.b``."""
    for item in ast.walk(tree):
        if isinstance(item, ast.Import):
            yield from (a.name for a in item.names)
        elif isinstance(item, ast.ImportFrom):
            package = ".".join(PurePosixPath(path).parts[:-item.level]) if item.level else ""
            base = ".".join(filter(None, (package, item.module)))
            yield base
            yield from (f"{base}.{a.name}" for a in item.names)


def _paths(dotted: str, files: Mapping[str, str]) -> Iterator[str]:
    """The files that are run where this module or package is imported: its own, and those of the packages around it."""
    parts = dotted.split(".")
    for count in range(1, len(parts) + 1):
        stem = "/".join(parts[:count])
        yield from (path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in files)
