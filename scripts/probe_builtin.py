"""Holds what lint says of functions and operators against Flink's own planner, on a grid of them and of types.

    python scripts/probe_builtin.py [--record] [--only REGEX] [--show N]

Each probe is one expression over a table with a column of every type. Prints what differs; with --record a sample of the
planner's verdicts is written for the unit test, and the counts for docs/analysis.md. Needs a JDK.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "unit" / "builtin")]

from expressions import TYPES, plainly  # noqa: E402
from oracle.planner import flink_version  # noqa: E402
from oracle.verdicts import answers  # noqa: E402
from truth.samples import node  # noqa: E402

from flinksql_runner.analyse.nodes import analyse  # noqa: E402
from flinksql_runner.builtin.signatures import forms  # noqa: E402
from flinksql_runner.builtin.table import functions  # noqa: E402
from flinksql_runner.builtin.values import Function  # noqa: E402
from flinksql_runner.dialect.types import FlinkType  # noqa: E402
from flinksql_runner.functions.values import Functions  # noqa: E402
from flinksql_runner.graph.resolve import resolve  # noqa: E402

RECORD = ROOT / "tests" / "unit" / "builtin" / "verdicts.txt"
AGREEMENT = RECORD.with_name("agreement.json")
RECORDED = 7_000  # lines of the record
AT_ONCE = 500  # queries that are analysed as one project
INTERNAL = frozenset({  # names that Flink's planner gives to parts of its own plans
    "AUXILIARY_GROUP", "SINGLE_VALUE", "STREAMRECORD_TIMESTAMP", "JSON_ARRAYAGG_ABSENT_ON_NULL", "JSON_ARRAYAGG_NULL_ON_NULL",
    "JSON_OBJECTAGG_ABSENT_ON_NULL", "JSON_OBJECTAGG_NULL_ON_NULL",
})
OF_PAIRS = 120  # pairs of types drawn for each operator
COLUMNS = ", ".join(
    [f"{prefix}{name} {text}{end}" for prefix, end in (("", ""), ("n_", " NOT NULL")) for name, text in TYPES.items()]
    + ["rt TIMESTAMP(3)", "pt AS PROCTIME()", "WATERMARK FOR rt AS rt"]
)
DDL = [f"CREATE TABLE t ({COLUMNS}) WITH ('connector' = 'any')"]
LITERALS = (
    "1", "1.5", "1e0", "'abc'", "TRUE", "NULL", "CAST(NULL AS INT)", "INTERVAL '1' DAY", "INTERVAL '1' MONTH",
    "DATE '2020-01-01'", "TIMESTAMP '2020-01-01 00:00:00'",
)
FEW = ("n_bool", "bool", "ti", "n_i", "i", "bi", "d", "f", "de", "n_de38", "n_c", "v", "s", "n_s", "byt", "da", "t", "n_ts",
       "ts6", "ltz", "ai", "n_as_", "msi", "mu", "r", "va", "bm", "rt", "pt", *LITERALS)
PAIRS = ("bool", "ti", "si", "i", "bi", "f", "d", "de", "de38", "de20", "c", "v", "s", "b", "byt", "da", "t", "ts", "ts6", "ltz",
         "ai", "as_", "msi", "mu", "r", "rn", "va", "1", "1.5", "1e0", "'abc'", "NULL", "INTERVAL '1' DAY", "INTERVAL '1' MONTH")
# a value that a parameter takes
SAMPLE = {
    "NUMERIC": "n_i", "EXACT_NUMERIC": "n_i", "INTEGER": "n_i", "CHARACTER": "n_s", "BINARY": "n_byt", "STRING": "n_s",
    "DATETIME": "n_ts", "TIMESTAMP": "n_ts", "DATE": "n_da", "TIME": "n_t", "BOOLEAN": "n_bool", "INTERVAL": "INTERVAL '1' DAY",
    "COLLECTION": "n_ai", "MAP": "n_msi", "ARRAY": "n_ai", "ANY": "n_i", "ORDERED": "n_i", "POSITIVE_LITERAL": "3",
    "CHARACTER LITERAL": "','", "<NUMERIC>": "n_i", "<INTEGER_NUMERIC>": "n_i", "<CHARACTER_STRING>": "n_s", "=BOOLEAN": "TRUE",
    "<BINARY_STRING>": "n_byt", "=ARRAY": "n_ai", "=INTEGER": "n_i", "=MAP": "n_msi", "=BITMAP": "n_bm", "=DECIMAL": "n_de",
    "<ARRAY_ELEMENT_ARG>": "n_i", "<ArrayOfString>": "n_as_", "<ARRAY_FULLY_COMPARABLE>": "n_ai", "<COMMON ARRAY>": "n_ai",
    "<COMMON MAP>": "n_msi", "<COMPARABLE>": "n_i", "<COMMON_ARG_NULLABLE>": "n_i", "=BOOLEAN & <LITERAL>": "TRUE",
}
OPERATORS = (
    "CASE WHEN bool THEN {0} ELSE {1} END", "COALESCE({0}, {1})", "{0} = {1}", "{0} < {1}", "{0} + {1}", "{0} - {1}",
    "{0} * {1}", "{0} / {1}", "{0} % {1}", "ARRAY[{0}, {1}]", "MAP[{0}, {1}]", "NULLIF({0}, {1})", "IF(bool, {0}, {1})",
    "{0} || {1}", "GREATEST({0}, {1})", "{0} IN (1, {1})", "{0} IN ({1})", "{0} IS DISTINCT FROM {1}",
    "{0} BETWEEN {1} AND {1}", "{0} LIKE {1}", "{0} AND {1}", "{0} OR {1}", "IFNULL({0}, {1})", "{0}[{1}]", "ROW({0}, {1})",
    "TIMESTAMPDIFF(DAY, {0}, {1})", "TIMESTAMPADD(HOUR, {0}, {1})", "TRIM({0} FROM {1})", "POSITION({0} IN {1})",
    "OVERLAY({0} PLACING {1} FROM 1)", "JSON_VALUE({0}, {1})", "MOD({0}, {1})", "ROUND({0}, {1})", "ARRAY_APPEND({0}, {1})",
    "ARRAY_CONTAINS({0}, {1})", "LAG({0}, 1, {1}) OVER (ORDER BY pt)", "{0} SIMILAR TO {1}", "NULLIF({0}, 1) = {1}",
    "CASE {0} WHEN {1} THEN 1 END",
)
SINGLE = (
    "-{0}", "+{0}", "NOT {0}", "{0} IS NULL", "{0} IS NOT TRUE", "{0} IS JSON", "FLOOR({0})", "CEIL({0})",
    "FLOOR({0} TO DAY)", "CEIL({0} TO HOUR)", "FLOOR({0} TO YEAR)", "EXTRACT(YEAR FROM {0})", "EXTRACT(DAY FROM {0})",
    "EXTRACT(HOUR FROM {0})", "EXTRACT(EPOCH FROM {0})", "TIMESTAMPADD(DAY, 1, {0})", "TIMESTAMPADD(MONTH, 1, {0})",
    "TIMESTAMPADD(SECOND, 1, {0})", "TIMESTAMPADD(WEEK, 1, {0})", "TIMESTAMPADD(MINUTE, n_i, {0})",
    "TIMESTAMPDIFF(SECOND, {0}, n_ts)", "TIMESTAMPDIFF(MONTH, {0}, {0})", "TRIM({0})", "TRIM(LEADING 'a' FROM {0})",
    "JSON_QUERY({0}, '$.a')", "JSON_VALUE({0}, '$.a' RETURNING INT)", "JSON_VALUE({0}, '$.a' DEFAULT 'x' ON EMPTY)",
    "JSON_EXISTS({0}, '$.a')", "JSON_OBJECT('a' VALUE {0})", "JSON_ARRAY({0})", "JSON_STRING({0})",
    "CASE WHEN {0} THEN 1 ELSE 2 END", "CASE WHEN bool THEN {0} END", "ARRAY[{0}]", "ROW({0})", "MAP['a', {0}]",
    "{0} + INTERVAL '1' DAY", "{0} - INTERVAL '1' MONTH", "INTERVAL '1' HOUR + {0}", "{0} IN (1, 2)", "{0} NOT IN ('a', 'b')",
    "{0} LIKE 'a%'", "COUNT({0})", "COUNT(DISTINCT {0})", "SUM({0}) OVER (ORDER BY pt)", "SUM(DISTINCT {0})",
    "MAX({0}) OVER (ORDER BY pt)", "AVG({0}) OVER (ORDER BY pt)", "COUNT({0}) OVER (ORDER BY pt)",
    "FIRST_VALUE({0}) OVER (ORDER BY pt)", "LAST_VALUE({0}) OVER (ORDER BY pt)", "LEAD({0}) OVER (ORDER BY pt)",
    "LAG({0}, 2) OVER (ORDER BY pt)", "SUM({0}) FILTER (WHERE bool)", "MAX({0}) FILTER (WHERE n_bool)", "JSON_ARRAYAGG({0})",
    "JSON_OBJECTAGG('a' VALUE {0})", "JSON_OBJECTAGG({0} VALUE 1)", "LISTAGG({0}, '-')", "ARRAY_AGG({0})", "COLLECT({0})",
    "SUBSTRING({0} FROM 2 FOR 3)", "SUBSTRING({0}, 1)", "CURRENT_WATERMARK({0})", "TO_TIMESTAMP_LTZ({0}, 3)",
    "TO_TIMESTAMP_LTZ({0})", "TO_TIMESTAMP_LTZ({0}, 'yyyy')", "ELT(1, {0}, 'a')", "ELT({0}, 'a', 'b')", "TYPEOF({0})",
    "PERCENTILE({0}, 0.5)", "PERCENTILE({0}, ARRAY[0.5, 0.9])", "TUMBLE_START({0}, INTERVAL '1' HOUR)",
    "NTILE({0}) OVER (ORDER BY pt)", "ROUND({0}, -1)", "TRUNCATE({0}, 1)", "ABS({0})", "{0}[1]", "{0}['a']",
    "CARDINALITY({0})", "ELEMENT({0})", "TRANSLATE({0}, 'a', 'b')", "CEILING({0})", "OBJECT_OF('C', 'a', {0})",
    "COALESCE({0}, NULL)", "COALESCE(NULL, {0}, {0})", "{0} IS NOT DISTINCT FROM NULL",
)


def table_probes(function: Function) -> Iterator[str]:
    """Calls of one function of the table: each form, one place after the other through all types, and other numbers."""
    over = " OVER (ORDER BY pt)" if function.kind == "over" else ""
    alternatives = forms(function.takes)
    counts = {form.least for form in alternatives}
    for form in alternatives:
        base = [SAMPLE.get(parameter, "n_s") for parameter in form.parameters]
        for width in (base, [*base, base[-1]]) if form.more and base else (base,):
            yield f"{function.name}({', '.join(width)}){over}"
            for place in range(len(width)):
                for value in FEW:
                    yield f"{function.name}({', '.join([*width[:place], value, *width[place + 1:]])}){over}"
    for count in range(5):
        if count not in counts:
            yield f"{function.name}({', '.join(['n_i'] * count)}){over}"
            yield f"{function.name}({', '.join(['n_s'] * count)}){over}"


def probes() -> list[tuple[str, bool]]:
    """All probes with whether they are asked under GROUP BY."""
    texts: dict[tuple[str, bool], None] = {}
    chosen = random.Random(1)
    bare = {f.name for f in functions().values() if "time" in f.marks and f.name.startswith(("CURRENT_", "LOCAL"))}
    for function in functions().values():
        if function.name in INTERNAL | {"DESCRIPTOR"} or function.takes == "SPECIAL":
            continue
        if function.kind in ("window", "pattern", "table"):
            continue
        if function.name in bare - {"CURRENT_ROW_TIMESTAMP"}:
            texts[(function.name, False)] = None
            continue
        for text in table_probes(function):
            for grouped in ((False, True) if function.kind == "aggregate" else (False,)):
                texts[(text, grouped)] = None
    for form in SINGLE:
        for value in (*TYPES, *(f"n_{name}" for name in TYPES), "rt", "pt", *LITERALS):
            texts[(form.format(value), False)] = None
    for form in OPERATORS:
        for one, two in chosen.sample(list(itertools.product(PAIRS, PAIRS)), OF_PAIRS):
            texts[(form.format(one, two), False)] = None
    for value, (kind, word) in itertools.product(PAIRS, itertools.product(TYPES.values(), ("CAST", "TRY_CAST"))):
        texts[(f"{word}({value} AS {kind})", False)] = None
    return list(texts)


def told(queries: Sequence[str]) -> Iterator[tuple[str, FlinkType | None]]:
    """What lint says of each: its first mistake, or the type of its column; None where that is not known."""
    for first in range(0, len(queries), AT_ONCE):
        some = queries[first:first + AT_ONCE]
        nodes = [node("source", "t", DDL[0]), *(node("transform", f"q{n}", text) for n, text in enumerate(some))]
        graph = resolve(nodes)
        analysis = analyse(graph, Functions())
        for one in nodes[1:]:
            found = analysis.nodes.get(one.name)
            wrong = [d for d in (*one.diagnostics, *(found.diagnostics if found is not None else ())) if d.is_error]
            yield (wrong[0].message, None) if wrong else ("", found.columns[0].type if found and found.columns else None)


def verdict(mistake: str, column: FlinkType | None, answer: dict[str, Any]) -> tuple[str, str]:
    """How lint does beside the planner: a word, and what it says."""
    if mistake:
        return ("false refusal" if answer["ok"] else "refused"), mistake
    if not answer["ok"]:
        return ("silent" if column is None else "missed"), str(column)
    if column is None:
        return "not known", ""
    return ("equal" if plainly(column) == plainly(answer["columns"][0][1]) else "other type"), str(column)


def query(expression: str, grouped: bool) -> str:
    """The whole SELECT."""
    return f"SELECT {expression} FROM t{' GROUP BY n_bool' if grouped else ''}"


def main() -> int:
    """Asks, compares, prints, records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--show", type=int, default=40)
    options = parser.parse_args()
    asked = [probe for probe in probes() if re.search(options.only, probe[0])]
    requests = [
        {"id": text, "sql": query(text, grouped), "ddl": DDL, "plan": True}
        for text, grouped in asked
    ]
    counts: Counter[str] = Counter()
    lines: list[str] = []
    shown: Counter[str] = Counter()
    ours = told([request["sql"] for request in requests])
    for (text, grouped), answer, (mistake, column) in zip(asked, answers(requests), ours, strict=True):
        word, said = verdict(mistake, column, answer)
        counts[word] += 1
        flink = answer["columns"][0][1] if answer["ok"] else "!"
        lines.append(f"{'g' if grouped else ' '} {text} => {flink}")
        if word not in ("equal", "refused") and (shown[word] < options.show):
            shown[word] += 1
            why = "" if answer["ok"] else answer["error"].replace("\n", " ").removeprefix("SQL validation failed. ")[:150]
            print(f"{word}: {text}{' (grouped)' if grouped else ''}: Flink {flink}{why}; here {said}")
    accepted = sum(counts[word] for word in ("equal", "other type", "not known", "false refusal", "false syntax error"))
    print(f"{len(asked)} probes, {accepted} accepted by Flink: {dict(counts)}; equal {counts['equal'] / max(1, accepted):.2%}")
    if options.record:
        sample = sorted(random.Random(1).sample(lines, min(RECORDED, len(lines))))
        RECORD.write_text("\n".join(sample) + "\n", encoding="utf-8")
        kept = {"flink": flink_version(), "probes": len(asked), "accepted": accepted, **counts}
        AGREEMENT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
