"""Files that functions open by name: ``model_path("x")`` and ``asset_path("x")``, found in the source before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Span, did_you_mean, error
from flinksql_runner.functions.hints import names_of

_FOLDERS = {"flinksql_runner.udf.model_path": ("models",), "flinksql_runner.udf.asset_path": ("assets", "udfs/assets")}


def missing_files(bundle_path: Path) -> Iterator[Diagnostic]:
    """One error for each call with a written-out name that the bundle has no file for, at the name's place."""
    for path in sorted((bundle_path / "udfs").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # told elsewhere
        names, index = names_of(tree), LineIndex(text)
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args):
            folders, name = _FOLDERS.get(names.dotted(call.func)), call.args[0]
            if not folders or not isinstance(name, ast.Constant) or not isinstance(name.value, str):
                continue
            if any((bundle_path / folder / name.value).is_file() for folder in folders):
                continue
            known = [f.relative_to(bundle_path / d).as_posix() for d in folders for f in sorted((bundle_path / d).rglob("*"))
                     if f.is_file()]
            line = index.line(name.lineno).encode()
            start = index.offset(name.lineno, len(line[:name.col_offset].decode()) + 1)
            length = len(ast.get_source_segment(text, name) or "")
            place = " or ".join(f"{f}/{name.value}" for f in folders)
            span = Span(path.relative_to(bundle_path).as_posix(), start, start + length)
            yield error("FS414", f"there is no file {place}", span,
                        did_you_mean(name.value, known) or "put the file there, or correct its name")
