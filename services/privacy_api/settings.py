"""What the API is told by its environment: ``PRIVACY_API_*``, as docs/privacy_api.md lists them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from privacy_api.keys import PER_MINUTE

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Settings:
    """``keys`` None: everybody may hide photos, an address ``per_minute`` of them. ``trusted`` are proxies whose X-Forwarded-For
    counts. ``max_bytes`` and ``max_pixels`` are of a photo; all of a request must have come within ``body_seconds``.
    """

    keys: Path | None = None
    trusted: Sequence[Network] = ()
    detector: str = "plates+faces"
    per_minute: int = PER_MINUTE
    max_bytes: int = 15_000_000
    max_pixels: int = 50_000_000
    body_seconds: float = 30.0


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Of the environment's variables.

    :raises ValueError: where one can't be read; its name is in the words.
    """
    default = Settings()
    keys = env.get("PRIVACY_API_KEYS")
    return Settings(
        keys=Path(keys) if keys else None,
        trusted=tuple(_network(text) for text in env.get("PRIVACY_API_TRUSTED", "").replace(",", " ").split()),
        detector=env.get("PRIVACY_API_DETECTOR") or default.detector,
        per_minute=_number(env, "PRIVACY_API_PER_MINUTE", default.per_minute),
        max_bytes=_number(env, "PRIVACY_API_MAX_BYTES", default.max_bytes),
        max_pixels=_number(env, "PRIVACY_API_MAX_PIXELS", default.max_pixels),
        body_seconds=float(_number(env, "PRIVACY_API_BODY_SECONDS", int(default.body_seconds))),
    )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{name} is a number above 0, not {text!r}")
    return int(text)


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"PRIVACY_API_TRUSTED lists addresses and networks; {text!r} is none") from None
