"""Limits that keep a template from hanging or filling the memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

MAX_TEXT = 4_000_000        # characters of one text, and of the result
MAX_LOOPS = 1_000_000       # rounds of all loops of one rendering
MAX_CALLS = 200_000         # calls of one rendering
MAX_SECONDS = 10.0          # of the processor: a busy machine changes nothing
MAX_LOOPED_TEXT = 400_000_000  # rounds times the length of the templates, in characters
MAX_WIDTH = 10_000          # of padding
MAX_POWER = 10_000          # bits of the result of **


class LimitReached(Exception):
    """A template asked for too much; the text says of what."""


class Budget:
    """What one rendering may still do."""

    __slots__ = ("_calls", "_end", "_loops", "loops_allowed")

    def __init__(self, template_length: int, seconds: float = MAX_SECONDS) -> None:
        self.loops_allowed = min(MAX_LOOPS, max(1_000, MAX_LOOPED_TEXT // max(1, template_length)))
        self._loops = self._calls = 0
        self._end = time.thread_time() + seconds

    def call(self) -> None:
        """Counts a call."""
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise LimitReached(f"the template makes more than {MAX_CALLS:,} calls")
        self._clock()

    def rounds(self, items: Iterable[Any]) -> Iterable[Any]:
        """The items of a loop, counted; one of known length is counted at once."""
        try:
            self._add(len(items))  # type: ignore[arg-type]
        except TypeError:
            return self._counted(items)
        return items

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._add(1)
            yield item

    def _add(self, rounds: int) -> None:
        self._loops += rounds
        if self._loops > self.loops_allowed:
            raise LimitReached(f"the loops of the template run more than {self.loops_allowed:,} rounds")
        self._clock()

    def _clock(self) -> None:
        if time.thread_time() > self._end:
            raise LimitReached(f"the template takes more than {MAX_SECONDS:.0f} s")


def text_of_at_most(value: Any) -> Any:
    """``value``, unless it is a text or list beyond the limit."""
    if isinstance(value, (str, bytes, list, tuple)) and len(value) > MAX_TEXT:
        raise LimitReached(f"the template makes a text of more than {MAX_TEXT:,} characters")
    return value


def check_operation(operator: str, left: Any, right: Any) -> None:
    """Refuses an operation whose result would be beyond the limits.

    :raises LimitReached: with what it would make.
    """
    if operator == "*":
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, (str, bytes, list, tuple)) and isinstance(times, int) and len(sequence) * times > MAX_TEXT:
                raise LimitReached(f"the template makes a text of more than {MAX_TEXT:,} characters")
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_POWER:
            raise LimitReached("the template computes a number that is too large")
    elif operator == "**" and isinstance(left, int) and isinstance(right, int):
        if left.bit_length() * abs(right) > MAX_POWER:
            raise LimitReached("the template computes a number that is too large")
    elif operator == "%" and isinstance(left, str) and _wide(left):
        raise LimitReached(f"the template pads a text to more than {MAX_WIDTH:,} characters")


def check_method(owner: Any, name: str, args: tuple[Any, ...]) -> None:
    """Refuses a method of a text that would make one beyond the limits.

    :raises LimitReached: with what it would make.
    """
    if not isinstance(owner, (str, bytes)):
        return
    if name in ("center", "ljust", "rjust", "zfill", "expandtabs") and any(isinstance(a, int) and a > MAX_WIDTH for a in args):
        raise LimitReached(f"the template pads a text to more than {MAX_WIDTH:,} characters")
    if name in ("format", "format_map") and isinstance(owner, str) and _wide(owner):
        raise LimitReached(f"the template pads a text to more than {MAX_WIDTH:,} characters")
    texts = [a for a in args if isinstance(a, (str, bytes))]
    if name == "replace" and len(texts) > 1 and (len(owner) + 1) * max(1, len(texts[1])) > MAX_TEXT * 10:
        raise LimitReached(f"the template makes a text of more than {MAX_TEXT:,} characters")
    if name == "join" and args and hasattr(args[0], "__len__") and len(owner) * len(args[0]) > MAX_TEXT:
        raise LimitReached(f"the template makes a text of more than {MAX_TEXT:,} characters")


def _wide(pattern: str) -> bool:
    digits = 0
    for character in pattern:
        digits = digits + 1 if character.isdigit() else 0
        if digits > 4:
            return True
    return False
