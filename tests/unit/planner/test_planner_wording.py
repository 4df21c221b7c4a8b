"""Flink's own messages, as they came, in our words."""

from __future__ import annotations

import pytest

from flinksql_runner.planner.wording import Known, said

MESSAGES = [
    ("Column 'amuont' not found in any table", "FS603", "there is no column `amuont` in any table that is read here"),
    ("Column 'r.y' not found in table 't'", "FS603", "there is no column `r.y` in `t`"),
    ("Object 'nix' not found", "FS602", "there is no table `nix`"),
    ("No match found for function signature foo(<CHARACTER>, <NUMERIC>)", "FS604",
     "there is no function `foo` for (CHARACTER, NUMERIC)"),
    ("Invalid number of arguments to function 'UPPER'. Was expecting 1 arguments", "FS604", "`UPPER` takes 1 argument"),
    ("Cannot apply '+' to arguments of type '<INTEGER> + <VARCHAR(2147483647)>'. Supported form(s): '<NUMERIC> + <NUMERIC>'",
     "FS605", "`+` can't be applied to INT + STRING"),
    ("Expression 'b' is not being grouped", "FS606", "`b` is neither grouped nor aggregated"),
    ("Column types of query result and sink for 'default_catalog.default_database.s' do not match.\nCause: Incompatible types "
     "for sink column 'a' at position 1.\n\nQuery schema: [b: STRING, r: ROW<`x` INT, `y` INT>]\n"
     "Sink schema:  [a: INT, n: BIGINT]", "FS607", "column 1 of the query is STRING, `a` of the sink `s` is INT"),
    ("Column types of query result and sink for 'default_catalog.default_database.s' do not match.\nCause: Different number of "
     "columns.\n\nQuery schema: [a: INT]\nSink schema:  [a: INT, n: DECIMAL(10, 2)]", "FS607",
     "the query gives 1 columns, the sink `s` has 2"),
    ("The query has an upsert key that differs from the primary key of the sink table 'default_catalog.default_database.k4'. "
     "Primary key: [n], upsert key: [a, b]. This can lead to", "FS608",
     "the sink `k4` has the primary key (n), but rows of the query are told apart by (a, b)"),
    ("The query has an upsert key that differs from the primary key of the sink table 'default_catalog.default_database.k4'. "
     "Primary key: [n], upsert key: . This can lead to", "FS608",
     "the sink `k4` has the primary key (n), but rows of the query have no key of their own"),
    ("Table sink 'default_catalog.default_database.p1' doesn't support consuming update changes which is produced by node "
     "GroupAggregate(groupBy=[a])", "FS609",
     "the sink `p1` takes new rows only, but the query makes updates (by GroupAggregate)"),
    ("Could not find any factory for identifier 'kafkaa' that implements 'org.apache.flink.table.factories.DynamicTableFactory' "
     "in the classpath.\n\nAvailable factory identifiers are:\n\nblackhole\nkafka", "FS610", "there is no connector `kafkaa`"),
    ("Could not find any format factory for identifier 'jsonn' in the classpath.", "FS610", "there is no format `jsonn`"),
    ("Unsupported options found for 'datagen'.\n\nUnsupported options:\n\nrows-per-secon\n\nSupported options:\n\nconnector\n"
     "rows-per-second", "FS611", "the connector `datagen` has no option 'rows-per-secon'"),
    ("One or more required options are missing.\n\nMissing required options are:\n\nformat\npath", "FS611",
     "the table needs the options 'format', 'path'"),
    ("The window function requires the timecol is a time attribute type, but is TIMESTAMP(3).", "FS612",
     "the time column of this window is TIMESTAMP(3) and no time attribute"),
    ("Sort on a non-time-attribute field is not supported.", "FS612",
     "a stream can only be sorted by a time attribute, ascending, first"),
    ("HOP table function based aggregate requires size must be an integral multiple of slide, but got size 20000 ms and slide "
     "7000 ms", "FS612", "the size of a HOP window must be a multiple of its slide: 20000 ms and 7000 ms"),
    ("Encountered \"FRM\" at line 3, column 7.\nWas expecting one of:\n    <EOF> \n", "FS601", "unexpected `FRM`"),
    ("Something new from org.apache.flink.table.api.Thing in default_catalog.default_database.t", "FS600",
     "something new from Thing in t"),
]


@pytest.mark.parametrize(("message", "code", "words"), MESSAGES)
def test_message_in_our_words(message: str, code: str, words: str) -> None:
    found = said(message)
    assert (found.code, found.message) == (code, words)


def test_near_names_are_suggested() -> None:
    assert said("Column 'amuont' not found in any table", Known(columns=("amount", "id"))).help == "did you mean `amount`?"
    assert said("Object 'ordrs' not found", Known(tables=("orders",))).help == "did you mean `orders`?"
    assert said(MESSAGES[12][0]).help == "did you mean `kafka`?"
    assert said(MESSAGES[14][0]).help == "did you mean `rows-per-second`?"


def test_unknown_message_looks_for_the_names_in_it() -> None:
    seeks = said("Strange thing about 'default_catalog.default_database.t' and [x, y]").seeks
    assert {("word", "t"), ("word", "x"), ("option", "t")} <= {(s.kind, s.what) for s in seeks}


def test_long_message_is_cut() -> None:
    assert len(said("word " * 300).message) == 400
