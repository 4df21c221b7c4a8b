"""Follows files by their patterns: through renames, emptying in place, packing, and starts of the collector."""

from __future__ import annotations

import glob
import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from flinksql_runner.collect.identity import Readable, digest_of, identity_of, opened
from flinksql_runner.collect.lines import Line, Lines
from flinksql_runner.collect.offsets import Mark, State

LINGER = 5.0
"""Seconds for which a renamed file is read on at its end: its writer may still hold it open."""
KEPT = 7 * 86_400.0
"""Seconds after which a rotated file that was never seen is no longer taken up; twice as long a file that is gone is remembered,
so that its packed copy is not taken for a new one."""
_COARSE = 2.0  # seconds: times of files are coarse
_SHARE = 1 << 20  # bytes of one file before the next one has its turn

UNREADABLE = (OSError, EOFError, zlib.error)
"""What comes of files that are gone, forbidden, or no gzip in spite of their name."""
Tell = Callable[[str], None]
Clock = Callable[[], float]


class Followed:
    """One file that is being read."""

    def __init__(self, stream: Readable, mark: Mark, now: float, *, is_whole: bool = False) -> None:
        self.stream, self.identity, self.path, self.last = stream, mark.identity, mark.path, mark
        there = os.fstat(stream.fileno())
        self.place = there.st_dev, there.st_ino
        """Where it is on the disk; a copy that is read in place of a file has that one's identity, and a place of its own."""
        self.lines = Lines(stream, mark.offset)
        self.is_whole = is_whole
        """Whether nobody writes it any more, as a packed file or a copy."""
        self.left_at: float | None = None
        """When it lost its name, None while it has it."""
        self.grew_at = now
        self.is_done = False

    def mark(self, now: float) -> Mark:
        """How far it has been given out."""
        tail = self.lines.tail
        if not tail and self.last.offset == self.lines.offset:
            return replace(self.last, seen=now, is_done=self.is_done)
        return Mark(self.identity, self.path, self.lines.offset, now, digest_of(tail), len(tail), self.is_done)

    def read(self, now: float) -> list[Line]:
        """New lines, some at a time."""
        found = list(self.lines.read(_SHARE))
        if found:
            self.grew_at = now
            self.identity = self.identity if self.is_whole else self.identity.grown(self.stream)
        elif self.is_whole or (self.left_at is not None and now - max(self.left_at, self.grew_at) >= LINGER):
            found = list(self.lines.close())
            self.is_done = True
        return found

    @property
    def was_emptied(self) -> bool:
        """Whether the file was cut to nothing and perhaps filled anew: it is shorter than what was read, or begins otherwise."""
        if self.is_whole:
            return False
        size = os.fstat(self.stream.fileno()).st_size
        return size < self.lines.offset + self.lines.waiting or not self.mark(0).is_of(self.stream)


