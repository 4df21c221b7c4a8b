"""Keys of the API, ``KEYID.SECRET``: the id is public and stands in logs, of the secret only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PER_MINUTE = 60
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Key:
    """``sha256`` is that of the secret, which has 256 bits by chance: a slow hash would protect it no better."""

    key_id: str
    sha256: str
    per_minute: int = PER_MINUTE


def key_id(shown: str) -> str:
    """The public part of what a client shows, right or wrong; empty where it has none."""
    first, dot, _ = shown.partition(".")
    return first if dot and _ID.fullmatch(first) else ""


def new_key(key_id: str, per_minute: int = PER_MINUTE) -> tuple[str, Key]:
    """A key as its owner has to show it, and as it is kept.

    :raises ValueError: where the id has other characters than letters, digits, ``_`` and ``-``, or more than 64.
    """
    if not _ID.fullmatch(key_id):
        raise ValueError("the id of a key has letters, digits, _ and -, at most 64")
    secret = secrets.token_urlsafe(32)
    return f"{key_id}.{secret}", Key(key_id, _hash(secret), per_minute)


class KeyFile:
    """Keys of a JSON file, ``{"k0042": {"sha256": "...", "per_minute": 60}}``, which is read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._state: tuple[int, int] | None = None
        self._keys: Mapping[str, Key] = {}
        self.reload()

    def find(self, shown: str) -> Key | None:
        """The key whose id and secret a client has shown, or None."""
        self.reload()
        first, _, secret = shown.partition(".")
        key = self._keys.get(first)
        return key if hmac.compare_digest(_hash(secret), key.sha256 if key else _hash("")) and key is not None else None

    def reload(self) -> None:
        """Reads the file if it has changed; one that is broken or gone leaves the keys as they were.

        :raises OSError, ValueError: where the very first reading fails.
        """
        try:
            stat = self._path.stat()
            state = (stat.st_mtime_ns, stat.st_size)
            if state == self._state:
                return
            with self._lock:
                self._keys = {
                    name: Key(name, str(entry["sha256"]), int(entry.get("per_minute", PER_MINUTE)))
                    for name, entry in json.loads(self._path.read_text(encoding="utf-8")).items()}
                self._state = state
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            if self._state is None:
                raise ValueError(f"{self._path} holds no keys: {problem}") from None


def add_key(path: Path, key: Key) -> None:
    """Writes a key into a file of keys, in place of one with this id; the file is made where there is none."""
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    held[key.key_id] = {"sha256": key.sha256, "per_minute": key.per_minute}
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(path)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
