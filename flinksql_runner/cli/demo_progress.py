"""The demo's progress on standard error: steps as lines, counts as one line that is rewritten on a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping

_EVERY = 10.0  # seconds between two lines where there is no terminal


class DemoLine:
    """Takes steps and counts, from any thread."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._is_quiet, self._is_terminal = is_quiet, sys.stderr.isatty()
        self._last, self._is_open = -_EVERY, False
        self._lock = threading.Lock()

    def message(self, line: str) -> None:
        """One step."""
        if self._is_quiet:
            return
        with self._lock:
            self._clear()
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    def counts(self, seconds: float, numbers: Mapping[str, int]) -> None:
        """Counts so far, by their name."""
        text = f"{max(0.0, seconds):4.0f} s   " + "   ".join(f"{name} {number:,}" for name, number in numbers.items())
        with self._lock:
            if self._is_quiet:
                return
            if self._is_terminal:
                sys.stderr.write("\r\x1b[K" + text)
                self._is_open = True
            elif seconds - self._last >= _EVERY:
                self._last = seconds
                sys.stderr.write(text + "\n")
            sys.stderr.flush()

    def close(self) -> None:
        """Ends the line."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        if self._is_open:
            sys.stderr.write("\r\x1b[K")
            self._is_open = False
