"""Signatures from source text: what becomes which Flink type, and each mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from flinksql_runner.functions.signatures import read_functions
from flinksql_runner.functions.values import Function, Functions
from flinksql_runner.project.values import Project, Target

HEAD = """from __future__ import annotations
import datetime as dt
import numpy as np
import pandas as pd
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple, Optional, TypedDict
from flinksql_runner.udf import udf

class Score(NamedTuple):
    value: float
    when: dt.datetime | None

@dataclass
class Place:
    country: str
    scores: list[Score]

class Loop(NamedTuple):
    inner: "Loop"

Money = Annotated[Decimal, "DECIMAL(10,2)"]

"""


def read(body: str, path: str = "udfs/s.py", **more: str) -> Functions:
    files = {path: HEAD + body, **more}
    return read_functions(Project(Path("."), "p", "1", "2.3.0", Target("local", "local"), python_files=files))


def one(body: str) -> Function:
    found = read(body)
    assert found.diagnostics == ()
    return next(iter(found.by_name.values()))


@pytest.mark.parametrize(("hint", "sql"), [
    ("int", "BIGINT"), ("float", "DOUBLE"), ("str", "STRING"), ("bool", "BOOLEAN"), ("bytes", "BYTES"),
    ("datetime", "TIMESTAMP(3)"), ("dt.datetime", "TIMESTAMP(3)"), ("date", "DATE"), ("dt.time", "TIME"),
    ("Decimal", "DECIMAL(38, 18)"), ("Money", "DECIMAL(10, 2)"), ("np.float32", "FLOAT"),
    ("list[int]", "ARRAY<BIGINT>"), ("dict[str, list[float]]", "MAP<STRING, ARRAY<DOUBLE>>"),
    ("Optional[int]", "BIGINT"), ("int | None", "BIGINT"), ("'int | None'", "BIGINT"),
    ("Score", "ROW<`value` DOUBLE, `when` TIMESTAMP(3)>"),
    ("Place", "ROW<country STRING, scores ARRAY<ROW<`value` DOUBLE, `when` TIMESTAMP(3)>>>"),
    ("Annotated[datetime, 'timestamp(6) with local time zone']", "TIMESTAMP_LTZ(6)"),
])
def test_types(hint: str, sql: str) -> None:
    assert one(f"@udf\ndef f(x: {hint}) -> {hint}: ...").parameters[0].type == sql
    assert one(f"@udf\ndef f(x: {hint}) -> {hint}: ...").returns == sql


def test_nullable_is_what_the_hint_says() -> None:
    found = one("@udf\ndef f(a: int, b: int | None, c: Optional[str]) -> int: ...")
    assert [p.nullable for p in found.parameters] == [False, True, True]


@pytest.mark.parametrize("form", [
    "@udf(vectorised=True)\ndef f(x: pd.Series[float], n: 'pd.Series[int]') -> pd.DataFrame[Score]: ...",
    "@udf(vectorised=True, takes=[float, 'BIGINT'], returns=Score)\ndef f(x: pd.Series, n: pd.Series) -> pd.DataFrame: ...",
    "@udf(vectorised=True, takes=['DOUBLE', int], returns='ROW(`value` double, `when` timestamp(3))')\ndef f(x, n): ...",
])
def test_vectorised_forms(form: str) -> None:
    found = one(form)
    assert found.kind == "vectorised"
    assert [p.type for p in found.parameters] == ["DOUBLE", "BIGINT"]
    assert found.returns == "ROW<`value` DOUBLE, `when` TIMESTAMP(3)>"


def test_table_function_and_options() -> None:
    found = one("@udf(name='words', deterministic=False)\ndef f(x: str) -> Iterator[str]: ...")
    assert (found.name, found.attribute, found.kind) == ("words", "f", "table")
    assert (found.deterministic, found.returns) == (False, "STRING")
    assert found.declared_as == "flinksql_functions.words"


def test_module_path_and_renamed_decorator() -> None:
    source = "import flinksql_runner.udf as u\n@u.udf\ndef f(x: int) -> int: ...\ndef g(): ...\n"
    found = read("", **{"udfs/geo/look.py": source}).by_name
    assert list(found) == ["f"]
    assert found["f"].module == "geo.look"


@pytest.mark.parametrize(("body", "code", "place"), [
    ("@udf\ndef f(x) -> int: ...", "FS401", "x"),
    ("@udf\ndef f(x: int): ...", "FS401", "f"),
    ("@udf\ndef f(x: complex) -> int: ...", "FS402", "complex"),
    ("@udf\ndef f(x: int) -> None: ...", "FS402", "None"),
    ("@udf\ndef f(x: int | str) -> int: ...", "FS402", "int | str"),
    ("@udf\ndef f(x: list) -> int: ...", "FS402", "list"),
    ("@udf\ndef f(x: Loop) -> int: ...", "FS402", '"Loop"'),
    ("@udf\ndef f(x: tuple[int, int]) -> int: ...", "FS402", "tuple[int, int]"),
    ("@udf(returns='ROW<a FLOOT>')\ndef f(x: int): ...", "FS402", "'ROW<a FLOOT>'"),
    ("@udf\ndef f(*xs: int) -> int: ...", "FS403", "xs: int"),
    ("@udf\ndef f(**xs: int) -> int: ...", "FS403", "xs: int"),
    ("@udf\ndef f(x: int = 3) -> int: ...", "FS403", "3"),
    ("@udf\ndef f(*, x: int) -> int: ...", "FS403", "x: int"),
    ("@udf\nasync def f(x: int) -> int: ...", "FS404", "f"),
    ("class A:\n    @udf\n    def f(x: int) -> int: ...", "FS404", "f"),
    ("def outer():\n    @udf\n    def f(x: int) -> int: ...", "FS404", "f"),
    ("@staticmethod\n@udf\ndef f(x: int) -> int: ...", "FS404", "staticmethod"),
    ("@udf\ndef F(x: int) -> int: ...\n@udf\ndef f(x: int) -> int: ...", "FS405", "f"),
    ("@udf(vectorized=True)\ndef f(x: int) -> int: ...", "FS406", "vectorized=True"),
    ("N = 'x'\n@udf(name=N)\ndef f(x: int) -> int: ...", "FS406", "N"),
    ("@udf(name='a b')\ndef f(x: int) -> int: ...", "FS406", "'a b'"),
    ("@udf(takes=[int, int])\ndef f(x) -> int: ...", "FS406", "[int, int]"),
    ("@udf(vectorised=True)\ndef f(x: float) -> pd.Series[float]: ...", "FS407", "float"),
    ("@udf(vectorised=True)\ndef f(x: pd.Series) -> pd.Series[float]: ...", "FS407", "pd.Series"),
    ("@udf\ndef f(x: pd.Series[float]) -> float: ...", "FS407", "pd.Series[float]"),
    ("# é ü 漢\n@udf\ndef f(é: int, x: complex) -> int: ...", "FS402", "complex"),
])
def test_mistakes_at_their_place(body: str, code: str, place: str) -> None:
    found = read(body)
    assert [d.code for d in found.diagnostics] == [code]
    span = found.diagnostics[0].span
    assert span is not None
    assert (HEAD + body)[span.start:span.end] == place


def test_broken_file_does_not_hide_the_others() -> None:
    found = read("@udf\ndef f(x: int) -> int: ...", **{"udfs/broken.py": "def g(:\n"})
    assert list(found.by_name) == ["f"]
    assert [(d.code, d.span.file) for d in found.diagnostics if d.span] == [("FS400", "udfs/broken.py")]


@pytest.mark.parametrize("text", ["", "ROW<>", "ROW<a>", "MAP<INT>", "DECIMAL(99)", "INT(3)", "ARRAY<INT", "INT x",
                                  "RAW('a', 'b')",
                                  "TIMESTAMP WITH TIME ZONE", "ROW<a INT, a INT>", "ARRAY INT", "ROW<1 INT>"])
def test_texts_that_are_no_type(text: str) -> None:
    assert [d.code for d in read(f"@udf(returns={text!r})\ndef f(x: int): ...").diagnostics] == ["FS402"]
