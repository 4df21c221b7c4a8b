"""Runs the semantic cases without flinksql: the same rows in tables of their own, each case a job of its own, results kept.

    python tests/semantics/confirm.py http://127.0.0.1:PORT    (a SQL Gateway with a cluster behind it)

Nothing of the package is imported, and the tests' watermarks are not used: the tables here make theirs from their rows as
a job's table does (`WATERMARK FOR ts AS ts - INTERVAL '5' SECOND`). A case agrees when the final table, the changelog if the
test has one, and the late rows are those that were written down by hand. Writes confirmed.json beside this file.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
SETTINGS = {
    "execution.runtime-mode": "streaming", "parallelism.default": "1", "table.local-time-zone": "UTC",
    "pipeline.auto-watermark-interval": "0 ms", "execution.checkpointing.checkpoints-after-tasks-finish": "false",
    "execution.checkpointing.interval": "1 h", "pipeline.name": "semantics, by hand",
}
OPS = {"INSERT": "+I", "UPDATE_BEFORE": "-U", "UPDATE_AFTER": "+U", "DELETE": "-D"}
REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")


class Gateway:
    """One session of a SQL Gateway, by its REST API alone."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.path = f"/v3/sessions/{self._call('/v3/sessions', {'properties': SETTINGS})['sessionHandle']}"

    def _call(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def changes(self, sql: str) -> list[tuple[str, dict[str, Any]]]:
        """All changes that a statement gives: (op, column -> value)."""
        handle = self._call(f"{self.path}/statements", {"statement": sql})["operationHandle"]
        link, found = f"{self.path}/operations/{handle}/result/0?rowFormat=JSON", []
        deadline = time.monotonic() + 60
        while link and time.monotonic() < deadline:
            answer = self._call(link)
            if answer["resultType"] == "NOT_READY":
                time.sleep(0.02)  # the gateway is asked again
                continue
            names = [c["name"] for c in answer["results"]["columns"]]
            found += [(OPS[r["kind"]], dict(zip(names, r["fields"], strict=True))) for r in answer["results"]["data"]]
            if answer["resultType"] == "EOS":
                return found
            link = answer.get("nextResultUri")
        raise SystemExit(f"no end within 60 s: {sql}")


def final(changes: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The table after all changes: what was taken back is gone."""
    rows: Counter[str] = Counter()
    for op, row in changes:
        rows[json.dumps(row, sort_keys=True)] += 1 if op in ("+I", "+U") else -1
    if any(n < 0 for n in rows.values()):
        raise SystemExit(f"a row was taken back that had not come: {changes}")
    return [json.loads(text) for text in rows.elements()]


def like(wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row has the values that are written down; a time is text with a T and without a zone."""
    return all(row.get(k, "no such column") == (v.replace(" ", "T") if isinstance(v, str) and v[:2] == "20" else v)
               for k, v in wanted.items())


def same(wanted: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bool:
    """Whether the rows are the wanted ones, each once."""
    left = list(rows)
    for one in wanted:
        match = next((r for r in left if like(one, r)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def declare(gateway: Gateway, case: str, given: Mapping[str, Any], folder: Path) -> None:
    """The tables and views of a case, in a database of its own."""
    gateway.changes(f"CREATE DATABASE `{case}`")
    gateway.changes(f"USE `{case}`")
    for path in sorted((HERE / "sql/sources").glob("*.sql")):
        rows = [dict(r) for r in given.get(path.stem, ()) if "watermark" not in r]
        file = folder / f"{case}-{path.stem}.json"
        file.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        head = path.read_text(encoding="utf-8").split(") WITH")[0]
        gateway.changes(f"{head}) WITH ('connector' = 'filesystem', 'path' = '{file}', 'format' = 'json')")
    for name in above(case):
        gateway.changes(f"CREATE TEMPORARY VIEW {name} AS {query(name)}")


def query(name: str) -> str:
    """A node's SQL with plain names."""
    return REF.sub(r"\1", (HERE / f"sql/transforms/{name}.sql").read_text(encoding="utf-8"))


def above(name: str) -> Iterator[str]:
    """The transforms that a node reads, before those that read them."""
    for other in REF.findall((HERE / f"sql/transforms/{name}.sql").read_text(encoding="utf-8")):
        if (HERE / f"sql/transforms/{other}.sql").exists():
            yield from above(other)
            yield other


def confirm(gateway: Gateway, test: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What came of one case, and whether it is what was written down."""
    case, expect = test["node"], test["expect"]
    given = {g["input"]: g["rows"] for g in test["given"]}
    declare(gateway, case, given, folder)
    changes = gateway.changes(query(case))
    rows = final(changes)
    verdict = {"case": case, "sql": query(case), "given": given, "expected": dict(expect), "changes": changes}
    agrees = "rows" not in expect or same(expect["rows"], rows)
    if "changelog" in expect:
        agrees = agrees and len(changes) == len(expect["changelog"]) and all(
            like(w, {"op": op, **row}) for w, (op, row) in zip(expect["changelog"], changes, strict=True))
    for name, late in expect.get("late", {}).items():
        came = gateway.changes(f"SELECT * FROM {name} WHERE ts <= CURRENT_WATERMARK(ts)")
        verdict[f"late rows of {name}"] = came
        agrees = agrees and same(late, [row for _, row in came])
    return {**verdict, "agrees": agrees}


def main(url: str) -> int:
    """Confirms all cases; 1 where one does not agree."""
    gateway = Gateway(url)
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="semantics-") as folder:
        for path in sorted((HERE / "tests/sql").glob("*.yml")):
            for test in yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]:
                verdicts.append(confirm(gateway, test, Path(folder)))
                print("agrees " if verdicts[-1]["agrees"] else "DIFFERS", verdicts[-1]["case"])
    version = gateway._call("/v3/info")["version"]
    kept = {"flink": version, "agree": sum(v["agrees"] for v in verdicts), "of": len(verdicts), "cases": verdicts}
    (HERE / "confirmed.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{kept['agree']} of {kept['of']} agree (Flink {version})")
    return int(kept["agree"] != kept["of"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
