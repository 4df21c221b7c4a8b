"""Tables with sound and broken options, and what Flink's own factories say of each: sample.tsv beside this module.

    python tests/unit/options/sample.py http://127.0.0.1:PORT      (a SQL Gateway; records sample.tsv anew)

Each case is a base and what is changed in it. It is planned as `EXPLAIN SELECT ... FROM it` or `EXPLAIN INSERT INTO it`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flinksql_runner.deps.cache import cache_folder, cached_path
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.table import providers
from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Gateway, Session

TSV = Path(__file__).with_name("sample.tsv")
KAFKA = {
    "connector": "kafka", "topic": "t", "properties.bootstrap.servers": "x:9092", "format": "json",
    "scan.startup.mode": "earliest-offset",
}
KEYED = {**KAFKA, "key.format": "json", "key.fields": "a"}
UPSERT = {
    "connector": "upsert-kafka", "topic": "t", "properties.bootstrap.servers": "x:9092", "key.format": "json",
    "value.format": "json",
}
FILES = {"connector": "filesystem", "path": "/tmp/x", "format": "json"}
JDBC = {"connector": "jdbc", "url": "jdbc:postgresql://x/y", "table-name": "t"}
BASES: Mapping[str, Mapping[str, str]] = {
    "kafka": KAFKA, "keyed": KEYED, "upsert": UPSERT, "files": FILES, "jdbc": JDBC, "datagen": {"connector": "datagen"},
    "print": {"connector": "print"}, "blackhole": {"connector": "blackhole"},
}
OUT = "-"  # as a value: the option is taken out


@dataclass(frozen=True)
class Case:
    """``key``: the table's PRIMARY KEY; ``columns``: its columns, the usual ones without."""

    side: str
    base: str
    change: Mapping[str, str]
    key: str = ""
    columns: str = ""

    @property
    def options(self) -> dict[str, str]:
        return {k: v for k, v in {**BASES[self.base], **self.change}.items() if v != OUT}

    @property
    def ddl(self) -> str:
        columns = self.columns or "a INT, b STRING, ts TIMESTAMP(3)"
        key = f", PRIMARY KEY ({self.key}) NOT ENFORCED" if self.key else ""
        options = ", ".join(f"'{k}' = '{v}'" for k, v in self.options.items())
        return f"CREATE TABLE it ({columns}{key}) WITH ({options})"

    @property
    def name(self) -> str:
        change = " ".join(f"{k}={v}" for k, v in self.change.items())
        return " ".join(x for x in (self.side, self.base, change, self.key and f"key({self.key})", self.columns) if x)


DURATIONS = ("5", "5 s", "5s", " 5 S ", "5 min", "1 h", "5 fortnights", "-5 s", "", "s", "1.5 s", "PT5S", "P1DT2H", "PT", "5 µs",
             "1 month", "99999999999999999999 s", "9999999999999 d", "P1W", "+5 s")
SIZES = ("5", "5 mb", "5MB", "5 MiB", "5 kb", "5 tb", "1.5 gb", "x", "", "5 bytes", "5 pb", "5 mebibytes", "5 byte",
         "99999999999999999999 gb")
INTEGERS = ("5", " 5", "+5", "x", "", "5.0", "2147483648", "1_000", "0", "-5")
BOOLEANS = ("true", "TRUE", " true", "yes", "1", "")
FLOATS = ("0.5", ".5", "1e3", "x", "", "0.5f", "NaN", " 0.5 ", "0x1p3", "1_0")
MODES = ("earliest-offset", "EARLIEST-OFFSET", "earliest_offset", "earliest", "LATEST-OFFSET")
RAW = "payload STRING, p INT METADATA FROM 'partition' VIRTUAL, seen AS PROCTIME()"


def types() -> Iterator[Case]:
    """Values of every type, sound and not."""
    for text in DURATIONS:
        yield Case("source", "kafka", {"scan.topic-partition-discovery.interval": text})
    for text in SIZES:
        yield Case("sink", "files", {"sink.rolling-policy.file-size": text})
    for text in INTEGERS:
        yield Case("source", "kafka", {"scan.parallelism": text})
    for text in BOOLEANS:
        yield Case("source", "kafka", {"json.ignore-parse-errors": text})
    for text in FLOATS:
        yield Case("source", "datagen", {"fields.a.null-rate": text})
    for text in MODES:
        yield Case("source", "kafka", {"scan.startup.mode": text})
    for text in ("x", "5", "5L", "9223372036854775808"):
        yield Case("source", "datagen", {"number-of-rows": text})


