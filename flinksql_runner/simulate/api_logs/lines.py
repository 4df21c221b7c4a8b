"""Lines of the log as gateways write them (docs/api_logs.md), and the ways in which lines are broken."""

from __future__ import annotations

import json
import random
import time
from typing import NamedTuple

_QUOTED = json.JSONEncoder(ensure_ascii=False).encode


class Request(NamedTuple):
    """What a gateway knows of a request. ``at`` is the end of it in seconds after the start, ``seconds`` how long it took."""

    at: float
    client: str
    method: str
    path: str
    query: str
    status: int
    bytes_in: int
    bytes_out: int
    seconds: float
    key: str
    agent: str


def line(request: Request, request_id: int, server: str, moment_ms: int) -> bytes:
    """One line without its end. ``request_id`` has up to 128 bits; ``moment_ms`` is ``at`` in ms since the epoch."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment_ms // 1000))
    has_upstream = request.status not in (401, 429)     # the gateway answers these itself
    return (
        f'{{"time":"{whole}.{moment_ms % 1000:03d}Z","server":"{server}","request_id":"{request_id:032x}",'
        f'"client":"{request.client}","method":"{request.method}","path":{_QUOTED(request.path)},"query":{_QUOTED(request.query)},'
        f'"status":{request.status},"bytes_in":{request.bytes_in},"bytes_out":{request.bytes_out},'
        f'"duration_s":{request.seconds:.3f},"upstream":"{f"127.0.0.1:{8001 + request_id % 4}" if has_upstream else ""}",'
        f'"upstream_s":"{f"{request.seconds * 0.97:.3f}" if has_upstream else ""}","api_key_id":{_QUOTED(request.key)},'
        f'"user_agent":{_QUOTED(request.agent)}}}'
    ).encode()


def broken(sound: bytes, chance: random.Random) -> bytes:
    """A line that can't be used, made of a sound one: cut off, another format, a field that is missing or wrong."""
    way = chance.randrange(len(_WAYS) + 4)
    if way < len(_WAYS):
        name, value = _WAYS[way]
        fields = json.loads(sound)
        if value is None:
            del fields[name]
        else:
            fields[name] = value
        return json.dumps(fields, separators=(",", ":")).encode()
    if way == len(_WAYS):
        return sound[: chance.randrange(5, len(sound) - 2)]
    if way == len(_WAYS) + 1:
        return sound[: chance.randrange(5, len(sound) // 2)] + b"\xff\xfe\xc3("
    if way == len(_WAYS) + 2:
        return b'198.51.100.7 - - [26/Nov/2026:11:30:00 +0000] "GET /v1/usage HTTP/1.1" 200 512 "-" "curl/8.5"'
    return b"[" + sound + b"]"


_WAYS: tuple[tuple[str, object], ...] = (
    ("request_id", None), ("request_id", "17"), ("time", "26/Nov/2026:11:30:00 +0000"), ("client", "unknown"), ("path", None),
    ("status", "OK"), ("status", 0), ("bytes_out", -1), ("duration_s", "-"), ("method", None),
)