class Follower:
    """All files of some patterns, and those that these were renamed, copied or packed to.

    :param state: how far earlier runs came.
    :param from_end: whether files that are there at the very first start are only read from their end on.
    :param clock: seconds of the epoch.
    """

    def __init__(self, patterns: Sequence[str], state: State, tell: Tell, *, from_end: bool = False,
                 clock: Clock = time.time) -> None:
        self._patterns, self._tell, self._clock = patterns, tell, clock
        self._marks = list(state.marks)
        self._files: list[Followed] = []
        self._began = clock() if state.began is None else state.began
        self._from_end = from_end and state.began is None
        self.lost = 0
        """Files that went away before they were read to their end."""
        self._known: set[str] = set()  # patterns and paths that were complained about
        self._settled: dict[str, _Seen] = {}  # files that hold nothing to send, as they were when that was seen
        self._is_first = True

    def scan(self) -> None:
        """Looks which files are there: new ones, renamed ones, emptied ones."""
        now = self._clock()
        matches = list(self._matches())
        for file in [f for f in self._files if f.was_emptied]:
            self._emptied(file, now)
        for file in self._files:
            if not file.is_whole and _place(file.path) != file.place:
                file.left_at = file.left_at or now
        for path in matches:
            self._found(path, now)
        if self._is_first:
            self._is_first, self._from_end = False, False
            found = {f.identity.born for f in self._files}
            for mark in [m for m in self._marks if not m.is_done and m.identity.born not in found]:
                self._look_for(mark, now)
        since = max(self._began, now - KEPT) - _COARSE
        for path in self._rotated(matches):
            seen = _seen(path)
            if seen is not None and seen.written_ns >= since * 1e9:
                self._found(path, now)

    def read(self) -> Iterator[tuple[Followed, list[Line]]]:
        """New lines of each file that has some."""
        now = self._clock()
        for file in list(self._files):
            try:
                lines = file.read(now)
            except UNREADABLE as problem:
                self._lose(file.path, f"can't be read any more ({_words(problem)})")
                lines, file.is_done = [], True
            if lines:
                yield file, lines
            if file.is_done:
                file.stream.close()
                self._files.remove(file)
                self._remember(file.mark(now))

    def state(self) -> State:
        """How far all files have been given out, those that are gone included for some days."""
        now = self._clock()
        open_ones = {f.identity.born: f.mark(now) for f in self._files}
        old = [m for m in self._marks if m.identity.born not in open_ones and now - m.seen < 2 * KEPT]
        return State((*old, *open_ones.values()), self._began)

    @property
    def behind(self) -> int:
        """Bytes that are in files and were not read yet; packed files count as nothing."""
        sizes = ((os.fstat(f.stream.fileno()).st_size, f) for f in self._files if not f.path.endswith(".gz"))
        return sum(max(0, size - f.lines.offset) for size, f in sizes)

    @property
    def names(self) -> tuple[str, ...]:
        """The files that are read at the moment."""
        return tuple(f.path for f in self._files)

    def close(self) -> None:
        """Closes all files."""
        for file in self._files:
            file.stream.close()

    def _matches(self) -> Iterator[str]:
        for pattern in self._patterns:
            found = sorted(p for p in glob.glob(pattern, recursive=True) if os.path.isfile(p))
            if not found and pattern not in self._known:
                self._known.add(pattern)
                self._tell(f"no file is called {pattern} yet; waiting for one")
            yield from found

    def _rotated(self, matches: Iterable[str]) -> Iterator[str]:
        """What stands beside files of the patterns under longer names: ``access.log.1``, ``access.log-20261126.gz``."""
        for path in dict.fromkeys([*matches, *(m.path for m in self._marks)]):
            yield from sorted(p for p in glob.glob(glob.escape(path) + "[.-]*") if os.path.isfile(p))

    def _found(self, path: str, now: float) -> None:
        """A file by its name that is not empty: a new one, one that is read already, one of an earlier run, a copy of these."""
        seen = _seen(path)
        if seen is None or (seen.device, seen.inode) in {f.place for f in self._files} or self._settled.get(path) == seen:
            return
        try:
            stream = opened(Path(path))
        except UNREADABLE as problem:
            self._complain(path, problem)
            return
        mark = None
        try:
            mark = self._begin(stream, path, seen, now)
        except UNREADABLE as problem:
            self._complain(path, problem)
        finally:
            if mark is None:
                stream.close()
        if mark is not None:
            self._files.append(Followed(stream, replace(mark, is_done=False), now, is_whole=path.endswith(".gz")))

    def _begin(self, stream: Readable, path: str, seen: _Seen, now: float) -> Mark | None:
        """From where on a file is to be read; None where nothing of it is to be sent, or not yet."""
        identity = identity_of(stream, self._fresh(now))
        if not identity.head_bytes:
            return None
        place = seen.device, seen.inode
        known = next((m for m in self._marks if m.identity.place == place and m.is_of(stream)), None)
        if known is None:
            copied = self._copied(stream)
            if copied is None:
                at_end = self._from_end and not path.endswith(".gz")
                return Mark(identity, path, stream.seek(0, os.SEEK_END) if at_end else 0, now)
            if copied.is_done and _size(stream) == copied.offset:
                self._settled[path] = seen
            return None
        if known.is_done and _size(stream) in (known.offset, None):  # None: packed and cut, and read as far as that goes
            self._settled[path] = seen
            return None
        return None if known.identity.born in {f.identity.born for f in self._files} else known

    def _copied(self, stream: Readable) -> Mark | None:
        """The mark of the file that this one is a copy of, or may still become one of: it is left alone then.

        A copy of a file that was read to its end is as long as that. One of a file that is being read may be longer, or shorter
        while it is being made; a file that only begins alike shows that as soon as the other one grows, so one of which
        nothing was read yet is no reason to wait. What is being packed can't be read to its end yet.
        """
        now = [f.mark(0) for f in self._files]
        read = {m.identity.born for m in now}
        for mark in [*(m for m in now if m.offset), *(m for m in self._marks if m.identity.born not in read)]:
            if mark.identity.is_head_of(stream):
                size = _size(stream)
                if size is None or (size < mark.offset and not mark.is_done):
                    return mark
                if mark.is_of(stream) and (size == mark.offset or not mark.is_done):
                    return mark
        return None

    def _complain(self, path: str, problem: Exception) -> None:
        if path not in self._known:
            self._known.add(path)
            self._tell(f"{path} can't be read ({_words(problem)}); it is tried again")

    def _emptied(self, file: Followed, now: float) -> None:
        """A file that was emptied in place: what had not been read stands in a copy; the file itself begins anew."""
        self._files.remove(file)
        self._remember(file.mark(now))
        copy = self._copy_of(file.mark(now), file.identity.place)
        if copy is not None:
            self._files.append(Followed(copy, file.mark(now), now, is_whole=True))
        elif file.lines.waiting:
            self._lose(file.path, "was emptied in the middle of a line")
        else:
            self._remember(replace(file.mark(now), is_done=True))
        file.stream.close()  # it is found anew as soon as it holds something

    def _look_for(self, mark: Mark, now: float) -> None:
        """A file of an earlier run that has lost its name since."""
        for path in _siblings(mark.path):
            if _place(path) == mark.identity.place and (stream := _fitting(path, mark)) is not None:
                file = Followed(stream, mark, now, is_whole=path.endswith(".gz"))
                file.left_at = now
                self._files.append(file)
                return
        copy = self._copy_of(mark, None)
        if copy is not None:
            self._files.append(Followed(copy, mark, now, is_whole=True))
        else:
            self._remember(replace(mark, is_done=True))
            self._lose(mark.path, "went away while nothing was collected")

    def _copy_of(self, mark: Mark, place: tuple[int, int] | None) -> Readable | None:
        """A copy or packed copy beside the file that begins with the same bytes and is at least as long as what was sent."""
        return next((s for p in _siblings(mark.path) if _place(p) != place and (s := _fitting(p, mark)) is not None), None)

    def _remember(self, mark: Mark) -> None:
        self._marks = [m for m in self._marks if m.identity.born != mark.identity.born]
        self._marks.append(mark)

    def _lose(self, path: str, what: str) -> None:
        self.lost += 1
        self._tell(f"{path} {what}, and no copy of it stands beside it: what was written to it behind what was sent is lost")

    def _fresh(self, now: float) -> int:
        """A moment of birth that no file has yet."""
        taken = {m.identity.born for m in self._marks} | {f.identity.born for f in self._files}
        born = int(now * 1000)
        while born in taken:
            born += 1
        return born


