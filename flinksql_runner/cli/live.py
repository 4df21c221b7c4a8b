"""The status line of ``run``: rewritten in place on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import shutil
from typing import TextIO

from flinksql_runner.deploy.attached import Tick

_EVERY = 10.0  # seconds between two lines where there is no terminal


def tick_text(job: str, tick: Tick) -> str:
    """``vehicles  1:05  in 3,200/s  out 12/s  lag 40  checkpoints 6  restarts 0``."""
    seen = tick.observed
    minutes, seconds = divmod(int(tick.seconds), 60)
    parts = [
        job, f"{minutes}:{seconds:02d}", f"in {tick.records_in_per_second:,.0f}/s", f"out {tick.records_out_per_second:,.0f}/s",
        f"lag {seen.lag:,}" if seen.lag is not None else "", f"checkpoints {seen.checkpoints}", f"restarts {seen.restarts}",
        "" if seen.state == "running" else seen.state,
    ]
    return "  ".join(p for p in parts if p)


class LiveLine:
    """Writes ticks and messages to one stream; messages stay, the status line is rewritten below them."""

    def __init__(self, job: str, stream: TextIO, *, is_quiet: bool = False) -> None:
        self._job, self._stream, self._is_quiet = job, stream, is_quiet
        self._is_terminal = stream.isatty()
        self._last = -_EVERY
        self._is_open = False

    def message(self, line: str) -> None:
        """One step of the work."""
        if not self._is_quiet:
            self._clear()
            self._stream.write(line + "\n")
            self._stream.flush()

    def tick(self, tick: Tick) -> None:
        """One look at the job."""
        if self._is_quiet:
            return
        if self._is_terminal:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r\x1b[K" + tick_text(self._job, tick)[:width])
            self._stream.flush()
            self._is_open = True
        elif tick.seconds - self._last >= _EVERY:
            self._last = tick.seconds
            self._stream.write(tick_text(self._job, tick) + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Ends the status line."""
        self._clear()

    def _clear(self) -> None:
        if self._is_open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_open = False
