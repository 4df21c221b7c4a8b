"""Who may hide photos, and how often: by key, or by address where the API needs none."""

from __future__ import annotations

import time
from pathlib import Path

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from privacy_api.keys import PER_MINUTE, Key, KeyFile
from privacy_api.problems import Problem

_REFUSALS = 30      # wrong keys of one address a minute, behind which right ones are not looked at either


class Guard:
    """Counts in the memory of one process; several of them behind one gateway share the gateway's limits."""

    def __init__(self, keys: Path | None, per_minute: int = PER_MINUTE) -> None:
        """
        :param per_minute: of an address, where no keys are needed.
        :raises ValueError: where the file holds no keys.
        """
        self._keys = None if keys is None else KeyFile(keys)
        self._per_minute = per_minute
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admitted(self, shown: str, client: str, *, is_counted: bool = True) -> Key | None:
        """The key that the client has shown; None where none is needed.

        :raises Problem: 401 without a right key, 429 where it comes too often.
        """
        key = None if self._keys is None else self._known(shown, client)
        item, name = self._item(key, client)
        if is_counted and not self._limiter.hit(item, name):
            raise self._too_often(item, name)
        return key

    def usage(self, key: Key | None, client: str) -> dict[str, int | str]:
        """``{"key": ..., "per_minute": ..., "remaining": ...}``."""
        item, name = self._item(key, client)
        return {"key": key.key_id if key else "", "per_minute": item.amount,
                "remaining": self._limiter.get_window_stats(item, name).remaining}

    def _known(self, shown: str, client: str) -> Key:
        assert self._keys is not None
        refusals = RateLimitItemPerMinute(_REFUSALS)
        if not self._limiter.test(refusals, f"refused {client}"):
            raise self._too_often(refusals, f"refused {client}")
        key = self._keys.find(shown)
        if key is None:
            self._limiter.hit(refusals, f"refused {client}")
            raise Problem(401, "wrong_key" if shown else "no_key", "Show a key in the header X-API-Key: KEYID.SECRET.",
                          {"WWW-Authenticate": 'X-API-Key realm="privacy_api"'})
        return key

    def _item(self, key: Key | None, client: str) -> tuple[RateLimitItemPerMinute, str]:
        return (RateLimitItemPerMinute(self._per_minute), f"address {client}") if key is None else (
            RateLimitItemPerMinute(key.per_minute), f"key {key.key_id}")

    def _too_often(self, item: RateLimitItemPerMinute, name: str) -> Problem:
        wait = max(1, round(self._limiter.get_window_stats(item, name).reset_time - time.time()))
        return Problem(429, "too_often", f"At most {item.amount} requests a minute: try again in {wait} s.",
                       {"Retry-After": str(wait)})