def unknown() -> Iterator[Case]:
    """Keys that do not exist, or exist elsewhere."""
    for side in ("source", "sink"):
        for base in ("kafka", "keyed", "files", "jdbc"):
            yield Case(side, base, {})
            yield Case(side, base, {"zz": "1"})
            yield Case(side, base, {"scan.watermark.idle-timeout": "3 s"})
            yield Case(side, base, {"scan.watermark.idle-timeout": "bla"})
            yield Case(side, base, {"properties.zz": "1"})
            yield Case(side, base, {"sink.parallelism": "2"})
            yield Case(side, base, {"property-version": "1"})
            yield Case(side, base, {"csv.ignore-parse-errors": "true"})
        yield Case(side, "upsert", {}, "a")
        yield Case(side, "upsert", {"scan.startup.mode": "earliest-offset"}, "a")
        yield Case(side, "upsert", {"value.json.ignore-parse-errors": "true"}, "a")
        yield Case(side, "upsert", {"json.ignore-parse-errors": "true"}, "a")
        yield Case(side, "kafka", {"json.zz": "1"})
        yield Case(side, "kafka", {"value.json.ignore-parse-errors": "true"})
        yield Case(side, "keyed", {"key.json.ignore-parse-errors": "true"})
        yield Case(side, "kafka", {"key.json.ignore-parse-errors": "true"})
        yield Case(side, "kafka", {"format": OUT, "value.format": "json", "value.json.ignore-parse-errors": "true"})
        yield Case(side, "kafka", {"format": OUT, "value.format": "json", "json.ignore-parse-errors": "true"})
        yield Case(side, "kafka", {"value.format": "csv"})
        yield Case(side, "kafka", {"Topic": "t"})
        yield Case(side, "files", {"json.zz": "1"})
        yield Case(side, "files", {"json.ignore-parse-errors": "maybe"})
        yield Case(side, "files", {"format": "csv", "json.ignore-parse-errors": "true"})
    for base in ("print", "blackhole", "datagen"):
        yield Case("source", base, {})
        yield Case("sink", base, {})
        yield Case("sink" if base != "datagen" else "source", base, {"zz": "1"})
        yield Case("sink" if base != "datagen" else "source", base, {"scan.watermark.idle-timeout": "3 s"})


