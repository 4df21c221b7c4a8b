"""Reads the functions under ``@udf`` from the sources in ``udfs/``: their SQL names, arguments and results.

The sources are parsed, never imported, so that lint and compile need neither Flink nor the functions' packages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Related, Span, did_you_mean, error
from flinksql_runner.functions.hints import Hint, HintProblem, ModuleNames, names_of, read_hint
from flinksql_runner.functions.types import SqlType
from flinksql_runner.functions.values import Function, Functions, Parameter
from flinksql_runner.project.values import Project

FOLDER = "udfs/"
_DECORATOR = "flinksql_runner.udf.udf"
_KEYWORDS = ("vectorised", "takes", "returns", "deterministic", "name")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Source:
    """One module of udfs/ with what is needed to give places in it."""

    path: str
    module: str
    index: LineIndex
    names: ModuleNames

    def span(self, item: ast.AST) -> Span:
        line, column = getattr(item, "lineno", 1), getattr(item, "col_offset", 0)
        end_line, end_column = getattr(item, "end_lineno", line), getattr(item, "end_col_offset", column)
        return Span(self.path, self._offset(line, column), self._offset(end_line, end_column))

    def name_span(self, item: _Definition) -> Span:
        """The place of the function's name in its ``def`` line."""
        start = self._offset(item.lineno, item.col_offset)
        found = re.compile(rf"def\s+{item.name}\b").search(self.index.text, start)
        return Span(self.path, found.end() - len(item.name), found.end()) if found else Span(self.path, start, start)

    def _offset(self, line: int, column: int) -> int:
        text = self.index.line(line)  # ast counts columns in bytes of UTF-8
        return self.index.offset(line, len(text.encode()[:column].decode(errors="ignore")) + 1)


@dataclass(frozen=True, slots=True)
class _Options:
    """The decorator's arguments as they stand in the source."""

    vectorised: bool = False
    takes: ast.expr | None = None
    returns: ast.expr | None = None
    deterministic: bool = True
    name: str | None = None
    name_place: ast.AST | None = None


def read_functions(project: Project) -> Functions:
    """All functions of the project's ``udfs/`` and what is wrong with them; a broken file does not hide the others."""
    found: dict[str, Function] = {}
    diagnostics: list[Diagnostic] = []
    for path, text in sorted(project.python_files.items()):
        if not (path.startswith(FOLDER) and path.endswith(".py")):
            continue
        for item in _read_file(path, text):
            if isinstance(item, Diagnostic):
                diagnostics.append(item)
            elif item.name.lower() in found:
                first = found[item.name.lower()]
                diagnostics.append(error(
                    "FS405", f"the function `{item.name}` is declared twice", item.span,
                    "rename one of them, or give it another name in SQL: @udf(name=\"...\")",
                    related=(Related(first.span, f"the first `{first.name}`; SQL does not tell upper from lower case"),)))
            else:
                found[item.name.lower()] = item
    return Functions(dict(sorted(found.items())), tuple(diagnostics))


def _read_file(path: str, text: str) -> Iterator[Function | Diagnostic]:
    index = LineIndex(text)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as problem:
        line, column = getattr(problem, "lineno", None) or 1, getattr(problem, "offset", None) or 1
        at = index.offset(line, column)
        yield error("FS400", f"Python can't read this file: {getattr(problem, 'msg', problem)}", Span(path, at, at + 1))
        return
    parts = path.removeprefix(FOLDER).removesuffix(".py").split("/")
    module = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
    source = _Source(path, module, index, names_of(tree))
    top = {id(item) for item in tree.body}
    for item in ast.walk(tree):
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marks = [d for d in item.decorator_list if _is_mark(d, source.names)]
            if marks:
                yield from _read_function(item, marks[0], source, id(item) in top)


def _is_mark(item: ast.expr, names: ModuleNames) -> bool:
    return names.dotted(item.func if isinstance(item, ast.Call) else item) == _DECORATOR


