"""Passwords, keys and tokens that stand in WITH options as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flinksql_runner.project.placeholders import names_in

_WORDS = frozenset({
    "accesskey", "apikey", "credential", "credentials", "passphrase", "passwd", "password", "pwd", "secret", "secretkey",
    "token",
})
_BEFORE_KEY = frozenset({"access", "account", "api", "auth", "private", "secret"})
_NO_SECRET_LAST = frozenset({
    "alias", "class", "column", "delimiter", "enabled", "endpoint", "expiry", "factory", "field", "file", "format", "handler",
    "id", "interval", "location", "ms", "name", "path", "provider", "refresh", "source", "timeout", "ttl", "type", "uri", "url",
})
_IN_VALUE = re.compile(
    r"""(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)\s*=\s*["']?(?P<assigned>[^\s"'&;,]+)"""
    r"""|://[^/@\s:]+:(?P<userinfo>[^/@\s]+)@""",
    re.IGNORECASE,
)


def names_a_secret(key: str) -> bool:
    """Whether an option of this name holds a password, key or token."""
    words = [w for w in re.split(r"[.\-_]", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", key).lower()) if w]
    if not words or words[-1] in _NO_SECRET_LAST:
        return False
    return any(w in _WORDS for w in words) or any(b == "key" and a in _BEFORE_KEY for a, b in pairwise(words))


def plain_secret(key: str, value: str) -> bool:
    """Whether the value of an option holds a secret as plain text (a placeholder ``${...}`` is none)."""
    if names_a_secret(key):
        return bool(value.strip()) and not names_in(value)
    return any(not names_in(part) for part in _secrets_inside(value))


def _secrets_inside(value: str) -> Iterator[str]:
    for match in _IN_VALUE.finditer(value):
        yield match.group("assigned") or match.group("userinfo")
