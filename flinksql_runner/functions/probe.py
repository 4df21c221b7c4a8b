"""Runs inside the clean process of ``verify``: imports each module of a bundle and tells what went wrong, as JSON.

Standard library only, and called as a script: ``python -I probe.py BUNDLE MODULE...``; one line of JSON is printed per
module as soon as it is done, so that a crash of the process still leaves what came before it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback


def main() -> None:
    """Imports the modules named on the command line, the bundle first on the path."""
    bundle, modules = sys.argv[1], sys.argv[2:]
    sys.path.insert(0, bundle)
    sys.dont_write_bytecode = True
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the user's modules print belongs to standard error
    for module in modules:
        answer.write(json.dumps({"begin": module}) + "\n")
        answer.flush()
        problem = attempt(module, bundle)
        answer.write(json.dumps({"module": module, "problem": problem}) + "\n")
        answer.flush()
        if problem:
            for loaded in [m for m in sys.modules if m.split(".")[0] in ("udfs", "flinksql_functions")]:
                del sys.modules[loaded]
    answer.flush()
    os._exit(0)  # threads that a module started must not hold us


def attempt(module: str, bundle: str) -> dict[str, object] | None:
    """What the import of one module raised: type, message, missing package, and the deepest place inside the bundle."""
    try:
        importlib.import_module(module)
    except BaseException as problem:
        place, line = "", 0
        for frame in traceback.extract_tb(problem.__traceback__):
            if os.path.abspath(frame.filename).startswith(os.path.join(bundle, "udfs", "")):
                place, line = os.path.relpath(frame.filename, bundle), frame.lineno or 0
        if isinstance(problem, SyntaxError) and str(problem.filename or "").startswith(bundle):
            place, line = os.path.relpath(str(problem.filename), bundle), problem.lineno or 1
        return {
            "type": type(problem).__name__, "message": str(problem), "file": place.replace(os.sep, "/"), "line": line,
            "missing": getattr(problem, "name", None) if isinstance(problem, ImportError) else None,
            "is_missing_module": isinstance(problem, ModuleNotFoundError),
        }
    return None


if __name__ == "__main__":
    main()