class _Seen(NamedTuple):
    """What the disk says of a file: the same as long as it is not replaced and nobody writes it."""

    device: int
    inode: int
    size: int
    written_ns: int


def _seen(path: str) -> _Seen | None:
    try:
        there = os.stat(path)
    except OSError:
        return None
    return _Seen(there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns)


def _place(path: str) -> tuple[int, int] | None:
    seen = _seen(path)
    return None if seen is None else (seen.device, seen.inode)


def _size(stream: Readable) -> int | None:
    """How many bytes a file has; None of a packed one that is cut."""
    try:
        return stream.seek(0, os.SEEK_END)
    except UNREADABLE:
        return None


def _fitting(path: str, mark: Mark) -> Readable | None:
    """A file, opened, if it is the one of the mark or a copy of it; None else, and where it can't be read."""
    with suppress(*UNREADABLE):
        stream = opened(Path(path))
        try:
            is_fitting = mark.is_of(stream)
        except BaseException:
            stream.close()
            raise
        if is_fitting:
            return stream
        stream.close()
    return None


def _siblings(path: str) -> Iterator[str]:
    """Files beside one whose names begin as its name does, as rotated ones do; the shortest first."""
    folder, name = os.path.split(path)
    beside = glob.glob(os.path.join(glob.escape(folder), glob.escape(name.split(".")[0]) + "*"))
    yield from sorted((p for p in beside if os.path.isfile(p)), key=len)


def _words(problem: Exception) -> str:
    return os.strerror(problem.errno).lower() if isinstance(problem, OSError) and problem.errno else str(problem)
