"""Free ports on loopback."""

from __future__ import annotations

import random
import socket

from flinksql_runner.diagnostics import Failure

LOOPBACK = "127.0.0.1"
# below the ranges that systems take for outgoing connections, so that none takes a port between our look and the bind
_RANGE = range(15000, 32000)


def free_ports(count: int) -> tuple[int, ...]:
    """Different ports that nobody listens on now.

    A service may still find its port taken a moment later: its start is then tried again with other ports.
    """
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if len(found) == count:
            return tuple(found)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            found.append(port)
    raise Failure(f"no free port between {_RANGE.start} and {_RANGE.stop} on {LOOPBACK}: end some servers")


def listens(port: int, seconds: float = 0.5) -> bool:
    """Whether a connection to this port of loopback is accepted."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=seconds):
            return True
    except OSError:
        return False
