"""Imports a bundle in a clean process, as Flink's worker will, before any job is started with it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import as_file, files
from pathlib import Path

from flinksql_runner.diagnostics import Diagnostic, Failure, LineIndex, Span, error
from flinksql_runner.functions.opened import missing_files
from flinksql_runner.functions.values import GENERATED_MODULE, Function, Functions

SECONDS = 60.0
_SHOWN = 400  # characters of the user's exception


def verify(
    bundle_path: Path, functions: Functions, python: Path, seconds: float = SECONDS, locked: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """What goes wrong when the bundle is imported by ``python``, with nothing but the bundle on its path beside its packages.

    A bundle that imported well with the same Python and the same packages is not tried again.

    :param seconds: the time limit for all imports together.
    :param locked: names of assets that are to be had, even where this bundle has no use for them.
    :raises Failure: where that Python can't be started.
    """
    if not functions.by_name:
        return ()
    if is_verified(bundle_path, python):
        return ()
    seal, mark = _seal(bundle_path), _fingerprint(python)
    modules = sorted({f"udfs.{f.module}" for f in functions.by_name.values()})
    answers, ended, log = _probe(bundle_path, [*modules, GENERATED_MODULE], python, seconds)
    first = {f"udfs.{f.module}": f for f in reversed(list(functions.by_name.values()))}
    missing = tuple(missing_files(bundle_path, locked))
    told = {d.span.file for d in missing if d.span}
    found = missing + tuple(d for d in _findings(answers, modules, ended, log, bundle_path, first)
                            if not (d.code == "FS411" and "a file is missing" in d.message and d.span and d.span.file in told))
    if not found:
        beside = seal.with_name(seal.name + ".part")
        beside.write_text(mark, encoding="utf-8")
        beside.replace(seal)
    return found


def is_verified(bundle_path: Path, python: Path) -> bool:
    """Whether this bundle has imported well with this Python and the packages that it has now."""
    return _read(_seal(bundle_path)) == _fingerprint(python)


def _seal(bundle_path: Path) -> Path:
    return bundle_path.with_name(bundle_path.name + ".verified")


def _fingerprint(python: Path) -> str:
    """Changes when another Python is used or a package is installed in it or removed."""
    folders = [*python.parent.parent.glob("lib/python3*/site-packages"), python]
    return "\n".join(f"{f} {f.stat().st_mtime_ns}" for f in folders if f.exists())


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _probe(
    bundle_path: Path, modules: list[str], python: Path, seconds: float,
) -> tuple[Mapping[str, object], str, str]:
    """Module -> its problem or None; how the process ended; what it wrote to standard error."""
    with as_file(files("flinksql_runner.functions").joinpath("probe.py")) as script, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as log:
        command = [str(python), "-I", str(script), str(bundle_path.resolve()), *modules]
        ended = ""
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, timeout=seconds,
                                  cwd=bundle_path, check=False)
            ended = f"it ended with code {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            ended = f"it took more than {seconds:g} s"
        except OSError as problem:
            raise Failure(f"the Python for functions can't be started: {python}: {problem.strerror}") from None
        out.seek(0)
        log.seek(0)
        answers: dict[str, object] = {}
        for line in out.read().decode(errors="replace").splitlines():
            try:
                item = json.loads(line)
            except ValueError:  # cut off in the middle
                continue
            if "module" in item:
                answers[item["module"]] = item["problem"]
        return answers, ended, log.read().decode(errors="replace")


def _findings(
    answers: Mapping[str, object], modules: list[str], ended: str, log: str, bundle_path: Path, first: Mapping[str, Function],
) -> Iterator[Diagnostic]:
    bad = False
    seen: set[tuple[object, object, object]] = set()
    for module in modules:
        problem = answers.get(module)
        if module not in answers:
            bad = True
            tail = next(iter(log.strip().splitlines()[-1:]), "")[:_SHOWN]
            yield error("FS412", f"importing `{module}` did not end well: {ended or 'its process ended'}", first[module].span,
                        "keep work at import short: load models at the first call" if "more than" in ended else tail or None)
            return
        if isinstance(problem, dict):
            bad = True
            key = (problem["file"], problem["line"], problem["message"])
            if key not in seen:
                seen.add(key)
                yield _finding(problem, module, bundle_path, first[module])
    if bad:
        return
    problem = answers.get(GENERATED_MODULE)
    if isinstance(problem, dict):
        if problem["is_missing_module"] and str(problem["missing"]).split(".")[0] == "pyflink":
            raise Failure("PyFlink is missing in the Python that runs the functions: pip install 'flinksql-runner[engine]'")
        span = next(iter(first.values())).span
        yield error("FS413", f"Flink refuses the functions: {str(problem['message'])[:_SHOWN]}", span)
    elif GENERATED_MODULE not in answers:
        yield error("FS412", f"wrapping the functions for Flink did not end well: {ended}", next(iter(first.values())).span)


def _finding(problem: Mapping[str, object], module: str, bundle_path: Path, function: Function) -> Diagnostic:
    """The problem at the line of the user's file that raised it; at the function where no such line is known."""
    span = _line_span(bundle_path, str(problem["file"]), int(str(problem["line"]))) or function.span
    message = str(problem["message"])[:_SHOWN].replace(str(bundle_path.resolve()) + "/", "")
    if problem["is_missing_module"]:
        name = str(problem["missing"] or "")
        top = name.split(".")[0]
        return error("FS410", f"the package `{top}` is missing, so `{module}` can't be imported", span,
                     f"install it into the Python that runs the job: pip install {top}"
                     if top != "udfs" else "import modules of this project by their path below udfs/")
    if problem["type"] == "FileNotFoundError":
        return error("FS411", f"a file is missing that `{module}` opens when it is imported: {message}", span,
                     "put models into models/ and open them with model_path(name)")
    if problem["type"] in ("SyntaxError", "IndentationError", "TabError"):
        return error("FS400", f"Python can't read this file: {message}", span)
    return error("FS411", f"importing `{module}` raises {problem['type']}" + (f": {message}" if message else ""), span)


def _line_span(bundle_path: Path, file: str, line: int) -> Span | None:
    text = _read(bundle_path / file) if file.startswith("udfs/") else None
    if text is None:
        return None
    index = LineIndex(text)
    written = index.line(line)
    start = index.offset(line, len(written) - len(written.lstrip()) + 1)
    return Span(file, start, index.offset(line, len(written.rstrip()) + 1))
