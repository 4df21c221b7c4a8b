from __future__ import annotations

import pytest

from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.planner.lately import lately
from flinksql_runner.planner.sent import Sent

THEN = "'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '1700000000000'"


def declared(options: dict[str, str]) -> str:
    text = "CREATE TEMPORARY TABLE `t` (a INT) WITH (" + ", ".join(f"'{k}' = '{v}'" for k, v in options.items()) + ")"
    return lately(Sent(text, JobStatement("table", text)), options, 1_700_000_000_000).text


def test_a_topic_is_read_from_a_moment_on() -> None:
    assert declared({"connector": "kafka", "scan.startup.mode": "earliest-offset", "format": "raw"}).endswith(
        f"WITH ('connector' = 'kafka', {THEN}, 'format' = 'raw')")
    assert declared({"connector": "kafka", "topic": "x"}).endswith(f"WITH ('connector' = 'kafka', {THEN}, 'topic' = 'x')")


@pytest.mark.parametrize("options", [
    {"connector": "filesystem", "path": "x"}, {"connector": "upsert-kafka", "topic": "x"},
    {"connector": "kafka", "scan.startup.mode": "latest-offset"},
    {"connector": "kafka", "scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": "5"},
])
def test_what_is_no_topic_or_says_so_itself_stays(options: dict[str, str]) -> None:
    assert "1700000000000" not in declared(options)
