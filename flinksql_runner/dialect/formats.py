"""Formats of dates: sqlglot holds them as ``strftime`` does, Flink wants the letters of Java's ``DateTimeFormatter``."""

from __future__ import annotations

import re

_LETTERS = {
    "Y": "yyyy", "y": "yy", "m": "MM", "-m": "M", "d": "dd", "-d": "d", "H": "HH", "-H": "H", "I": "hh", "-I": "h", "M": "mm",
    "-M": "m", "S": "ss", "-S": "s", "f": "SSSSSS", "p": "a", "j": "DDD", "B": "MMMM", "b": "MMM", "A": "EEEE", "a": "E",
    "F": "yyyy-MM-dd", "T": "HH:mm:ss",
}
_PIECE = re.compile(r"%(-?[A-Za-z])(?:strict)?|([A-Za-z']+)|([^%A-Za-z']+)|(.)", re.DOTALL)


def java_format(text: str) -> str | None:
    """``%Y-%m-%d`` as ``yyyy-MM-dd``; None where a part has no letter of Java's. Plain words are put in quotes."""
    parts: list[str] = []
    for found in _PIECE.finditer(text):
        code, word, plain, _ = found.groups()
        if code is not None:
            if code not in _LETTERS:
                return None
            parts.append(_LETTERS[code])
        elif word is not None:
            parts.append("'" + word.replace("'", "''") + "'")
        elif plain is not None:
            parts.append(plain)
        else:
            return None
    return "".join(parts)