def kafka() -> Iterator[Case]:
    """What contradicts what in Kafka's tables."""
    for side in ("source", "sink"):
        yield Case(side, "kafka", {"topic-pattern": "t.*"})
        yield Case(side, "kafka", {"topic": OUT, "topic-pattern": "t.*"})
        yield Case(side, "kafka", {"topic": OUT})
        yield Case(side, "kafka", {"topic": "t;u"})
        yield Case(side, "kafka", {"properties.bootstrap.servers": OUT})
        yield Case(side, "kafka", {"format": OUT})
        yield Case(side, "kafka", {"scan.startup.mode": OUT})
        yield Case(side, "kafka", {"scan.startup.mode": OUT, "properties.group.id": "g"})
        yield Case(side, "kafka", {"scan.startup.mode": "timestamp"})
        yield Case(side, "kafka", {"scan.startup.mode": "TIMESTAMP", "scan.startup.timestamp-millis": "1"})
        yield Case(side, "kafka", {"scan.startup.timestamp-millis": "1"})
        yield Case(side, "kafka", {"scan.startup.mode": "specific-offsets"})
        offsets = {"scan.startup.mode": "specific-offsets", "scan.startup.specific-offsets": "partition:0,offset:1"}
        yield Case(side, "kafka", offsets)
        yield Case(side, "kafka", {**offsets, "scan.startup.specific-offsets": "0:1"})
        yield Case(side, "kafka", {"topic": "t;u", **offsets})
        yield Case(side, "kafka", {"scan.bounded.mode": "timestamp"})
        yield Case(side, "kafka", {"scan.bounded.mode": "specific-offsets"})
        yield Case(side, "kafka", {"scan.bounded.mode": "group-offsets"})
        yield Case(side, "kafka", {"scan.bounded.mode": "latest-offset"})
        yield Case(side, "keyed", {"key.fields": OUT})
        yield Case(side, "keyed", {"key.fields": ""})
        yield Case(side, "keyed", {"key.format": OUT})
        yield Case(side, "keyed", {"key.fields": "zz"})
        yield Case(side, "keyed", {"key.fields": "a;b"})
        yield Case(side, "keyed", {"key.fields": "a; b"})
        yield Case(side, "keyed", {"key.fields-prefix": "a"})
        yield Case(side, "keyed", {"key.fields-prefix": "a", "value.fields-include": "EXCEPT_KEY"})
        yield Case(side, "keyed", {"key.fields-prefix": "k_", "value.fields-include": "EXCEPT_KEY"})
        yield Case(side, "keyed", {"value.fields-include": "EXCEPT_KEY"})
        yield Case(side, "kafka", {"value.fields-include": "EXCEPT_KEY"})
        yield Case(side, "keyed", {"key.format": "debezium-json"})
        yield Case(side, "kafka", {}, "a")
        yield Case(side, "kafka", {"format": "debezium-json"}, "a")
        yield Case(side, "kafka", {"format": "parquet"})
        yield Case(side, "kafka", {"format": "protobuf"})
        yield Case(side, "kafka", {"format": "avro"})
        yield Case(side, "kafka", {"format": "avro-confluent"})
        yield Case(side, "kafka", {"format": "avro-confluent", "avro-confluent.url": "http://x"})
        yield Case(side, "kafka", {"format": "avro-confluent", "avro-confluent.schema-registry.url": "http://x"})
        yield Case(side, "kafka", {"format": "avro-confluent", "avro-confluent.url": "x", "avro-confluent.properties.a": "b"})
        yield Case(side, "upsert", {})
        yield Case(side, "upsert", {"key.format": OUT}, "a")
        yield Case(side, "upsert", {"value.format": OUT, "format": "json"}, "a")
        yield Case(side, "upsert", {"value.format": "debezium-json"}, "a")
        yield Case(side, "upsert", {"key.format": "debezium-json"}, "a")
        yield Case(side, "upsert", {"key.fields-prefix": "k_", "value.fields-include": "EXCEPT_KEY"}, "a")
        yield Case(side, "upsert", {"key.fields-prefix": "a", "value.fields-include": "EXCEPT_KEY"}, "a")
        yield Case(side, "upsert", {"key.fields-prefix": "a"}, "a")
        yield Case(side, "upsert", {"topic-pattern": "x", "topic": OUT}, "a")
        yield Case(side, "upsert", {"topic": "t;u"}, "a")
        yield Case(side, "upsert", {"topic": OUT}, "a")
        yield Case(side, "upsert", {"sink.buffer-flush.max-rows": "5"}, "a")
        yield Case(side, "upsert", {"sink.buffer-flush.interval": "5 s"}, "a")
        yield Case(side, "upsert", {"sink.buffer-flush.max-rows": "5", "sink.buffer-flush.interval": "5 s"}, "a")
        yield Case(side, "upsert", {"sink.delivery-guarantee": "exactly-once"}, "a")
        yield Case(side, "upsert", {"scan.bounded.mode": "timestamp"}, "a")
        yield Case(side, "kafka", {"sink.delivery-guarantee": "exactly-once"})
        yield Case(side, "kafka", {"sink.delivery-guarantee": "exactly-once", "sink.transactional-id-prefix": "x"})
        yield Case(side, "kafka", {"sink.delivery-guarantee": "EXACTLY_ONCE"})
        yield Case(side, "keyed", {"sink.partitioner": "round-robin"})
        yield Case(side, "kafka", {"sink.partitioner": "round-robin"})
        yield Case(side, "kafka", {"scan.watermark.alignment.group": "g"})
        yield Case(side, "kafka", {"format": "raw"})
        yield Case(side, "kafka", {"format": "raw"}, "", "payload STRING")
    yield Case("source", "kafka", {"format": "raw"}, "", RAW)
    yield Case("source", "kafka", {"format": "raw", "raw.charset": "UTF-16"}, "", RAW)
    yield Case("source", "kafka", {"format": "raw", "raw.endianness": "middle"}, "", RAW)


