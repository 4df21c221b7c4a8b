"""The dialect on a corpus of Flink SQL, judged by Flink's own parser, beside sqlglot's spark dialect and sqlfluff's flink one.

    python bench/dialect.py [--corpus FOLDER] [--oracle FOLDER] [--sqlfluff PYTHON]

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
from importlib.metadata import version
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


def refused(sql: str, dialect: str = "flink") -> bool:
    """Whether the dialect raises a ParseError or TokenError, or keeps the statement as a Command."""
    try:
        trees = sqlglot.parse(sql, read=dialect)
    except SqlglotError:
        return True
    return any(tree.find(exp.Command) for tree in trees if tree is not None)


def told(label: str, count: int, total: int, more: str = "") -> None:
    """A figure on a line."""
    print(f"  {label:30}{count:5} of {total}  {count / total:.2%}{more}")


def figures(dialect: str, accepted: Sequence[dict[str, Any]], rejected: Sequence[dict[str, Any]], oracle: Path | None) -> None:
    """Prints the four figures of a dialect, and each statement that came back otherwise with the reason."""
    print(f"{dialect} (sqlglot {version('sqlglot')})")
    back = {row["id"]: text for row in accepted if (text := written(row["sql"], dialect)) is not None}
    total = len(accepted)
    told("parsed without Command", len(back), total)
    if oracle is None:
        print("  written back                  skipped: no oracle (name its folder with --oracle)")
    else:
        before = judge(oracle, accepted)
        after = judge(oracle, [{"id": key, "sql": text} for key, text in back.items()])
        fine = [key for key, found in after.items() if found["ok"]]
        same = {key for key in fine if after[key].get("canon") == before[key].get("canon")}
        alike = {key for key in fine if after[key].get("canon_ci") == before[key].get("canon_ci")}
        told("written back, Flink accepts", len(fine), total)
        told("same canonical AST", len(same), total, f"   (any letter case: {len(alike)})")
        if dialect == "flink":
            for row in accepted:
                if row["id"] not in same:
                    other = "another tree" if row["id"] in fine else "not accepted"
                    reason = "letter case alone" if row["id"] in alike else other
                    print(f"    {row['id']} {row['kind']}: {reason}")
    told("rejected ones refused", sum(refused(row["sql"], dialect) for row in rejected), len(rejected))


def fluff(python: str, accepted: Sequence[dict[str, Any]], rejected: Sequence[dict[str, Any]], every: int) -> None:
    """Prints what sqlfluff reads of each n-th statement: it takes its time."""
    some = accepted[::every]
    text = "\n".join(json.dumps({"id": row["id"], "sql": row["sql"]}) for row in (*some, *rejected))
    script = Path(__file__).with_name("fluff.py")
    done = subprocess.run([python, str(script)], input=text, capture_output=True, text=True, check=True)
    *lines, last = [json.loads(line) for line in done.stdout.splitlines()]
    good = {found["id"] for found in lines if found["ok"]}
    print(f"sqlfluff, dialect flink (each {every}th statement; parses, writes nothing back)")
    told("parsed", sum(row["id"] in good for row in some), len(some))
    told("rejected ones refused", sum(row["id"] not in good for row in rejected), len(rejected))
    print(f"  statements a second           {last['rate']:5.0f}")


def main() -> int:
    """Prints the figures."""
    options = argparse.ArgumentParser(description="The dialect on a corpus")
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--oracle", type=Path)
    options.add_argument("--sqlfluff", metavar="PYTHON", help="a Python that has sqlfluff")
    options.add_argument("--every", type=int, default=10, help="sqlfluff reads each n-th statement")
    chosen = options.parse_args()
    if not (chosen.corpus / "flink-sql.jsonl").exists():
        print("skipped: no corpus (name its folder with --corpus)")
        return 0
    logging.disable(logging.CRITICAL)
    accepted, rejected = lines(chosen.corpus / "flink-sql.jsonl"), lines(chosen.corpus / "rejected.jsonl")
    for dialect in ("flink", "spark"):
        figures(dialect, accepted, rejected, chosen.oracle)
    for dialect in ("flink", "spark"):
        print(f"statements a second, {dialect:8} {max(rate(accepted, dialect) for _ in range(3)):6.0f}")
    if chosen.sqlfluff:
        fluff(chosen.sqlfluff, accepted, rejected, chosen.every)
    else:
        print("sqlfluff: skipped (name a Python that has it with --sqlfluff)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
