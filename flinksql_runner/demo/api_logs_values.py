"""What the demo ``api_logs`` is asked for, and what it measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from flinksql_runner.demo.attacks import Alert, Found
from flinksql_runner.demo.values import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class LogsSpec:
    """``rate`` is simulated lines a second, ``http`` requests a second to the web API, ``attacks`` are so many a minute; the
    others are seconds. ``restart_at`` (of the job) and ``kill_at`` (of the collector) count from the first line, None: never."""

    rate: float = 200.0
    duration: float = 60.0
    seed: int = 1
    attacks: float = 14.0
    restart_at: float | None = None
    kill_at: float | None = None
    keep: bool = False
    http: float = 3.0


@dataclass(frozen=True, slots=True)
class LogsResult:
    """The measurements of one run. Counts are of lines or rows; latencies are in ms, None without any line.

    ``produced`` are simulated lines, each once, and those that the web API has logged; ``answered`` requests of its clients that
    have an answer, ``logged`` its lines. ``consumed`` are different sound lines that the database has counted, ``in_windows``
    those of them that windows have, ``in_kafka`` all that the collector sent, the batch that it sent twice included.
    """

    produced: int
    duplicates: int
    malformed: int
    in_kafka: int
    consumed: int
    in_windows: int
    late: int
    archived: int
    archived_distinct: int
    dead_letter: int
    sinks: Mapping[str, int]
    attacks: Mapping[str, Found]
    wrong: Sequence[Alert]
    latency_ms: Mapping[str, int | None]
    latency_ms_undisturbed: Mapping[str, int | None]
    records_per_second: float
    restarted: bool
    killed: bool
    answered: int
    logged: int
    spec: LogsSpec
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def all_attacks(self) -> Found:
        """Of all kinds."""
        return sum(self.attacks.values(), Found())

    @property
    def repeated(self) -> int:
        """Lines that came through Kafka twice because the collector was killed."""
        return max(0, self.in_kafka - self._written)

    @property
    def _written(self) -> int:
        return self.produced + self.duplicates + self.malformed

    @property
    def mistakes(self) -> tuple[str, ...]:
        """What does not balance, in words; empty where nothing was lost or doubled."""
        pairs = (
            ("lines counted", self.consumed, self.produced, "written"),
            ("archived lines", self.archived, self.produced, "written"),
            ("different archived lines", self.archived_distinct, self.produced, "written"),
            ("dead letters", self.dead_letter, self.malformed, "written"),
            ("lines in windows, and late ones", self.in_windows + self.late, self.consumed, "counted"),
        )
        found = [f"{name}: {got:,}, but {wanted:,} were {what}" for name, got, wanted, what in pairs if got != wanted]
        if self.logged < self.answered:
            found.insert(0, f"lines of the web API: {self.logged:,}, but {self.answered:,} requests were answered")
        if self.in_kafka < self._written or (self.in_kafka > self._written and not self.killed):
            found.insert(0, f"lines in Kafka: {self.in_kafka:,}, but {self._written:,} were written")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """The stable form, as in schemas/demo_api_logs.schema.json."""
        return {
            "schema_version": SCHEMA_VERSION, "job": "api_logs", "seed": self.spec.seed, "rate": self.spec.rate,
            "duration": self.spec.duration, "produced": self.produced, "duplicates": self.duplicates,
            "malformed": self.malformed, "in_kafka": self.in_kafka, "repeated": self.repeated, "consumed": self.consumed,
            "in_windows": self.in_windows, "late": self.late, "archived": self.archived,
            "archived_distinct": self.archived_distinct, "dead_letter": self.dead_letter, "sinks": dict(self.sinks),
            "attacks": {**_found(self.all_attacks), "by_kind": {kind: _found(f) for kind, f in self.attacks.items()},
                        "wrong": [asdict(alert) for alert in self.wrong]},
            "latency_ms": dict(self.latency_ms), "latency_ms_undisturbed": dict(self.latency_ms_undisturbed),
            "records_per_second": self.records_per_second, "restarted": self.restarted, "killed": self.killed,
            "http": {"answered": self.answered, "logged": self.logged},
            "seconds": dict(self.seconds), "balanced": not self.mistakes, "mistakes": list(self.mistakes),
        }


def _found(found: Found) -> dict[str, Any]:
    return {**asdict(found), "precision": found.precision, "recall": found.recall}


class LogShipper(Protocol):
    """The collector that runs beside the demo, in a process of its own."""

    def start(self, files: Sequence[str], topic: str, state: str) -> None:
        """Ships lines of files (patterns) from where ``state`` says."""

    def kill(self) -> None:
        """Ends it as a crash would."""

    def check(self) -> None:
        """Raises a Failure where it has ended by itself."""

    def api(self, logs: str, keys: str) -> str | None:
        """Starts the web API, which logs into a folder, and gives its address; None where the project or this Python has none."""

    def more_lines(self, spec: LogsSpec, folder: str) -> None:
        """Lets lines go on when a run is over."""
