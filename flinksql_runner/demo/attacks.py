"""Alerts against injected attacks: both are of one kind and one subject, from a beginning to an end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flinksql_runner.simulate.api_logs.attacks import Label

_SLACK_MS = 10_000      # windows end after what they hold


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert in event time, ms since the epoch. ``subject`` is a client, a key or an endpoint; ``evidence`` is in words."""

    kind: str
    subject: str
    first_ms: int
    last_ms: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Of one kind, or of all: ``found`` are injected attacks with a right alert, ``right`` alerts that belong to an attack."""

    injected: int = 0
    found: int = 0
    alerts: int = 0
    right: int = 0

    @property
    def precision(self) -> float | None:
        """Share of alerts that are right; None without any."""
        return round(self.right / self.alerts, 4) if self.alerts else None

    @property
    def recall(self) -> float | None:
        """Share of attacks that were found; None without any."""
        return round(self.found / self.injected, 4) if self.injected else None

    def __add__(self, other: Found) -> Found:
        return Found(self.injected + other.injected, self.found + other.found, self.alerts + other.alerts,
                     self.right + other.right)


def belongs(alert: Alert, label: Label) -> bool:
    """Whether an alert tells of an attack: same kind, its client, key or endpoint, and at the same time (10 s aside)."""
    return (alert.kind == label.kind
            and (alert.subject in (label.key, label.endpoint) if label.key or label.endpoint else alert.subject in label.subjects)
            and alert.first_ms <= label.end_ms + _SLACK_MS and alert.last_ms >= label.onset_ms - _SLACK_MS)


def compare(labels: Iterable[Label], alerts: Sequence[Alert]) -> Mapping[str, Found]:
    """Counts by kind, which attacks have an alert and which alerts have an attack."""
    injected = list(labels)
    found: dict[str, Found] = {}
    for kind in sorted({x.kind for x in injected} | {a.kind for a in alerts}):
        mine, told = [x for x in injected if x.kind == kind], [a for a in alerts if a.kind == kind]
        found[kind] = Found(
            len(mine), sum(any(belongs(a, x) for a in told) for x in mine),
            len(told), sum(any(belongs(a, x) for x in mine) for a in told))
    return found


def wrong_alerts(labels: Iterable[Label], alerts: Iterable[Alert]) -> list[Alert]:
    """Alerts that belong to no injected attack."""
    injected = list(labels)
    return [alert for alert in alerts if not any(belongs(alert, label) for label in injected)]
