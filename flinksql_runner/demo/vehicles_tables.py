"""What a run of the demo ``vehicles`` has left in the database."""

from __future__ import annotations

from collections.abc import Mapping

from flinksql_runner.demo.episodes import Alert
from flinksql_runner.demo.places import Places

TABLES = ("engine_scores", "vehicle_health", "alerts", "dead_letters")


def rows(place: Places) -> Mapping[str, int]:
    """Rows of each table."""
    return place.rows(TABLES)


def scored(place: Places) -> tuple[int, int]:
    """Different records in the record-level table, and how many of them came late."""
    ((records, late),) = place.query(
        "SELECT count(DISTINCT record_id), count(*) FILTER (WHERE is_late) FROM {}.engine_scores")
    return int(records), int(late)


def alerts(place: Places) -> list[Alert]:
    """All alerts."""
    return [Alert(*row) for row in place.query("""
        SELECT vehicle_id, fault, (extract(epoch FROM first_seen) * 1000)::bigint, (extract(epoch FROM last_seen) * 1000)::bigint
        FROM {}.alerts""")]
