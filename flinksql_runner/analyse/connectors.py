"""What is known of connectors: which changes a source gives, which a sink takes, who can be asked for a row.

True for the connectors that flinksql knows (their classes in Flink 2.3); of any other nothing is known, and what hangs on it
stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Kind = Literal["I", "U", "D"]
INSERTS: frozenset[Kind] = frozenset(("I",))
ALL: frozenset[Kind] = frozenset(("I", "U", "D"))
_CHANGELOG_FORMATS = ("canal-json", "debezium-avro-confluent", "debezium-json", "maxwell-json", "ogg-json")
_ROW_FORMATS = ("avro", "avro-confluent", "csv", "json", "protobuf", "raw")
_CHANGE_DATA = ("db2-cdc", "mysql-cdc", "oceanbase-cdc", "oracle-cdc", "postgres-cdc", "sqlserver-cdc", "tidb-cdc")
_AS_INSERTS = "scan.read-changelog-as-append-only.enabled"
_LOOKUP = ("jdbc",)
_NO_LOOKUP = ("datagen", "filesystem", "kafka", "upsert-kafka")

Takes = Literal["inserts", "upserts", "retractions", "as given", "as given, without before"]
"""``inserts`` alone; ``upserts`` by the primary key; ``retractions``: changes with the row before; ``as given``: any."""


class Given(Struct, frozen=True):
    """The changes of a source. ``upserts``: updates and deletes come without the row before, by the primary key."""

    kinds: frozenset[Kind]
    upserts: bool = False


def source_gives(options: Mapping[str, str]) -> Given | None:
    """What a source table gives, or None where that can't be known."""
    connector = options.get("connector")
    if connector in ("datagen", "filesystem", "jdbc"):
        return Given(INSERTS)
    if connector == "upsert-kafka":
        return Given(ALL, upserts=True)
    if connector in _CHANGE_DATA:
        if options.get(_AS_INSERTS, "false").lower() == "true":
            return Given(INSERTS)
        return Given(ALL, upserts=options.get("changelog.mode", "all").lower() == "upsert")
    if connector == "kafka":
        format = options.get("format", options.get("value.format"))
        if format in _CHANGELOG_FORMATS:
            return Given(ALL)
        return Given(INSERTS) if format in _ROW_FORMATS else None
    return None


def sink_takes(options: Mapping[str, str]) -> Takes | None:
    """What a sink table takes, or None where that can't be known."""
    connector = options.get("connector")
    if connector == "kafka":
        format = options.get("format", options.get("value.format"))
        return "retractions" if format in _CHANGELOG_FORMATS else "inserts" if format in _ROW_FORMATS else None
    known: Mapping[str | None, Takes] = {
        "filesystem": "inserts" if options.get("format") in (*_ROW_FORMATS, "parquet", "orc") else "retractions",
        "jdbc": "upserts", "upsert-kafka": "upserts", "print": "as given", "blackhole": "as given, without before",
    }
    if connector == "filesystem" and options.get("format") in _CHANGELOG_FORMATS:
        return None
    return known.get(connector)


def is_lookup_table(options: Mapping[str, str]) -> bool | None:
    """Whether rows of the table can be asked for one by one (a processing-time join needs that); None: not known."""
    connector = options.get("connector")
    return True if connector in _LOOKUP else False if connector in _NO_LOOKUP else None
