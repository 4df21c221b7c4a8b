"""Pairs of types under operators, and what Flink's planner says of each: pairs.tsv.

    python tests/unit/analyse/pairs.py      (needs a JDK, starts no Flink)

A line: the form, the left side, and for each right side in the order of ``VALUES`` whether Flink takes the two: + or -.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

TSV = Path(__file__).with_name("pairs.tsv")
COLUMNS = {
    "bo": "BOOLEAN", "ti": "TINYINT", "i": "INT", "bi": "BIGINT", "de": "DECIMAL(10, 2)", "f": "FLOAT", "d": "DOUBLE",
    "s": "STRING", "vc": "VARCHAR(5)", "ch": "CHAR(3)", "byt": "BYTES", "bin": "BINARY(3)", "da": "DATE", "tm": "TIME",
    "ts": "TIMESTAMP(3)", "ts6": "TIMESTAMP(6)", "ltz": "TIMESTAMP_LTZ(3)", "wm": "TIMESTAMP(3)", "ar": "ARRAY<INT>",
    "ars": "ARRAY<STRING>", "m": "MAP<STRING, INT>", "r": "ROW<a INT>", "r2": "ROW<a STRING>", "ms": "MULTISET<INT>",
}
VALUES = (*COLUMNS, "INTERVAL '1' DAY", "INTERVAL '1' MONTH", "1", "1.5", "'x'", "1e0")
TABLE = (f"CREATE TABLE t ({', '.join(f'{n} {k}' for n, k in COLUMNS.items())}, WATERMARK FOR wm AS wm) "
         "WITH ('connector' = 'datagen')")
FORMS = {
    "UNION": "SELECT {0} AS c FROM t UNION ALL SELECT {1} FROM t",
    "CASE": "SELECT CASE WHEN bo THEN {0} ELSE {1} END AS c FROM t",
    "COALESCE": "SELECT COALESCE({0}, {1}) AS c FROM t",
    "GREATEST": "SELECT GREATEST({0}, {1}) AS c FROM t",
    "NULLIF": "SELECT NULLIF({0}, {1}) AS c FROM t",
    "=": "SELECT {0} = {1} AS c FROM t",
    "<": "SELECT {0} < {1} AS c FROM t",
    "IN": "SELECT {0} IN ({1}) AS c FROM t",
    "BETWEEN": "SELECT {0} BETWEEN {1} AND {1} AS c FROM t",
    "+": "SELECT {0} + {1} AS c FROM t",
    "-": "SELECT {0} - {1} AS c FROM t",
    "*": "SELECT {0} * {1} AS c FROM t",
    "||": "SELECT {0} || {1} AS c FROM t",
}


def recorded() -> Iterator[tuple[str, str, bool]]:
    """The form, the query and whether Flink takes it."""
    for line in TSV.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            form, left, taken = line.split("\t")
            yield from ((form, FORMS[form].format(left, right), mark == "+") for right, mark in zip(VALUES, taken, strict=True))


def record() -> None:
    """Asks the planner, and writes pairs.tsv."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench"))
    from oracle.planner import flink_version
    from oracle.verdicts import answers

    rows = [(form, left) for form in FORMS for left in VALUES]
    asked = [{"sql": FORMS[form].format(left, right), "ddl": [TABLE], "plan": True} for form, left in rows for right in VALUES]
    said = ["+" if answer["ok"] else "-" for answer in answers(asked, [])]
    lines = [f"# What Flink {flink_version()} says of the pairs of pairs.py, which writes this file"]
    for at, (form, left) in enumerate(rows):
        lines.append(f"{form}\t{left}\t{''.join(said[at * len(VALUES):(at + 1) * len(VALUES)])}")
    TSV.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
