"""The rooms of the package and the arrows between them: no import against the table, no circle."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "flinksql_runner"

# room -> rooms that it may import (itself always; diagnostics: everyone but the rooms that know nothing of ours)
ROOMS: dict[str, set[str]] = {
    "diagnostics": set(),
    "dialect": set(),
    "builtin": {"dialect"},
    "flink": {"diagnostics"},
    "udf": set(),
    "project": {"diagnostics"},
    "templating": {"diagnostics", "project"},
    "collect": {"diagnostics"},
    "simulate": {"diagnostics", "project", "collect"},
    "deps": {"diagnostics", "project"},
    "services": {"diagnostics", "project", "deps", "flink"},
    "syntax": {"diagnostics", "project", "templating", "dialect"},
    "cache": {"diagnostics", "project", "templating", "syntax", "functions", "lint"},
    "format": {"diagnostics", "project", "templating", "dialect", "syntax"},
    "graph": {"diagnostics", "project", "templating", "syntax"},
    "functions": {"diagnostics", "project"},
    "analyse": {"builtin", "diagnostics", "dialect", "project", "templating", "syntax", "graph", "functions"},
    "options": {"diagnostics", "project", "syntax", "graph"},
    "compiler": {"analyse", "diagnostics", "project", "templating", "syntax", "graph", "functions"},
    "lint": {
        "diagnostics", "dialect", "project", "templating", "syntax", "graph", "functions", "options", "compiler", "analyse",
    },
    "tables": {"diagnostics", "project", "syntax", "graph", "compiler"},
    "boards": {"diagnostics", "project", "templating", "syntax", "graph", "options", "tables"},
    "planner": {"diagnostics", "dialect", "project", "templating", "syntax", "graph", "functions", "compiler", "flink"},
    "engines": {"diagnostics", "project", "deps", "services", "functions", "compiler", "planner", "flink"},
    "pipeline": {
        "analyse", "diagnostics", "project", "templating", "deps", "syntax", "graph", "functions", "options", "compiler",
        "planner",
    },
    "linting": {"analyse", "cache", "diagnostics", "lint", "pipeline", "project", "workers"},
    "workers": {"cache", "functions", "lint", "pipeline", "project", "syntax"},
    "workspace": {
        "diagnostics", "project", "deps", "services", "graph", "compiler", "functions", "flink", "engines", "pipeline", "state",
        "deploy",
    },
    "testing": {
        "analyse", "diagnostics", "dialect", "project", "templating", "syntax", "graph", "functions", "compiler", "planner",
        "flink",
    },
    "building": {"diagnostics", "graph", "pipeline", "testing"},
    "pytest_plugin": {"diagnostics", "project", "services", "graph", "pipeline", "testing", "workspace"},
    "state": {"diagnostics", "project", "engines"},
    "deploy": {"diagnostics", "dialect", "project", "compiler", "graph", "syntax", "planner", "engines", "state", "tables"},
    "demo": {
        "diagnostics", "project", "simulate", "deps", "services", "graph", "compiler", "functions", "tables", "planner",
        "engines", "state", "deploy", "pipeline", "workspace",
    },
    "dashboard": {"diagnostics", "project", "boards", "deps", "tables"},
}
TOP = {"cli"}  # may import all; nothing imports it


def _room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "flinksql_runner" else None


def _imports() -> dict[str, set[str]]:
    """Module -> modules of ours that it imports, imports inside functions included."""
    modules = {".".join(("flinksql_runner", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): p
               for p in PACKAGE.rglob("*.py") if "starter" not in p.parts}  # the starter project's files are data
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        names: set[str] = set()
        for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(item, ast.ImportFrom):
                assert not item.level, f"{path.name}: relative import; write the whole name"
                if (item.module or "").startswith("flinksql_runner"):
                    names |= {item.module or ""} | {f"{item.module}.{a.name}" for a in item.names}
            elif isinstance(item, ast.Import):
                names |= {a.name for a in item.names if a.name.startswith("flinksql_runner")}
        found[name] = {n for n in names if n in modules and n != name}
    return found


def test_every_arrow_is_in_the_table() -> None:
    wrong = []
    for module, targets in sorted(_imports().items()):
        room = _room(module)
        if room is None or room in TOP or room == "__main__":
            continue
        assert room in ROOMS, f"the room {room} is not in the table of docs/architecture.md and of this test"
        for target in sorted(targets):
            other = _room(target)
            if other is not None and other != room and other not in ROOMS[room]:
                wrong.append(f"{module} imports {target}: {room} may not import {other}")
    assert not wrong, "\n".join(wrong)


def test_no_import_circle() -> None:
    graph = _imports()

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        front = list(graph[start])
        while front:
            item = front.pop()
            if item not in seen:
                seen.add(item)
                front.extend(graph[item])
        return seen

    circles = sorted(m for m in graph if m in reach(m))
    assert not circles, f"modules that import each other in a circle: {circles}"


def test_functions_are_short() -> None:
    long = [f"{path.name}: {item.name}" for path in PACKAGE.rglob("*.py") if "starter" not in path.parts
            for item in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(item, ast.FunctionDef) and (item.end_lineno or 0) - item.lineno >= 60]
    assert not long, f"above 60 lines: {long}"
