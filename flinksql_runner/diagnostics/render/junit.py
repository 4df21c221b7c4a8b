"""JUnit's XML: most CI systems show it as tests, a suite for each file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from xml.etree import ElementTree

from flinksql_runner.diagnostics.diagnostic import Diagnostic, Severity
from flinksql_runner.diagnostics.render.places import Places
from flinksql_runner.diagnostics.render.text import Renderer

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(
    diagnostics: Iterable[Diagnostic], renderer: Renderer, failing: Collection[Severity] = (Severity.ERROR,),
    clean: Iterable[str] = (),
) -> str:
    """A test case for each diagnostic and each file of ``clean`` that has none.

    Those of a severity in ``failing`` are failures; the others pass and keep their words in ``system-out``.
    """
    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        by_file.setdefault(diagnostic.span.file if diagnostic.span else "project", []).append(diagnostic)
    top = ElementTree.Element("testsuites", name="flinksql")
    tests = failures = 0
    for file in (*by_file, *(f for f in dict.fromkeys(clean) if f not in by_file)):
        found = by_file.get(file, [])
        bad = sum(d.severity in failing for d in found)
        tests, failures = tests + max(1, len(found)), failures + bad
        suite = ElementTree.SubElement(top, "testsuite", name=_plain(renderer.places.in_repository(file)),
                                       tests=str(max(1, len(found))), failures=str(bad), errors="0", skipped="0")
        for diagnostic in found:
            _case(suite, diagnostic, renderer, diagnostic.severity in failing)
        if not found:
            ElementTree.SubElement(suite, "testcase", classname=_plain(file), name="no findings", time="0")
    top.set("tests", str(tests))
    top.set("failures", str(failures))
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, diagnostic: Diagnostic, renderer: Renderer, fails: bool) -> None:
    places: Places = renderer.places
    row = places.row(diagnostic.span)
    where = f" {row['line']}:{row['column']}" if row else ""
    case = ElementTree.SubElement(suite, "testcase", name=f"{diagnostic.code}{where}", time="0",
                                  classname=_plain(diagnostic.node or (diagnostic.span.file if diagnostic.span else "project")))
    if row:
        case.set("file", _plain(places.in_repository(str(row["file"]))))
        case.set("line", str(row["line"]))
    text = _plain(renderer.text(diagnostic))
    if fails:
        failure = ElementTree.SubElement(case, "failure", message=_plain(diagnostic.message), type=str(diagnostic.severity))
        failure.text = text
    else:
        ElementTree.SubElement(case, "system-out").text = text


def _plain(text: str) -> str:
    """Without the characters that XML can't hold."""
    return _NOT_XML.sub("\ufffd", text)
