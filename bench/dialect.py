"""The dialect on a corpus of Flink SQL, judged by Flink's own parser; and its speed beside sqlglot's spark dialect.

    python bench/dialect.py [--corpus FOLDER] [--oracle FOLDER]

The corpus holds `flink-sql.jsonl` (accepted) and `rejected.jsonl`, a statement a line ({"id", "sql", ...}). The oracle folder
holds the compiled `FlinkParse` in `classes/` and its class path in `cp.txt`; without it the round trip is not judged (so said).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

CORPUS = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpus"


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def written(sql: str, dialect: str = "flink") -> str | None:
    """The statement parsed and written back, or None where it was refused or kept as a Command."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=dialect) if tree is not None]
        if any(tree.find(exp.Command) for tree in trees):
            return None
        return ";\n".join(tree.sql(dialect=dialect) for tree in trees)
    except (SqlglotError, ValueError, RecursionError):
        return None


def refused(sql: str) -> bool:
    """Whether the dialect raises a ParseError or TokenError."""
    try:
        sqlglot.parse(sql, read="flink")
    except SqlglotError:
        return True
    return False


def judge(oracle: Path, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Flink's verdict on each statement: {"id", "ok", "canon_ci", ...}."""
    text = "\n".join(json.dumps({"id": row["id"], "sql": row["sql"]}) for row in rows)
    class_path = (oracle / "cp.txt").read_text(encoding="utf-8").strip()
    done = subprocess.run(
        ["java", "-cp", f"classes:{class_path}", "FlinkParse", "--canon-text"],
        input=text,
        capture_output=True,
        text=True,
        cwd=oracle,
        check=True,
    )
    return {found["id"]: found for line in done.stdout.splitlines() if line.startswith("{") for found in [json.loads(line)]}


def rate(rows: Sequence[dict[str, Any]], dialect: str) -> float:
    """Statements parsed a second; what the dialect refuses counts too."""
    began = time.perf_counter()
    for row in rows:
        with contextlib.suppress(SqlglotError):
            sqlglot.parse(row["sql"], read=dialect)
    return len(rows) / (time.perf_counter() - began)


def main() -> int:
    """Prints the figures."""
    options = argparse.ArgumentParser(description="The dialect on a corpus")
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--oracle", type=Path)
    chosen = options.parse_args()
    if not (chosen.corpus / "flink-sql.jsonl").exists():
        print("skipped: no corpus (name its folder with --corpus)")
        return 0
    logging.disable(logging.CRITICAL)
    accepted, rejected = lines(chosen.corpus / "flink-sql.jsonl"), lines(chosen.corpus / "rejected.jsonl")
    back = {row["id"]: text for row in accepted if (text := written(row["sql"])) is not None}
    total = len(accepted)
    print(f"parsed without Command        {len(back):5} of {total}  {len(back) / total:.2%}")
    if chosen.oracle is None:
        print("written back                  skipped: no oracle (name its folder with --oracle)")
    else:
        before = judge(chosen.oracle, accepted)
        after = judge(chosen.oracle, [{"id": key, "sql": text} for key, text in back.items()])
        fine = [key for key, found in after.items() if found["ok"]]
        same = [key for key in fine if after[key].get("canon") == before[key].get("canon")]
        alike = [key for key in fine if after[key].get("canon_ci") == before[key].get("canon_ci")]
        print(f"written back, Flink accepts   {len(fine):5} of {total}  {len(fine) / total:.2%}")
        print(
            f"same canonical AST            {len(same):5} of {total}  {len(same) / total:.2%}   (any case: {len(alike)})"
        )
        for row in accepted:
            if row["id"] not in alike:
                print(f"    not the same: {row['id']} {row['kind']}")
    count = sum(refused(row["sql"]) for row in rejected)
    print(f"rejected ones refused         {count:5} of {len(rejected)}  {count / len(rejected):.2%}")
    for dialect in ("flink", "spark"):
        print(f"statements a second, {dialect:8} {max(rate(accepted, dialect) for _ in range(2)):6.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
