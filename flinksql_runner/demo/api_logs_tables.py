"""What a run of the demo ``api_logs`` finds and leaves in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flinksql_runner.demo.attacks import Alert
from flinksql_runner.demo.places import Places
from flinksql_runner.simulate.api_logs.customers import Owner

TABLES = ("line_counts", "traffic_10s", "traffic_1m", "latency_1m", "live_places", "top_clients", "client_sessions",
          "error_budget", "customer_usage", "client_verdicts", "attack_alerts", "line_dead_letters")


@dataclass(frozen=True, slots=True)
class Counted:
    """Lines that the database has counted, those of them that came too late for their windows, dead letters, alerts."""

    lines: int
    late: int
    dead_letters: int
    alerts: int


def counted(place: Places) -> Counted:
    """What has arrived so far."""
    ((lines, late, dead, alerts),) = place.query("""
        SELECT COALESCE(SUM(lines), 0), COALESCE(SUM(late), 0),
               (SELECT count(*) FROM {}.line_dead_letters), (SELECT count(*) FROM {}.attack_alerts)
        FROM {}.line_counts""")
    return Counted(int(lines), int(late), int(dead), int(alerts))


def fill_customers(place: Places, found: Iterable[Owner]) -> None:
    """Writes whose keys they are, for the job to look up; a run that goes on finds them there.

    :raises Failure: where the database does not answer.
    """
    place.write("INSERT INTO {}.customers (api_key_id, customer, plan) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", list(found))


def in_windows(place: Places) -> int:
    """Lines that windows of ten seconds have."""
    ((lines,),) = place.query("SELECT COALESCE(SUM(requests), 0) FROM {}.traffic_10s")
    return int(lines)


def rows(place: Places) -> Mapping[str, int]:
    """Rows of each table."""
    return place.rows(TABLES)


def alerts(place: Places) -> list[Alert]:
    """All alerts."""
    return [Alert(*row) for row in place.query("""
        SELECT kind, subject, (extract(epoch FROM first_seen) * 1000)::bigint, (extract(epoch FROM last_seen) * 1000)::bigint,
               evidence
        FROM {}.attack_alerts""")]
