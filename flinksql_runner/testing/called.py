"""Stubs that are Python functions of their own: they travel in the bundle beside ``udfs/``, under a name of their own."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flinksql_runner.functions.values import Functions
from flinksql_runner.project.tree import read_text
from flinksql_runner.project.values import Project
from flinksql_runner.testing.values import Stub, UnitTest


def with_calls(
    project: Project, functions: Functions, tests: Iterable[UnitTest],
) -> tuple[Project, Functions]:
    """The project and its functions with the functions that stubs of the kind ``call`` name, as far as there are such."""
    files, by_name = dict(project.python_files), dict(functions.by_name)
    for stub in (s for t in tests for s in t.stubs if s.kind == "call"):
        module, _, name = str(stub.value).partition(":")
        function = functions.by_name.get(stub.function.lower())
        path = module.replace(".", "/") + ".py"
        if function is None or called_name(stub) in by_name:
            continue
        text = files.get(path)
        if text is None:
            text = read_text(project.root, path, []) if (project.root / path).is_file() else None
        if text is None or name not in _functions_of(text):
            continue
        inside = _inside(module)
        files[f"udfs/{inside.replace('.', '/')}.py"] = text
        by_name[called_name(stub)] = replace(function, name=called_name(stub), module=inside, attribute=name, span=stub.span)
    return replace(project, python_files=files), replace(functions, by_name=by_name)


def called_name(stub: Stub) -> str:
    """The name under which Flink knows a stub's own function."""
    return f"{stub.function.lower()}__{hashlib.sha256(str(stub.value).encode()).hexdigest()[:8]}"


def renamed(test: UnitTest) -> Mapping[str, str]:
    """Function -> the one that is called in its place."""
    return {s.function.lower(): called_name(s) for s in test.stubs if s.kind == "call"}


def _inside(module: str) -> str:
    """The module's name in the bundle: a file of tests stands beside those of udfs/ there."""
    return module.removeprefix("udfs.") if module.startswith("udfs.") else module.replace(".", "__")


def _functions_of(text: str) -> tuple[str, ...]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ()
    return tuple(n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
