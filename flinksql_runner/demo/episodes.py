"""Alerts against injected faults: both are episodes of one car, from a beginning to an end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flinksql_runner.demo.values import Episodes
from flinksql_runner.simulate.vehicles.fleet import Label


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert in event time, ms since the epoch."""

    vehicle_id: str
    fault: str
    first_ms: int
    last_ms: int


def compare(labels: Iterable[Label], alerts: Sequence[Alert]) -> Episodes:
    """Counts which faults have an alert of the same car in them, and which alerts overlap a fault."""
    injected = list(labels)

    def overlap(label: Label, alert: Alert) -> bool:
        return (alert.vehicle_id == label.vehicle_id and alert.first_ms <= label.end_ms and alert.last_ms >= label.onset_ms)

    return Episodes(
        injected=len(injected),
        found=sum(any(overlap(x, a) for a in alerts) for x in injected),
        alerts=len(alerts),
        right=sum(any(overlap(x, a) for x in injected) for a in alerts),
        named=sum(any(overlap(x, a) and x.kind == a.fault for x in injected) for a in alerts),
    )
