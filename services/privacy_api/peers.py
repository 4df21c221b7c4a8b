"""Who the client is: the peer of the connection, or what trusted proxies say of it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from privacy_api.settings import Network


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The last address on the way to us that no trusted proxy has. What a client itself writes into X-Forwarded-For stands to the
    left of what proxies add, so it never counts.

    :param peer: the address of the connection's other end.
    :param forwarded_for: the value of X-Forwarded-For, empty without.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()] if forwarded_for else []
    while hops and _is_trusted(peer, trusted):
        hop = _address(hops.pop())
        if hop is None:
            break
        peer = hop
    return peer


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in trusted)


def _address(text: str) -> str | None:
    """An address without a port and brackets; None for anything else."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None
