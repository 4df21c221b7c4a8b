"""The end of log files, and what is appended to them; entries of several lines stay together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

_BLOCK = 1 << 16
_START = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|\[\d{4}-\d\d-\d\d )")  # a new entry begins with a time
_GRAVE = re.compile(r"\b(ERROR|FATAL|WARN|Exception|Traceback)\b")


def last_lines(path: Path, count: int) -> list[str]:
    """The last ``count`` lines of a file, read from its end; none where there is no such file."""
    try:
        with path.open("rb") as file:
            at = file.seek(0, 2)
            content = b""
            while at > 0 and content.count(b"\n") <= count:
                step = min(_BLOCK, at)
                at = file.seek(at - step)
                content = file.read(step) + content
    except FileNotFoundError:
        return []
    return content.decode("utf-8", errors="replace").splitlines()[-count:] if count > 0 else []


def entries(lines: Iterable[str]) -> Iterator[str]:
    """Log entries: a line that begins with a time, with the lines that follow it (a stack trace)."""
    entry: list[str] = []
    for line in lines:
        if _START.match(line) and entry:
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    if entry:
        yield "\n".join(entry)


def concerns(entry: str, words: Iterable[str]) -> bool:
    """Whether an entry speaks of a job (its name or ids), or of anything that went wrong."""
    return any(w and w in entry for w in words) or bool(_GRAVE.search(entry))


def follow(
    paths: Mapping[str, Path], sleep: Callable[[float], None], is_wanted: Callable[[str], bool], *, poll: float = 0.3,
) -> Iterator[tuple[str, str]]:
    """Name and line of whatever is appended from now on, until the caller ends it; a file that is made anew is read anew."""
    at = {name: path.stat().st_size if path.is_file() else 0 for name, path in paths.items()}
    rest = dict.fromkeys(paths, b"")
    while True:
        for name, path in paths.items():
            size = path.stat().st_size if path.is_file() else 0
            if size < at[name]:
                at[name], rest[name] = 0, b""
            if size > at[name]:
                with path.open("rb") as file:
                    file.seek(at[name])
                    *lines, rest[name] = (rest[name] + file.read(size - at[name])).split(b"\n")
                at[name] = size
                for line in lines:
                    text = line.decode("utf-8", errors="replace")
                    if is_wanted(text):
                        yield name, text
        sleep(poll)
