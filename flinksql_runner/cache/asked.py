"""Environment variables as a mapping that remembers what was asked of it: results hang on these alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Asked(Mapping[str, str]):
    """``env`` with the names that were looked up in ``names``; ``whole`` tells that all of it was looked at."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.names: set[str] = set()
        self.whole = False

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._env[name]

    def __iter__(self) -> Iterator[str]:
        self.whole = True
        return iter(self._env)

    def __len__(self) -> int:
        self.whole = True
        return len(self._env)
