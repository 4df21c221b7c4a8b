"""What a demo is asked for, and what it measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class DemoSpec:
    """``duration`` and ``restart_at`` are seconds after the first record; None: no restart.

    ``time_scale`` is seconds of driving per second; None takes what shows ten minutes of driving, at most twenty.
    """

    cars: int = 200
    duration: float = 60.0
    seed: int = 1
    restart_at: float | None = None
    time_scale: float | None = None
    keep: bool = False

    @property
    def scale(self) -> float:
        """The time scale in force."""
        return self.time_scale or min(20.0, max(1.0, 600.0 / self.duration))


@dataclass(frozen=True, slots=True)
class Episodes:
    """Injected faults against alerts: ``found`` are injected ones with an alert of the same car in them, ``alerts`` all
    alerts, ``right`` those that overlap an injected one, ``named`` those that also name its kind."""

    injected: int
    found: int
    alerts: int
    right: int
    named: int

    @property
    def precision(self) -> float | None:
        """Share of alerts that are right; None without any."""
        return round(self.right / self.alerts, 4) if self.alerts else None

    @property
    def recall(self) -> float | None:
        """Share of faults that were found; None without any."""
        return round(self.found / self.injected, 4) if self.injected else None


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The measurements of one run. Counts are of messages or rows; latencies are in ms, None without any record."""

    produced: int
    duplicates: int
    malformed: int
    in_kafka: int
    consumed: int
    archived: int
    archived_distinct: int
    scored: int
    late: int
    dead_letter: int
    sinks: Mapping[str, int]
    faults: Episodes
    latency_ms: Mapping[str, int | None]
    latency_ms_undisturbed: Mapping[str, int | None]
    records_per_second: float
    restarted: bool
    spec: DemoSpec
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """What does not balance, in words; empty where nothing was lost or doubled."""
        pairs = (
            ("records in Kafka", self.in_kafka, self.produced + self.duplicates + self.malformed),
            ("scored records", self.scored, self.produced),
            ("archived records", self.archived, self.produced),
            ("different archived records", self.archived_distinct, self.produced),
            ("dead letters", self.dead_letter, self.malformed),
        )
        return tuple(f"{name}: {got:,}, but {wanted:,} were sent" for name, got, wanted in pairs if got != wanted)

    def to_json(self) -> dict[str, Any]:
        """The stable form, as in schemas/demo.schema.json."""
        faults = self.faults
        return {
            "schema_version": SCHEMA_VERSION, "job": "vehicles", "seed": self.spec.seed, "cars": self.spec.cars,
            "duration": self.spec.duration, "time_scale": self.spec.scale,
            "produced": self.produced, "duplicates": self.duplicates, "malformed": self.malformed, "in_kafka": self.in_kafka,
            "consumed": self.consumed, "archived": self.archived, "archived_distinct": self.archived_distinct,
            "scored": self.scored, "late": self.late, "dead_letter": self.dead_letter, "sinks": dict(self.sinks),
            "faults": {**{k: v for k, v in asdict(faults).items() if k in ("injected", "found", "alerts", "named")},
                       "precision": faults.precision, "recall": faults.recall},
            "latency_ms": dict(self.latency_ms), "latency_ms_undisturbed": dict(self.latency_ms_undisturbed),
            "records_per_second": self.records_per_second, "restarted": self.restarted, "seconds": dict(self.seconds),
            "balanced": not self.mistakes, "mistakes": list(self.mistakes),
        }


class Page(Protocol):
    """Starts the page that shows a run."""

    def __call__(self) -> str | None:
        """Its address; None where the project has none, or nothing to serve it with."""


class MoreCars(Protocol):
    """Lets cars drive on when a run is over, in a process of its own that ``flinksql down`` ends."""

    def __call__(self, spec: DemoSpec, topic: str) -> None:
        """Starts them."""


class DemoProgress(Protocol):
    """Told what happens, from any thread."""

    def message(self, line: str) -> None:
        """One step."""

    def counts(self, seconds: float, numbers: Mapping[str, int]) -> None:
        """About once a second while records flow: ``numbers`` by their name, ``seconds`` since the first record."""
