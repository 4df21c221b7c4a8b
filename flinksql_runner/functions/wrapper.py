"""The text of the generated module that wraps the project's functions for PyFlink."""

from __future__ import annotations

from flinksql_runner.functions.types import SqlType, parse_type
from flinksql_runner.functions.values import Function, Functions

_HEAD = '''"""Made by flinksql from udfs/; changes here are lost."""

import importlib as _importlib

from pyflink.common import Row as _Row
from pyflink.table.udf import udf as _udf, udtf as _udtf


def _late(module, name):
    """A function whose module is imported by its first call, in the worker. Flink's planner starts a Python for each
    statement that uses a function; it calls none, and must not wait for what they import."""
    found = []

    def call(*arguments):
        if not found:
            found.append(getattr(_importlib.import_module(module), name))
        return found[0](*arguments)

    call.__name__ = name
    return call


def _items(value, names):
    """The fields of a NamedTuple, dataclass, dict or Row in the order of the SQL type."""
    if isinstance(value, dict):
        return [value.get(name) for name in names]
    if isinstance(value, tuple):
        return list(value)
    return [getattr(value, name) for name in names]


def _made(value, shape):
    """A Python value as Flink wants it; `shape` is None where nothing needs to be done."""
    if value is None or shape is None:
        return value
    kind = shape[0]
    if kind == "row":
        row = _Row(*[_made(item, part) for item, part in zip(_items(value, shape[1]), shape[2])])
        row.set_field_names(list(shape[1]))
        return row
    if kind == "array":
        return [_made(item, shape[1]) for item in value]
    return {key: _made(item, shape[1]) for key, item in value.items()}


def _one(function, shape, strict):
    """A function of single values: NULL in an argument of `strict` gives NULL without a call."""
    if not strict and shape is None:
        return function

    def call(*arguments):
        for at in strict:
            if arguments[at] is None:
                return None
        return _made(function(*arguments), shape)

    call.__name__ = function.__name__
    return call


def _many(function, shape, strict):
    """A function that gives rows."""
    def call(*arguments):
        for at in strict:
            if arguments[at] is None:
                return
        for item in function(*arguments) or ():
            yield _made(item, shape)

    call.__name__ = function.__name__
    return call
'''


def wrapper_source(functions: Functions) -> str:
    """The module's text; the same functions give the same bytes."""
    wrapped = "".join(_wrapped(f) for _, f in sorted(functions.by_name.items()))
    return f"{_HEAD}\n\n{wrapped}" if wrapped else _HEAD


def _wrapped(function: Function) -> str:
    inputs = [p.type for p in function.parameters] or None
    strict = [i for i, p in enumerate(function.parameters) if not p.nullable]
    shape = _shape(parse_type(function.returns))
    inner = f"_late({'udfs.' + function.module!r}, {function.attribute!r})"
    name, common = function.name, f"deterministic={function.deterministic}, name={function.name!r}"
    if function.kind == "vectorised":
        return (f"{name} = _udf({inner}, input_types={inputs}, result_type={function.returns!r}, func_type='pandas', {common})\n")
    if function.kind == "table":
        row = parse_type(function.returns)
        results = [c.sql for c in row.children] if row.name == "ROW" else [row.sql]
        text = function.returns if row.name == "ROW" else f"ROW<{name} {results[0]}>"
        return f"{name} = _udtf(_many({inner}, {shape!r}, {strict}), input_types={inputs}, result_types={text!r}, {common})\n"
    return (f"{name} = _udf(_one({inner}, {shape!r}, {strict}), input_types={inputs}, result_type={function.returns!r}, "
            f"func_type='general', {common})\n")


def _shape(found: SqlType) -> object:
    """What ``_made`` must do for a type: tuples of ``row``, ``array`` and ``map``, or None where values pass as they are."""
    if found.name == "ROW":
        return ("row", list(found.fields), [_shape(c) for c in found.children])
    inner = _shape(found.children[-1]) if found.children else None
    return None if inner is None else ("array" if found.name == "ARRAY" else "map", inner)
