"""Stubs of Python functions: what a test says that they give is written into the query as typed values, so no Python runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlglot import exp

from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error
from flinksql_runner.dialect.positions import place_of, span_of
from flinksql_runner.functions.types import SqlType, parse_type
from flinksql_runner.functions.values import Function, Functions
from flinksql_runner.testing.called import called_name
from flinksql_runner.testing.cells import WrongCell
from flinksql_runner.testing.edits import Change, Inner, put
from flinksql_runner.testing.literals import sql_value
from flinksql_runner.testing.values import Cells, Stub, UnitTest

RESULT = "return"


def mistakes(test: UnitTest, functions: Functions) -> Iterator[Diagnostic]:
    """FS712: a stub of no Python function, or one whose values its signature can't hold."""
    for stub in test.stubs:
        function = functions.by_name.get(stub.function.lower())
        if function is None:
            yield error("FS712", f"there is no Python function `{stub.function}`", stub.span,
                        did_you_mean(stub.function, functions.by_name) or
                        "a stub stands for a function of udfs/; Flink's own ones run as they are")
        elif stub.kind == "call":
            if called_name(stub) not in functions.by_name:
                yield error("FS712", f"there is no function `{stub.value}` in this project", stub.span,
                            "write `call: 'tests.stubs:name'` for `def name(...)` in tests/stubs.py")
        elif stub.kind == "return":
            yield from _wrong_result(stub.value, function, stub.span)
        elif stub.kind == "rows":
            for row, span in stub.rows:
                yield from _wrong_row(row, function, span)


def _wrong_row(row: Cells, function: Function, span: Span) -> Iterator[Diagnostic]:
    parameters = {p.name: parse_type(p.type) for p in function.parameters}
    for name in row:
        if name != RESULT and name not in parameters:
            known = ", ".join(f"`{n}`" for n in parameters) or "no argument"
            yield error("FS712", f"`{function.name}` has no argument `{name}`", span,
                        did_you_mean(name, parameters) or f"it takes {known}")
        elif name != RESULT:
            yield from _wrong_value(f"argument `{name}` of `{function.name}`", row[name], parameters[name], span)
    yield from _wrong_result(row[RESULT], function, span)


def _wrong_result(value: object, function: Function, span: Span) -> Iterator[Diagnostic]:
    type_ = parse_type(function.returns)
    if function.kind != "table":
        yield from _wrong_value(f"`{function.name}`", value, type_, span)
    elif not isinstance(value, list):
        yield error("FS712", f"`{function.name}` gives rows, so its stub gives a list", span, "return: []")
    else:
        for item in value:
            yield from _wrong_value(f"a row of `{function.name}`", item, type_, span)


def _wrong_value(what: str, value: object, type_: SqlType, span: Span) -> Iterator[Diagnostic]:
    try:
        sql_value(value, type_)
    except WrongCell as problem:
        yield error("FS712", f"{what}: {problem}", span, f"its type is {type_.sql}")


def stubbed(tree: exp.Expr, stubs: Mapping[str, Stub], functions: Functions, zone: str) -> Iterator[Change]:
    """The changes that put stubs in the place of calls.

    :param stubs: by the function's name in lower case; those of the kind ``call`` are other functions and no part of this.
    """
    for node in tree.walk():
        if not isinstance(node, exp.Anonymous) or (stub := stubs.get(node.name.lower())) is None or stub.kind == "call":
            continue
        function = functions.by_name[node.name.lower()]
        target: exp.Expr = node
        while function.kind == "table" and isinstance(target.parent, exp.Anonymous) and target.parent.name.upper() == "TABLE":
            target = target.parent
        place, arguments = place_of(target), [span_of(a) for a in node.expressions]
        if place is None or None in arguments:
            continue
        around = place_of(target.parent) if isinstance(target.parent, exp.Lateral) else None
        yield Change(around.start if around else place.start, place.end,
                     _maker(stub, function, [a for a in arguments if a is not None], zone))


def renamed(tree: exp.Expr, names: Mapping[str, str]) -> Iterator[Change]:
    """The changes that call other functions in place of these (names in lower case)."""
    for node in tree.find_all(exp.Anonymous):
        place = place_of(node)
        if place is not None and place.keyword is not None and node.name.lower() in names:
            yield put(*place.keyword, names[node.name.lower()])


def _maker(stub: Stub, function: Function, spans: Sequence[tuple[int, int]], zone: str) -> Callable[[Inner], str]:
    return lambda inner: call_text(stub, function, [inner(*span) for span in spans], zone)


def call_text(stub: Stub, function: Function, arguments: Sequence[str], zone: str) -> str:
    """What stands for one call, given the text of its arguments.

    As with the function itself, NULL in an argument that its type hint does not allow it in gives NULL without a call.
    """
    type_ = parse_type(function.returns)
    if function.kind == "table":
        type_ = SqlType("ARRAY", children=(_row_type(function),))
    nullable = type_.sql.removesuffix(" NOT NULL")
    named = dict(zip((p.name for p in function.parameters), arguments, strict=False))
    cases = [f"WHEN {named[p.name]} IS NULL THEN CAST(NULL AS {nullable})" for p in function.parameters
             if not p.nullable and p.name in named and function.kind != "vectorised"]
    rest = f"CAST(NULL AS {nullable})"
    if stub.kind == "return":
        rest = sql_value(_result(stub.value, function), type_, zone)
    else:
        types = {p.name: parse_type(p.type) for p in function.parameters}
        for row, _ in stub.rows:
            same = " AND ".join(f"({named[n]}) IS NOT DISTINCT FROM {sql_value(row[n], types[n], zone)}"
                                for n in named if n in row) or "TRUE"
            cases.append(f"WHEN {same} THEN {sql_value(_result(row[RESULT], function), type_, zone)}")
    text = f"(CASE {' '.join(cases)} ELSE {rest} END)" if cases else f"({rest})"
    return f"UNNEST{text}" if function.kind == "table" else text


def _row_type(function: Function) -> SqlType:
    """The rows of a table function: single values are the column that has the function's name."""
    type_ = parse_type(function.returns)
    return type_ if type_.name == "ROW" else SqlType("ROW", children=(type_,), fields=(function.name,))


def _result(value: object, function: Function) -> object:
    if function.kind == "table" and parse_type(function.returns).name != "ROW" and isinstance(value, list):
        return [[item] for item in value]
    return value