def others() -> Iterator[Case]:
    """JDBC, files, datagen, formats."""
    for side in ("source", "sink"):
        yield Case(side, "jdbc", {"url": OUT})
        yield Case(side, "jdbc", {"table-name": OUT})
        yield Case(side, "jdbc", {"username": "u"})
        yield Case(side, "jdbc", {"password": "p"})
        yield Case(side, "jdbc", {"username": "u", "password": "p"})
        yield Case(side, "jdbc", {"scan.partition.column": "a"})
        bounds = {"scan.partition.column": "a", "scan.partition.num": "2", "scan.partition.lower-bound": "1"}
        yield Case(side, "jdbc", {**bounds, "scan.partition.upper-bound": "5"})
        yield Case(side, "jdbc", {**bounds, "scan.partition.upper-bound": "0"})
        yield Case(side, "jdbc", {"lookup.cache.max-rows": "5"})
        yield Case(side, "jdbc", {"lookup.cache.max-rows": "5", "lookup.cache.ttl": "5 s"})
        yield Case(side, "jdbc", {"lookup.cache.ttl": "5 s"})
        yield Case(side, "jdbc", {"lookup.cache": "partial"})
        yield Case(side, "jdbc", {"lookup.max-retries": "-1"})
        yield Case(side, "jdbc", {"sink.max-retries": "-1"})
        yield Case(side, "jdbc", {"connection.max-retry-timeout": "1500 ms"})
        yield Case(side, "jdbc", {"connection.max-retry-timeout": "500 ms"})
        yield Case(side, "jdbc", {"connection.max-retry-timeout": "2 s"})
        yield Case(side, "files", {"path": OUT})
        yield Case(side, "files", {"format": OUT})
        yield Case(side, "files", {"format": "avro"})
        yield Case(side, "files", {"format": "csv", "csv.field-delimiter": ";"})
        yield Case(side, "files", {"format": "csv", "csv.field-delimiter": "||"})
        yield Case(side, "files", {"format": "csv", "csv.field-delimiter": "\\t"})
        yield Case(side, "files", {"format": "csv", "csv.quote-character": "|", "csv.disable-quote-character": "true"})
        yield Case(side, "files", {"format": "csv", "csv.quote-character": ""})
        yield Case(side, "files", {"format": "csv", "csv.disable-quote-character": "true"})
        yield Case(side, "files", {"sink.partition-commit.trigger": "partition_time"})
        yield Case(side, "files", {"sink.partition-commit.watermark-time-zone": "Nowhere"})
        yield Case(side, "files", {"source.monitor-interval": "0 s"})
        yield Case(side, "files", {"source.monitor-interval": "1 s"})
        yield Case(side, "kafka", {"json.timestamp-format.standard": "ISO-8601"})
        yield Case(side, "kafka", {"json.timestamp-format.standard": "iso-8601"})
        yield Case(side, "kafka", {"json.timestamp-format.standard": "RFC-3339"})
        yield Case(side, "kafka", {"json.map-null-key.mode": "DROP"})
        yield Case(side, "kafka", {"json.map-null-key.mode": "drop"})
        yield Case(side, "kafka", {"json.map-null-key.mode": "KEEP"})
        yield Case(side, "kafka", {"json.fail-on-missing-field": "true", "json.ignore-parse-errors": "true"})
        yield Case(side, "kafka", {"format": "debezium-json", "debezium-json.schema-include": "true"})
        yield Case(side, "kafka", {"format": "debezium-json"})
        yield Case(side, "kafka", {"format": "maxwell-json"})
        yield Case(side, "kafka", {"format": "canal-json", "canal-json.timestamp-format.standard": "x"})
    sequence = {"fields.a.kind": "sequence", "fields.a.start": "1", "fields.a.end": "9"}
    for change in (
        {"fields.zz.kind": "random"}, {"fields.a.kind": "random"}, {"fields.a.kind": "Random"}, {"fields.a.kind": "sequence"},
        sequence, {"fields.a.kind": "sequence", "fields.a.start": "1"},
        {"fields.a.start": "1"}, {"fields.a.min": "1", "fields.a.max": "9"}, {"fields.a.min": "x"}, {"fields.b.length": "5"},
        {"fields.b.min": "5"}, {"fields.a.length": "5"}, {**sequence, "fields.a.min": "1"},
        {"fields.a.kind": "other"}, {"fields.a": "1"}, {"fields.ts.max-past": "5 s"}, {"rows-per-second": "0"},
        {"scan.parallelism": "1"},
    ):
        yield Case("source", "datagen", change)


def cases() -> tuple[Case, ...]:
    """All of them."""
    return (*types(), *unknown(), *kafka(), *others())


def recorded() -> dict[str, str]:
    """Case -> what Flink says of it (its beginning), empty where it plans it."""
    found = {}
    for line in TSV.read_text(encoding="utf-8").split("\n")[2:-1]:
        said, name = line.split("\t")
        found[name] = said
    return found


def record(url: str) -> None:
    """Asks Flink about all cases."""
    session = _session(url)
    lines = ["# What Flink 2.3.0 says of each case of sample.py, which records this: nothing where it plans the table", ""]
    for case in cases():
        said = " ".join(_ask(session, case).split())[:110].strip()
        lines.append(f"{said}\t{case.name}")
    TSV.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _session(url: str) -> Session:
    session = Gateway(url).open({"execution.runtime-mode": "streaming", "table.exec.sink.require-on-conflict": "false"})
    needed = [c for (kind, _), p in providers("2.3.0").items() if kind in ("connector", "format")
              for group in (p.coordinates, *p.choices.values()) for c in group]
    for jar in lock_jars(dict.fromkeys(needed, ())):
        session.run(f"ADD JAR '{cached_path(cache_folder(), jar.sha256, jar.file_name)}'")
    return session


def _ask(session: Session, case: Case) -> str:
    session.run(case.ddl.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
    try:
        if case.side == "source":
            session.run("EXPLAIN SELECT * FROM it")
        else:
            values = "CAST(NULL AS STRING)" if case.columns else "1, 'b', TIMESTAMP '2026-01-01 00:00:00'"
            session.run(f"EXPLAIN INSERT INTO it SELECT {values}")
    except SqlError as refused:
        return refused.message or "refused"
    finally:
        session.run("DROP TEMPORARY TABLE it")
    return ""


if __name__ == "__main__":
    record(sys.argv[1])
