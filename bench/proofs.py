"""Asks Flink's planner about the examples of diagnostics/pages, and records its words there: ``make analyser-proofs``.

Of each page the example must be refused (that of a warning is taken), and its repair is taken. So it is with the cases of
tests/unit/lint/code_cases.yml: those with a mark are refused, the others taken. Tables keep their own connectors: their jars
stand beside the planner. Needs a JDK beside the setup of this folder; starts no Flink.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import yaml
from oracle.planner import flink_version
from oracle.verdicts import answers

from flinksql_runner.deps.cache import cache_folder, cached_path
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.table import providers
from flinksql_runner.diagnostics.codes import PAGES
from flinksql_runner.lint.code_pages import RECORD, digest, page_of_code, paged_codes, repaired

WARNINGS = ("FS536",)
CASES = Path(__file__).resolve().parents[1] / "tests/unit/lint/code_cases.yml"
_AROUND = re.compile(
    r"From line \d+, column \d+ to line \d+, column \d+: |At line \d+, column \d+: |^SQL validation failed\. "
    r"|^Unable to create a .*? for .*?\n+|^Table options are:\n+|^'.*'='.*'\n|^Error while applying rule .*\n"
    r"|^Supported options:(?s:.*)| Was expecting one of:(?s:.*)| The physical plan is:(?s:.*)", re.MULTILINE)
"""What the planner says around its words: places in a text that it has joined, its own plan."""


def request(files: Mapping[str, str]) -> dict[str, Any]:
    """What the oracle is asked about a project: its tables and views are made, and the last statement is planned."""
    ddl: list[str] = []
    asked = ""
    for path, text in files.items():
        name = Path(path).stem
        statement, _, insert = text.strip().partition(";\n")
        is_view = path.startswith("sql/transforms/")
        ddl.append(f"CREATE TEMPORARY VIEW `{name}` AS {statement}" if is_view else statement)
        asked = f"SELECT * FROM `{name}`" if is_view or not insert else insert
    return {"sql": asked, "ddl": ddl, "plan": True}


def cases() -> Iterator[tuple[str, Mapping[str, str], bool]]:
    """Code, files and whether Flink takes them, of each case that is plain SQL."""
    read = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    tables = read.pop("tables")
    for code, found in read.items():
        for case in found:
            text = case if isinstance(case, str) else case.get("text")
            files = {"sql/transforms/q.sql": text} if text else case
            if "{" not in "".join(files.values()):
                yield code, {**tables, **{p: t.replace("»", "") for p, t in files.items()}}, "»" not in "".join(files.values())


def jars() -> Sequence[Path]:
    """Of all connectors and formats that the tool knows."""
    version = flink_version()
    needed = [c for (kind, _), p in providers(version).items() if kind in ("connector", "format")
              for group in (p.coordinates, *p.choices.values()) for c in group]
    return [cached_path(cache_folder(), j.sha256, j.file_name) for j in lock_jars(dict.fromkeys(needed, ()))]


def words(error: str) -> str:
    """What the planner says of the mistake, on one line."""
    return " ".join(_AROUND.sub("", error).split())


def main() -> int:
    """Asks about all pages, prints what does not hold, and writes the record where all holds."""
    pages = {code: page_of_code(code) for group in PAGES for code in paged_codes(group) if group.foretells(code)}
    pages = {code: page for code, page in pages.items() if page.fires}
    asked = [(code, side, request(files)) for code, page in pages.items()
             for side, files in (("fires", page.fires), ("instead", repaired(page)))]
    more = list(cases())
    answered = list(answers([*(r for _, _, r in asked), *(request(files) for _, files, _ in more)], jars()))
    said: dict[tuple[str, str], str] = {}
    for (code, side, _), answer in zip(asked, answered[:len(asked)], strict=True):
        if not answer["ok"]:
            said[code, side] = answer["error"]
    wrong = [f"{code}: Flink refuses the repair: {said[code, 'instead']}" for code in pages if (code, "instead") in said]
    wrong += [f"{code}: Flink {'takes' if code not in WARNINGS else 'refuses'} the example" for code in pages
              if ((code, "fires") in said) == (code in WARNINGS)]
    for (code, files, is_taken), answer in zip(more, answered[len(asked):], strict=True):
        if answer["ok"] is not is_taken:
            wrong.append(f"{code}: Flink {'takes' if answer['ok'] else 'refuses'} the case {list(files.values())[-1]!r}: "
                         f"{words(answer.get('error') or '')[:200]}")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    record = {code: {"example": digest(page), "says": words(said.get((code, "fires"), ""))} for code, page in pages.items()}
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"recorded what Flink {flink_version()} says of {len(record)} examples; it agrees with {len(more)} cases")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
