"""Codes of diagnostics: one meaning each, and a line in the table of codes or a rule of their own."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from flinksql_runner.diagnostics.codes import STAGES, all_codes
from flinksql_runner.lint.registry import all_rules

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "flinksql_runner"
TABLE = PACKAGE / "diagnostics" / "codes.py"


def used() -> dict[str, set[str]]:
    """Code -> rooms that give it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if path == TABLE:
            continue
        for code in re.findall(r'"(FS\d{3})"', path.read_text(encoding="utf-8")):
            found[code].add(path.relative_to(PACKAGE).parts[0])
    return found


def test_a_code_belongs_to_one_room() -> None:
    shared = {"FS101", "FS103"}  # a template and a value of profiles.yml can lack the same
    assert {code: rooms for code, rooms in used().items() if len(rooms) > 1 and code not in shared} == {}


def test_the_table_holds_every_code_that_is_no_rule_and_no_other() -> None:
    assert set(all_codes()) == set(used()) - set(all_rules()), "write the codes into diagnostics/codes.py, and run `make docs`"


def test_codes_stand_in_order_and_once() -> None:
    listed = [code for stage in STAGES for code in stage.codes]
    assert listed == sorted(set(listed))
    assert not set(listed) & set(all_rules())
