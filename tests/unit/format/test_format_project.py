"""Files of a project: what stays as it was because its SQL could change, macros, lines, the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from format_samples import project

from flinksql_runner.diagnostics import Failure
from flinksql_runner.format.layout import Refused, format_text
from flinksql_runner.format.macros import used_in_quotes
from flinksql_runner.format.project import Outcome, format_files, style_of
from flinksql_runner.format.ranges import only_lines
from flinksql_runner.format.stdin import format_stdin
from flinksql_runner.format.values import Style
from flinksql_runner.format.verify import differs_as_sql, differs_as_template
from flinksql_runner.format.write import restored, write_back

FILE, MACROS = "sql/transforms/t.sql", "macros/m.sql"


def formatted(text: str, macros: str = "", *, path: str = FILE) -> Outcome:
    return format_files(project(text, macros), [path])[0]


def why(outcome: Outcome) -> str:
    assert not outcome.changed
    assert outcome.diagnostic is not None
    assert outcome.diagnostic.code == "FS150"
    assert not outcome.diagnostic.is_error
    return outcome.diagnostic.message


def test_a_file_is_formatted() -> None:
    outcome = formatted("select a from {{ref('x')}}")
    assert (outcome.after, outcome.diagnostic) == ("SELECT a\nFROM {{ ref('x') }}\n", None)


@pytest.mark.parametrize("text", ["", "\n", "  \n\n", "-- note\n", "{# note #}\n", "SELECT 1\n"])
def test_what_is_formatted_or_empty_stays(text: str) -> None:
    assert formatted(text).after in (text, "")
    assert formatted(text).diagnostic is None


@pytest.mark.parametrize(("text", "said"), [
    ("select a from {{ env_var('NOT_SET') }}", "can't be rendered here (FS103"),
    ("select (a from t", "`(` is never closed"),
    ("select a) from t", "`)` closes nothing"),
    ("select 'a from t", "this quote is never closed"),
    ("select a /* from t", "this comment is never closed"),
    ("select {% if x %}f({% else %}g({% endif %}a) from t", "opens in one branch of the template and closes in another"),
    ("select {% if x %}a from t", "never closed"),
    ("select a {% endif %} from t", "Jinja can't read the template|closes nothing"),
    ("select {{ a from t", "never closed|Jinja can't read"),
    ("select '{% if x %}a'{% else %}b'{% endif %} from t", "ends in another branch"),
    ("select (a, -- fmt: skip\nb) from t", "`fmt: skip` keeps a part of a bracket"),
])
def test_what_is_not_understood_stays_and_is_told(text: str, said: str) -> None:
    assert any(part in why(formatted(text)) for part in said.split("|"))


def test_a_string_that_white_space_would_change_keeps_the_file() -> None:
    """The macro writes into a string by a way that the text does not show."""
    text = "{% set inner = piece() %}select   '{{ inner }}'   as a"
    outcome = formatted(text, "{% macro piece() %}a   b{% endmacro %}\n", path=MACROS)
    assert "would" in why(outcome)


def test_macros_in_quotes_keep_their_bodies() -> None:
    macros = ("{% macro day() %}a   b{{ inner() }}{% endmacro %}\n{% macro inner() %}x   y{% endmacro %}\n"
              "{% macro free() %}a   as   b{% endmacro %}\n")
    shop = project("SELECT '{{ day() }}' AS x, {{ free() }}\n", macros)
    assert used_in_quotes(shop) == {"day", "inner"}
    outcome = format_files(shop, [MACROS])[0]
    assert outcome.after == macros.replace("a   as   b", "a AS b")


def test_one_macro_file_that_can_not_change_does_not_stop_the_others() -> None:
    shop = project("{% set p = piece() %}SELECT '{{ p }}' AS a, {{ free() }}\n", "{% macro piece() %}a   b{% endmacro %}\n")
    other = shop.macros[0].__class__("macros/o.sql", "{% macro free() %}c   as d{% endmacro %}\n")
    outcomes = format_files(shop.__class__(**{**_fields(shop), "macros": (*shop.macros, other)}), [MACROS, "macros/o.sql"])
    assert [o.changed for o in outcomes] == [False, True]


def test_files_that_do_not_call_a_macro_do_not_hold_it_up() -> None:
    macros = "{% macro inner() %}a   as b{% endmacro %}\n{% macro outer() %}{{ inner() }}{% endmacro %}\n"
    unsure = "SELECT {{ env_var('NOT_SET') }}"
    assert format_files(project(f"{unsure}\n", macros), [MACROS])[0].changed
    assert "can't be rendered here" in why(format_files(project(f"{unsure}, {{{{ outer() }}}}\n", macros), [MACROS])[0])


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}  # type: ignore[attr-defined]


def test_branches_that_are_not_taken_stay_as_text() -> None:
    text = "select a from t {% if false %}where   SUM_{{ x }}=1 {% else %}where c=2{% endif %}"
    outcome = formatted(text)
    assert outcome.after == "SELECT a\nFROM t {% if false %}WHERE SUM_{{ x }} = 1 {% else %}where c = 2{% endif %}\n"


@pytest.mark.parametrize(("before", "after", "different"), [
    ("select a", "SELECT a", None),
    ("select A", "select a", "`A` would become `a`|another"),
    ("select 'a  b'", "select 'a b'", "would become"),
    ("select a, b", "select a b", "would become|lost"),
    ("select 1;", "select 1; select 2", "number of statements"),
    ("select `a`", "select `A`", "would become"),
    ("select a /*+ X */ from t", "select a from t", "would|lost"),
])
def test_other_sql_is_found(before: str, after: str, different: str | None) -> None:
    found = differs_as_sql(before, after)
    assert (found is None) if different is None else any(part in str(found) for part in different.split("|"))


@pytest.mark.parametrize(("before", "after"), [
    ("a {{ x }}", "a{{ x }}"), ("{{ x }}{{ y }}", "{{ x }} {{ y }}"), ("a -- b\n", "a"), ("{% if a %}b{% endif %}", "b"),
    ("a{% if x %}b{% endif %}", "a {% if x %}b{% endif %}"), ("'a'", "'A'"), ("-- a\nb -- c\n", "-- a\nb -- a\n"),
])
def test_another_template_is_found(before: str, after: str) -> None:
    assert differs_as_template(before, after) is not None
    assert differs_as_template(before, before) is None


def test_only_lines_that_are_asked_for_change() -> None:
    before = "select a\nfrom t\nwhere b=1\n  and c=2\ngroup by a\n"
    after = format_text(before, Style())
    assert not isinstance(after, Refused)
    assert only_lines(before, after, [(3, 3)]) == "select a\nfrom t\nWHERE b = 1\n  and c=2\ngroup by a\n"
    assert only_lines(before, after, [(1, 5)]) == after
    assert only_lines(before, after, [(9, 12)]) == before


def test_style_of_project() -> None:
    shop = project("SELECT 1\n")
    assert style_of(shop) == Style()
    given = shop.__class__(**{**_fields(shop), "format": {"line_length": 60, "keyword_case": "lower", "align_columns": False}})
    assert style_of(given) == Style(60, "lower", False)


@pytest.mark.parametrize(("data", "text", "expected"), [
    (b"a\nb", "a\nc\n", "a\nc\n"),
    (b"a\r\nb\r\n", "a\nc\n", "a\r\nc\r\n"),
    (b"\xef\xbb\xbfa\n", "b\n", "\ufeffb\n"),
    (b"a\rb", "a\nb\n", "a\rb\r"),
])
def test_line_ends_and_mark_stay(data: bytes, text: str, expected: str) -> None:
    assert restored(data, text) == expected


def test_writing_keeps_links_and_permissions(tmp_path: Path) -> None:
    (tmp_path / "real.sql").write_bytes(b"select 1\r\n")
    (tmp_path / "real.sql").chmod(0o640)
    (tmp_path / "link.sql").symlink_to("real.sql")
    write_back(tmp_path, "link.sql", "select 1\n", "SELECT 1\n")
    assert (tmp_path / "link.sql").is_symlink()
    assert (tmp_path / "real.sql").read_bytes() == b"SELECT 1\r\n"
    assert (tmp_path / "real.sql").stat().st_mode & 0o777 == 0o640
    with pytest.raises(Failure, match=r"link\.sql was changed by another program"):
        write_back(tmp_path, "link.sql", "select 1\n", "SELECT 1\n")


def test_standard_input() -> None:
    shop = project("SELECT 1\n")
    found = format_stdin(shop, FILE, b"select  2\r\n", ())
    assert (found.data, found.diagnostics) == (b"SELECT 2\r\n", ())
    assert format_stdin(shop, None, b"select  2", ()).data == b"SELECT 2\n"
    macro = format_stdin(shop, "macros/new.sql", b"{%macro a()%}x=1{%endmacro%}", ())
    assert macro.data == b"{% macro a() %}x = 1{% endmacro %}\n"
    broken = format_stdin(shop, FILE, b"\xff\xfe", ())
    assert broken.data == b"\xff\xfe"
    assert broken.diagnostics[0].is_error
    left = format_stdin(shop, FILE, b"select (", ())
    assert left.data == b"select ("
    assert left.diagnostics[0].code == "FS150"


def test_deep_nesting_is_refused_and_long_text_is_not() -> None:
    assert isinstance(format_text("select " + "(" * 500 + "1" + ")" * 500, Style()), Refused)
    long = format_text("select " + ", ".join(f"a{n}" for n in range(3000)), Style())
    assert isinstance(long, str)
    assert long.count("\n") == 3001


@pytest.mark.parametrize("text", [
    "select " + ", ".join(f"map < {n}" for n in range(3000)), "select 1 from t order by " + ", ".join(["a desc"] * 3000),
    "alter table t add (" + ", ".join(["a int after b"] * 3000) + ")", "select '" + "x" * 1_000_000 + "', " + "a, " * 3000 + "b",
    "select" + "\t" * 200_000 + "1", "select " + ", ".join("'{{ x }}'" for _ in range(2000)),
], ids=["less", "desc", "alter", "one line", "blanks", "jinja"])
def test_long_texts_take_no_longer_than_their_length(text: str) -> None:
    """No atom looks through the whole text: these would run into the time limit of a test."""
    assert isinstance(format_text(text, Style()), str)
