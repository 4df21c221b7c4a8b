"""The second demo as a user runs it, with a killed collector: what the tables say beside what DuckDB counts in the log files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import maxminddb
import pytest

from flinksql_runner.__main__ import main
from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.demo.running import DemoRun
from flinksql_runner.services.control import down, status
from tests.repository import copy_project

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.kafka, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
GROWTH = 1.04       # of one bucket of the histogram to the next

# which lines are sound, told once more, in the words of docs/api_logs.md
SOUND = r"""
CREATE TABLE sound AS
SELECT request_id, ANY_VALUE(time)::TIMESTAMP AS moment, ANY_VALUE(client) AS client, ANY_VALUE(status) AS status,
       ANY_VALUE(duration_s) AS duration_s, ANY_VALUE(api_key_id) AS api_key_id
FROM (
  SELECT line ->> '$.request_id' AS request_id, line ->> '$.time' AS time, line ->> '$.client' AS client,
         TRY_CAST(line ->> '$.status' AS INT) AS status, TRY_CAST(line ->> '$.duration_s' AS DOUBLE) AS duration_s,
         line ->> '$.method' AS method, line ->> '$.path' AS path, TRY_CAST(line ->> '$.bytes_out' AS BIGINT) AS bytes_out,
         line ->> '$.api_key_id' AS api_key_id
  FROM (SELECT CASE WHEN json_valid(line) THEN line::JSON END AS line FROM lines)
  WHERE json_type(line) = 'OBJECT')
WHERE regexp_full_match(request_id, '[0-9a-f]{32}') AND regexp_full_match(time, '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d{3}Z')
  AND regexp_full_match(client, '[0-9a-f.:]+') AND status BETWEEN 100 AND 599 AND bytes_out >= 0 AND duration_s >= 0
  AND method IS NOT NULL AND path IS NOT NULL
