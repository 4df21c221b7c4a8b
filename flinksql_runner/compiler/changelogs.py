"""What the manifest and ``ls`` tell of a node's stream: its changelog mode and its upsert keys."""

from __future__ import annotations

from flinksql_runner.analyse.streams import Streams

Json = dict[str, object]


def stream_of(name: str, streams: Streams | None) -> Json:
    """``changelog_mode`` (of I, UB, UA, D) and ``upsert_keys`` of a node; null where they are not known."""
    found = streams.node(name) if streams is not None else None
    if found is None:
        return {"changelog_mode": None, "upsert_keys": None}
    return {
        "changelog_mode": list(found.mode) if found.mode is not None else None,
        "upsert_keys": [list(k) for k in found.keys] if found.keys is not None else None,
    }