def _read_function(item: _Definition, mark: ast.expr, source: _Source, is_top: bool) -> Iterator[Function | Diagnostic]:
    problems = list(_form_problems(item, mark, source, is_top))
    try:
        options = _options(mark)
        name = options.name or item.name
        place = options.name_place
        if place is not None and not (name.isidentifier() and name.isascii()):
            raise HintProblem("FS406", f"`{name}` can't be a function's name in SQL", place, "use letters, digits and _")
    except HintProblem as problem:
        yield from (*problems, _diagnostic(problem, source))
        return
    parameters, found = _parameters(item, options, source)
    problems += found
    returns, kind = "", "vectorised" if options.vectorised else "scalar"
    try:
        hint = _result(item, options, source)
        assert hint.type is not None
        returns = hint.type.sql
        kind = "table" if hint.shape == "iterator" else kind
    except HintProblem as problem:
        problems.append(_diagnostic(problem, source))
    if problems:
        yield from problems
        return
    span = source.span(options.name_place) if options.name_place is not None else source.name_span(item)
    yield Function(name, source.module, item.name, kind, parameters, returns, options.deterministic, span)  # type: ignore[arg-type]


def _diagnostic(problem: HintProblem, source: _Source) -> Diagnostic:
    return error(problem.code, problem.message, source.span(problem.place), problem.help)


def _form_problems(item: _Definition, mark: ast.expr, source: _Source, is_top: bool) -> Iterator[Diagnostic]:
    here = source.name_span(item)
    if isinstance(item, ast.AsyncFunctionDef):
        yield error("FS404", f"`{item.name}` is an async function, which SQL can't call", here,
                    "make it a plain function; batch slow calls in a vectorised one")
    if not is_top:
        yield error("FS404", f"`{item.name}` does not stand at the top of its module", here,
                    "move it out of the class, function or `if` around it")
    if item.decorator_list[0] is not mark:
        yield error("FS404", f"`{item.name}` has another decorator over @udf", source.span(item.decorator_list[0]),
                    "put @udf first")
    if not all(p.isidentifier() for p in source.module.split(".")):
        yield error("FS404", f"`{source.path}` can't be imported: its name is no Python module's", here,
                    "use letters, digits and _ in the file's name")
    spec = item.args
    for extra, sign in ((spec.vararg, "*"), (spec.kwarg, "**")):
        if extra is not None:
            yield error("FS403", f"`{sign}{extra.arg}`: a function of SQL has a fixed number of arguments", source.span(extra),
                        "write each argument, or take one list[T]")
    for extra in spec.kwonlyargs:
        yield error("FS403", f"`{extra.arg}` is keyword-only; SQL gives arguments by position", source.span(extra),
                    "move it before the `*`")
    for default in spec.defaults:
        yield error("FS403", "SQL does not know defaults of arguments", source.span(default),
                    "leave the default away, or declare a second function")


def _options(mark: ast.expr) -> _Options:
    """The decorator's arguments; raises HintProblem where one is unknown or is not written out."""
    found = _Options()
    if not isinstance(mark, ast.Call):
        return found
    if mark.args:
        raise HintProblem("FS406", "@udf takes named arguments only", mark.args[0], f"name it: {', '.join(_KEYWORDS)}")
    for keyword in mark.keywords:
        value = keyword.value
        if keyword.arg not in _KEYWORDS:
            raise HintProblem("FS406", f"@udf has no argument `{keyword.arg or '**'}`", keyword,
                              did_you_mean(keyword.arg or "", _KEYWORDS) or f"it knows {', '.join(_KEYWORDS)}")
        wanted = str if keyword.arg == "name" else bool if keyword.arg in ("vectorised", "deterministic") else None
        if wanted is None:
            found = replace(found, takes=value) if keyword.arg == "takes" else replace(found, returns=value)
            continue
        if not (isinstance(value, ast.Constant) and isinstance(value.value, wanted)):
            form = "a text" if wanted is str else "True or False"
            raise HintProblem("FS406", f"`{keyword.arg}` must be written out as {form}", value,
                              "the file is read without running it")
        if keyword.arg == "name":
            found = replace(found, name=str(value.value), name_place=value)
        elif keyword.arg == "vectorised":
            found = replace(found, vectorised=bool(value.value))
        else:
            found = replace(found, deterministic=bool(value.value))
    return found