GROUP BY request_id
"""


@dataclass
class Seen:
    """What the files and the tables said when the job had been drained."""

    lines: list[str] = field(default_factory=list)
    seconds: dict[Any, int] = field(default_factory=dict)
    late: dict[Any, int] = field(default_factory=dict)
    countries: dict[Any, int] = field(default_factory=dict)
    classes: dict[Any, int] = field(default_factory=dict)
    buckets: dict[Any, list[tuple[int, int]]] = field(default_factory=dict)
    databases: tuple[Path, ...] = ()
    alerts: list[tuple[Any, ...]] = field(default_factory=list)
    customers: dict[str, str] = field(default_factory=dict)
    usage: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of this repository's project, with services of its own."""
    copy_project(tmp_path, "udfs", "models", "services")
    yield tmp_path
    down(tmp_path)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Filled between the end of the job and the removal of all that the run has made."""
    found, drain = Seen(), DemoRun.drain

    def drain_and_look(run: DemoRun) -> None:
        drain(run)
        for path in (*sorted((run.folder / "logs").glob("*.log")), *sorted((run.folder / "api").glob("*.log"))):
            found.lines += path.read_bytes().decode("utf-8", "replace").splitlines()
        query = run.place.query
        found.seconds = dict(query("SELECT second, lines FROM {}.line_counts"))
        found.late = dict(query("SELECT date_trunc('minute', second), SUM(late)::bigint FROM {}.line_counts GROUP BY 1"))
        minutes = "SELECT (window_start, {column}), SUM(requests)::bigint FROM {}.traffic_1m GROUP BY window_start, {column}"
        for column, into in (("country_code", found.countries), ("status_class", found.classes)):
            into.update({tuple(key): count for key, count in query(minutes.replace("(window_start, {column})",
                         f"ARRAY[window_start::text, {column}]").replace("{column}", column))})
        for minute, bucket, count in query(
            "SELECT window_start, bucket, SUM(requests)::bigint FROM {}.latency_1m GROUP BY 1, 2 ORDER BY 1, 2"):
            found.buckets.setdefault(minute, []).append((bucket, count))
        found.customers = dict(query("SELECT api_key_id, customer FROM {}.customers"))
        found.usage = dict(query("SELECT customer, SUM(requests)::bigint FROM {}.customer_usage GROUP BY 1"))
        found.alerts = query("SELECT kind, subject, first_seen::text, last_seen::text, requests, evidence FROM {}.attack_alerts")
        found.databases = tuple(geo_databases(run.work.build.project))

    monkeypatch.setattr(DemoRun, "drain", drain_and_look)
    return found


def test_counts_are_those_of_the_files(
    project: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["flinksql", "demo", "api_logs", "--duration", "90", "--rate", "400", "--seed", "78",
                                      "--kill-collector-at", "8", "--restart-at", "18", "--output", "json"])
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main())
    told = capsys.readouterr()
    assert ended.value.code == 0, told.err
    result = json.loads(told.out)
    schema = json.loads(files("flinksql_runner.demo").joinpath("schemas/demo_api_logs.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(result, schema)
    assert result["restarted"]
    assert result["killed"]
    assert result["http"]["logged"] >= result["http"]["answered"] > 20, "the web API has a part in it"
    assert result["attacks"]["recall"] >= 0.9, result["attacks"]
    print("wrong alerts:", json.dumps([result["attacks"]["wrong"], seen.alerts], default=str))
    assert result["attacks"]["precision"] >= 0.9, result["attacks"]["wrong"]
    assert [s for s in status(project) if s.state == "running"] == []
    assert not (project / ".flinksql" / "data" / "archive").exists() or not list((project / ".flinksql/data/archive").iterdir())

    database = duckdb.connect()
    database.execute("CREATE TABLE lines (line VARCHAR)")
    database.executemany("INSERT INTO lines VALUES (?)", [[line] for line in seen.lines])
    database.execute(SOUND)
    assert len(seen.lines) == result["produced"] + result["duplicates"] + result["malformed"]
    by_second = database.execute("SELECT date_trunc('second', moment), count(*) FROM sound GROUP BY 1").fetchall()
    assert dict(by_second) == seen.seconds
    exact_but_for_late(seen, counted(database, "(status // 100) || 'xx'"), seen.classes)
    exact_but_for_late(seen, countries(database, seen.databases), seen.countries)
    percentiles_are_near(seen, database)
    customers_used(seen, database)


def customers_used(seen: Seen, database: duckdb.DuckDBPyConnection) -> None:
    """What each customer used, over all of its keys, but for late lines."""
    wanted: dict[str, int] = {}
    for key, count in database.execute(
            "SELECT api_key_id, count(*) FROM sound WHERE api_key_id <> '' AND status <> 401 GROUP BY 1").fetchall():
        customer = seen.customers.get(key, "(unknown)")
        wanted[customer] = wanted.get(customer, 0) + count
    assert len(wanted) > 20
    assert seen.usage.keys() <= wanted.keys()
    assert all(count <= wanted[customer] for customer, count in seen.usage.items())
    assert 0 <= sum(wanted.values()) - sum(seen.usage.values()) <= sum(seen.late.values())


def counted(database: duckdb.DuckDBPyConnection, column: str) -> dict[tuple[str, str], int]:
    query = f"SELECT date_trunc('minute', moment)::VARCHAR, {column}, count(*) FROM sound GROUP BY 1, 2"
    return {(minute, name): count for minute, name, count in database.execute(query).fetchall()}


def countries(database: duckdb.DuckDBPyConnection, databases: tuple[Path, ...]) -> dict[tuple[str, str], int]:
    """Requests by minute and country, where each address is looked up by MaxMind's own reader."""
    readers = [maxminddb.open_database(path) for path in databases]
    found: dict[tuple[str, str], int] = {}
    for minute, client in database.execute("SELECT date_trunc('minute', moment)::VARCHAR, client FROM sound").fetchall():
        reader = next(r for r in readers if r.metadata().ip_version == (6 if ":" in client else 4))
        record = reader.get(client)
        code = record.get("country_code", "") if isinstance(record, dict) else ""
        found[minute, str(code)] = found.get((minute, str(code)), 0) + 1
    return found


def exact_but_for_late(seen: Seen, wanted: dict[tuple[str, str], int], got: dict[tuple[str, str], int]) -> None:
    """No row has more than the files, and what is missing in a minute are its late lines, all of them."""
    assert all(count <= wanted.get(key, 0) for key, count in got.items())
    missing: dict[str, int] = {}
    for (minute, name), count in wanted.items():
        missing[minute] = missing.get(minute, 0) + count - got.get((minute, name), 0)
    assert missing == {str(minute): late for minute, late in seen.late.items()}


def percentiles_are_near(seen: Seen, database: duckdb.DuckDBPyConnection) -> None:
    """Each percentile of a minute is within 2 % of the exact one; late lines, which the histogram lacks, may move its rank."""
    for minute, buckets in seen.buckets.items():
        durations = [max(1.0, ms) for (ms,) in database.execute(
            "SELECT duration_s * 1000 FROM sound WHERE date_trunc('minute', moment) = ? ORDER BY 1", [minute]).fetchall()]
        total, late = sum(count for _, count in buckets), seen.late[minute]
        assert total + late == len(durations)
        for percent in (50, 95, 99):
            rank, so_far, told = -(-total * percent // 100), 0, 0.0
            for bucket, count in buckets:
                so_far += count
                if so_far >= rank:
                    told = 2 * GROWTH ** bucket / (1 + GROWTH)
                    break
            low, high = durations[rank - 1], durations[min(rank - 1 + late, len(durations) - 1)]
            assert low / 1.0201 <= told <= high * 1.0201, (minute, percent, low, told, high)
