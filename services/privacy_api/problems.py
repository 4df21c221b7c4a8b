"""What a client is told when it gets no photo."""

from __future__ import annotations


class Problem(Exception):
    """``status`` is HTTP's, ``code`` is for programs, ``message`` for people; ``headers`` go with the answer."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}
