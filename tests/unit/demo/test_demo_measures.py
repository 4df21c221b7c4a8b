"""What the demo makes of its counts: episodes, percentiles, balance, and the published form."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from flinksql_runner.demo.episodes import Alert, compare
from flinksql_runner.demo.latency import percentiles
from flinksql_runner.demo.places import new_run, variables
from flinksql_runner.demo.values import DemoResult, DemoSpec, Episodes
from flinksql_runner.simulate.vehicles.fleet import Label

RESULT = DemoResult(
    produced=100, duplicates=2, malformed=3, in_kafka=105, consumed=105, archived=100, archived_distinct=100, scored=100, late=1,
    dead_letter=3, sinks={"engine_scores": 100}, faults=Episodes(2, 2, 3, 2, 1), latency_ms=percentiles([1, 2, 3]),
    latency_ms_undisturbed=percentiles([]), records_per_second=20.0, restarted=False, spec=DemoSpec(),
)


def label(car: str, onset: int, end: int, kind: str = "cooling") -> Label:
    return Label(car, kind, onset, onset, end)


def test_episodes_are_found_where_an_alert_of_the_same_car_overlaps() -> None:
    labels = [label("a", 10, 20), label("b", 10, 20), label("c", 10, 20)]
    alerts = [Alert("a", "cooling", 15, 30), Alert("a", "misfire", 18, 19), Alert("b", "cooling", 21, 30), Alert("d", "x", 0, 99)]
    found = compare(labels, alerts)
    assert found == Episodes(injected=3, found=1, alerts=4, right=2, named=1)
    assert (found.recall, found.precision) == (0.3333, 0.5)


def test_without_faults_there_is_no_recall() -> None:
    found = compare([], [])
    assert (found.recall, found.precision) == (None, None)


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentiles(range(1, 101)) == {"p50": 50, "p95": 95, "p99": 99}
    assert percentiles([7]) == {"p50": 7, "p95": 7, "p99": 7}
    assert percentiles([]) == {"p50": None, "p95": None, "p99": None}


def test_equal_counts_balance() -> None:
    assert RESULT.mistakes == ()


@pytest.mark.parametrize("change", [
    {"scored": 99}, {"archived": 101}, {"archived_distinct": 99}, {"dead_letter": 4}, {"in_kafka": 104},
])
def test_lost_and_doubled_records_are_told(change: dict[str, int]) -> None:
    assert len(replace(RESULT, **change).mistakes) == 1


def test_the_json_is_as_published() -> None:
    schema = json.loads(files("flinksql_runner.demo").joinpath("schemas/demo.schema.json").read_text(encoding="utf-8"))
    value = json.loads(json.dumps(RESULT.to_json()))
    jsonschema.validate(value, schema)
    assert set(value) <= set(schema["properties"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "produced": "many"}, schema)


@pytest.mark.parametrize(("duration", "scale"), [(60, 10), (600, 1), (3600, 1), (10, 20)])
def test_a_short_demo_shows_more_driving_a_second(duration: float, scale: float) -> None:
    assert DemoSpec(duration=duration).scale == scale


def test_a_run_has_names_of_its_own() -> None:
    run = new_run()
    assert run == run.lower()
    assert set(variables(run).values()) == {run}
