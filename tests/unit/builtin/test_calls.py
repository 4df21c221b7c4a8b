"""The door of the room builtin: types, refusals, and what is not known."""

from __future__ import annotations

import pytest

from flinksql_runner.builtin.calls import typed
from flinksql_runner.builtin.table import functions, is_aggregate, is_deterministic, is_function, names, needs_over, tells_time
from flinksql_runner.builtin.values import Argument, Refusal
from flinksql_runner.dialect.types import FlinkType, parse_type


def _arguments(*types: str) -> list[Argument]:
    return [Argument(parse_type(text)) for text in types]


@pytest.mark.parametrize(("name", "types", "expected"), [
    ("+", ("INT", "BIGINT NOT NULL"), "BIGINT"),
    ("*", ("DECIMAL(10, 2)", "DECIMAL(38, 18)"), "DECIMAL(38, 9)"),
    ("/", ("DECIMAL(10, 2) NOT NULL", "DECIMAL(10, 2) NOT NULL"), "DECIMAL(23, 13) NOT NULL"),
    ("UPPER", ("CHAR(5) NOT NULL",), "CHAR(5) NOT NULL"),
    ("substring", ("CHAR(5) NOT NULL", "INT NOT NULL"), "VARCHAR(5)"),
    ("COALESCE", ("STRING", "CHAR(1) NOT NULL"), "STRING NOT NULL"),
    ("CASE", ("BOOLEAN", "CHAR(1) NOT NULL", "CHAR(3) NOT NULL"), "VARCHAR(3) NOT NULL"),
    ("CASE", ("BOOLEAN", "INT NOT NULL"), "INT"),
    ("ITEM", ("MAP<STRING, INT NOT NULL> NOT NULL", "STRING"), "INT"),
    ("AVG", ("DECIMAL(10, 2) NOT NULL",), "DECIMAL(38, 6) NOT NULL"),
    ("COUNT", ("STRING",), "BIGINT NOT NULL"),
    ("SUM", ("INT NOT NULL",), "INT NOT NULL"),
])
def test_the_type_is_the_planners(name: str, types: tuple[str, ...], expected: str) -> None:
    assert typed(name, _arguments(*types)) == parse_type(expected)


def test_an_aggregate_of_no_row_is_null() -> None:
    assert typed("SUM", _arguments("INT NOT NULL"), may_be_empty=True) == FlinkType("INT")


@pytest.mark.parametrize(("name", "types", "message"), [
    ("UPPER", ("INT",), "the argument of UPPER must be a STRING, not INT"),
    ("UPPER", (), "UPPER takes 1 argument, not 0"),
    ("+", ("STRING", "INT"), "`+` does not go with STRING and INT"),
    ("=", ("BOOLEAN", "INT"), "BOOLEAN and INT can't be compared"),
    ("CAST", ("ARRAY<INT>", "INT"), "no CAST leads from ARRAY<INT> to INT"),
    ("COALESCE", ("INT", "STRING"), "the arguments of COALESCE have no common type: INT, STRING"),
])
def test_what_flink_refuses_is_refused(name: str, types: tuple[str, ...], message: str) -> None:
    found = typed(name, _arguments(*types))
    assert isinstance(found, Refusal)
    assert found.message == message


@pytest.mark.parametrize(("name", "arguments"), [
    ("UPPER", [Argument()]), ("+", [Argument(), Argument(FlinkType("INT"))]), ("NO_SUCH_FUNCTION", []),
    ("CASE", [Argument(FlinkType("BOOLEAN")), Argument()]), ("=", [Argument(), Argument()]),
])
def test_nothing_is_said_of_what_is_not_known(name: str, arguments: list[Argument]) -> None:
    assert typed(name, arguments) is None


def test_every_line_of_the_table_reads() -> None:
    assert len(functions()) > 250
    assert {found.kind for found in functions().values()} == {"scalar", "aggregate", "over", "table", "window", "pattern"}


def test_names_and_kinds() -> None:
    assert {"UPPER", "CEILING", "TRY_CAST"} <= set(names())
    assert is_function("upper")
    assert not is_function("uper")
    assert [is_aggregate("sum"), is_aggregate("ROW_NUMBER"), needs_over("ROW_NUMBER")] == [True, False, True]
    assert [is_deterministic("UUID"), is_deterministic("UPPER")] == [False, True]
    assert [tells_time("now"), tells_time("UUID")] == [True, False]