def _parameters(item: _Definition, options: _Options, source: _Source) -> tuple[tuple[Parameter, ...], list[Diagnostic]]:
    arguments = [*item.args.posonlyargs, *item.args.args]
    takes: list[ast.expr] | None = None
    if isinstance(options.takes, (ast.List, ast.Tuple)):
        takes = list(options.takes.elts)
    elif options.takes is not None and not (isinstance(options.takes, ast.Constant) and options.takes.value is None):
        takes = [options.takes] * max(1, len(arguments))
    if takes is not None and len(takes) != len(arguments):
        assert options.takes is not None
        return (), [error("FS406", f"`takes` has {len(takes)} types for {len(arguments)} arguments", source.span(options.takes))]
    found: list[Parameter] = []
    problems: list[Diagnostic] = []
    for i, argument in enumerate(arguments):
        try:
            hint = _argument(argument, takes[i] if takes else None, options, source)
            assert hint.type is not None
            found.append(Parameter(argument.arg, hint.type.sql, hint.optional))
        except HintProblem as problem:
            problems.append(_diagnostic(problem, source))
    return tuple(found), problems


def _argument(argument: ast.arg, takes: ast.expr | None, options: _Options, source: _Source) -> Hint:
    hint = read_hint(takes, source.names, text_is_type=True) if takes is not None else None
    if argument.annotation is None and hint is None:
        raise HintProblem("FS401", f"the argument `{argument.arg}` has no type hint", argument,
                          f"write `{argument.arg}: {'pd.Series[float]' if options.vectorised else 'float'}`, or what it is")
    if hint is None:
        assert argument.annotation is not None
        hint = read_hint(argument.annotation, source.names)
        _fits(hint, argument.annotation, options)
    elif argument.annotation is not None and not options.vectorised:
        own = _try(argument.annotation, source.names)
        hint = replace(hint, optional=own.optional if own else hint.optional)
    if hint.type is None:
        assert argument.annotation is not None
        raise HintProblem("FS407", f"the hint of `{argument.arg}` does not say what the Series holds", argument.annotation,
                          "write `pd.Series[float]`, or give `@udf(vectorised=True, takes=[float, ...])`")
    return hint


def _result(item: _Definition, options: _Options, source: _Source) -> Hint:
    own = None
    if options.returns is not None:
        hint = read_hint(options.returns, source.names, text_is_type=True)
        own = _try(item.returns, source.names) if item.returns is not None else None
        return replace(hint, shape="iterator") if own is not None and own.shape == "iterator" else hint
    if item.returns is None:
        raise HintProblem("FS401", f"`{item.name}` has no type hint for its result", _name_place(item, source),
                          "write `-> float`, or what it gives")
    hint = read_hint(item.returns, source.names)
    _fits(hint, item.returns, options)
    if hint.type is None:
        what = "write `@udf(vectorised=True, returns=\"ROW<score DOUBLE, fault STRING>\")`" if hint.shape == "frame" \
            else "write `-> pd.Series[float]`, or give `@udf(vectorised=True, returns=float)`"
        raise HintProblem("FS407", f"the hint does not say what the {'DataFrame' if hint.shape == 'frame' else 'Series'} holds",
                          item.returns, what)
    return hint


def _try(item: ast.expr, names: ModuleNames) -> Hint | None:
    try:
        return read_hint(item, names)
    except HintProblem:
        return None


def _fits(hint: Hint, place: ast.expr, options: _Options) -> None:
    """Raises HintProblem where a plain function speaks of a Series, or a vectorised one of single values."""
    if options.vectorised and hint.shape not in ("series", "frame"):
        raise HintProblem("FS407", "a vectorised function takes and gives pandas.Series", place,
                          f"write `pd.Series[{ast.unparse(place)}]`")
    if not options.vectorised and hint.shape in ("series", "frame"):
        raise HintProblem("FS407", "a function of single values can't take or give a Series", place,
                          "write @udf(vectorised=True)")
    if hint.shape == "frame" and isinstance(hint.type, SqlType) and hint.type.name != "ROW":
        raise HintProblem("FS407", "a DataFrame is a ROW", place, "name a NamedTuple, or use pd.Series[...]")


def _name_place(item: _Definition, source: _Source) -> ast.AST:
    """A stand-in whose place is the function's name."""
    span = source.name_span(item)
    position = source.index.position(span.start)
    column = len(source.index.line(position.line)[:position.column - 1].encode())
    place = ast.Pass()
    place.lineno = place.end_lineno = position.line
    place.col_offset, place.end_col_offset = column, column + len(item.name.encode())
    return place
