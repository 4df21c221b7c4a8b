"""Free ports on loopback."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping, Sequence

from flinksql_runner.diagnostics import Failure

LOOPBACK = "127.0.0.1"
# below the ranges that systems take for outgoing connections, so that none takes a port between our look and the bind
_RANGE = range(15000, 32000)


def free_ports(names: Sequence[str], preferred: Mapping[str, int]) -> dict[str, int]:
    """A port by name that nobody listens on now: the preferred one where it is free.

    A service may still find its port taken a moment later: its start is then tried again with other ports.
    """
    wish = [preferred.get(name, 0) for name in names]
    if len(set(wish)) == len(wish) and all(port in _RANGE and _is_free(port) for port in wish):
        return dict(zip(names, wish, strict=True))
    return dict(zip(names, _search(len(names)), strict=True))


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: the last one's old connections don't count
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _search(count: int) -> tuple[int, ...]:
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if len(found) == count:
            return tuple(found)
        if _is_free(port):
            found.append(port)
    raise Failure(f"no free port between {_RANGE.start} and {_RANGE.stop} on {LOOPBACK}: end some servers")


def listens(port: int, seconds: float = 0.5) -> bool:
    """Whether a connection to this port of loopback is accepted."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=seconds):
            return True
    except OSError:
        return False
