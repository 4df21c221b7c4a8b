"""Inputs that come in steps: what is put into place at once, so that the order between inputs is that of the test.

A source without steps is read as fast as it goes, and which of two inputs comes first at a join is chance. In steps each part is
worked through by the whole job before the next one comes (testing/stepped.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flinksql_runner.diagnostics import Diagnostic, error
from flinksql_runner.testing.inputs import Shape
from flinksql_runner.testing.lines import lines, mark, watermark
from flinksql_runner.testing.values import Given, UnitTest
from flinksql_runner.testing.ways import has_rows_behind

Step = Mapping[str, str]
"""What is put into place at once: by input the text of its next file."""


@dataclass(frozen=True, slots=True)
class Course:
    """All steps of a test; those from ``cut`` on come after the restart, if it has one."""

    steps: tuple[Step, ...]
    cut: int


def needs_steps(test: UnitTest) -> bool:
    """Whether what comes hangs on the order between inputs, or the test is started again in the middle."""
    return bool(test.order) or test.restart or _asks_for_order(test) or _may_race(test)


def _asks_for_order(test: UnitTest) -> bool:
    """Whether the order of changes of several inputs is asked for."""
    return test.expect.changelog is not None and _is_several(test)


def _may_race(test: UnitTest) -> bool:
    """Whether a row behind a watermark is late at a join only if the other inputs' watermarks are there already."""
    return _is_several(test) and any(map(has_rows_behind, test.given))


def _is_several(test: UnitTest) -> bool:
    return sum(1 for g in test.given if g.items) > 1


def mistakes(test: UnitTest) -> Iterator[Diagnostic]:
    """FS717: an order that does not fit the given inputs."""
    counts = {g.input: len(units(g)) for g in test.given}
    for name in dict.fromkeys(test.order):
        if name not in counts:
            yield error("FS717", f"`order` names `{name}`, which is no input of this test", test.place("order"),
                        f"given: {', '.join(f'`{n}`' for n in counts)}")
        elif (asked := test.order.count(name)) > counts[name]:
            yield error("FS717", f"`order` takes {asked} rows of `{name}`, {counts[name]} are given", test.place("order"))


def units(given: Given) -> tuple[tuple[int, int], ...]:
    """What comes together, as ranges of items: a row with the watermarks behind it, and those before the first row."""
    starts = [at for at, item in enumerate(given.items) if item.row is not None]
    if not starts:
        return ((0, len(given.items)),) if given.items else ()
    edges = [0, *starts[1:], len(given.items)]
    return tuple(pairwise(edges))


def course(test: UnitTest, shapes: Mapping[str, Shape], upserts: Sequence[str]) -> Course:
    """The steps of a test.

    With ``order``, or where the order of changes is asked for, inputs come one after another; else all at once, up to the next
    watermark of each.

    :param upserts: inputs whose connector tells rows by key alone.
    """
    given = {g.input: g for g in test.given if g.input in shapes and g.items}
    if test.order or _asks_for_order(test):
        parts = list(_one_by_one(list(_sequence(test, given)), given))
    else:
        parts = list(_phases(given)) or [{}]
    cut = len(parts)
    if test.restart:
        parts, cut = _cut(parts)
    text = _Texts(given, shapes, upserts, shares=bool(test.order))
    made = []
    for at, part in enumerate(parts):
        if test.restart and at == cut and (again := text.again()):
            made.append(again)  # a step of its own: no row must come before all inputs have their watermarks
        made.append(text.step(part))
    return Course(tuple(made), cut)


_Part = Mapping[str, "tuple[int, int]"]
"""Of each input that comes now the range of units."""


def _sequence(test: UnitTest, given: Mapping[str, Given]) -> Iterator[tuple[str, int]]:
    """Input and unit, one after another: as ``order`` says, then the rest in the order of the inputs."""
    at = dict.fromkeys(given, 0)
    for name in test.order:
        yield name, at[name]
        at[name] += 1
    for name, g in given.items():
        yield from ((name, n) for n in range(at[name], len(units(g))))


def _one_by_one(sequence: Sequence[tuple[str, int]], given: Mapping[str, Given]) -> Iterator[_Part]:
    """Neighbours of one input come together, up to a watermark: other inputs may have to take it before the next row."""
    start = 0
    for at, (name, unit) in enumerate(sequence):
        is_last = at + 1 == len(sequence) or sequence[at + 1][0] != name
        if is_last or _has_watermark(given[name], unit):
            yield {name: (sequence[start][1], unit + 1)}
            start = at + 1


def _phases(given: Mapping[str, Given]) -> Iterator[_Part]:
    """Of all inputs what comes up to the next watermark of each."""
    ends = {name: [n + 1 for n in range(len(units(g))) if _has_watermark(g, n) or n + 1 == len(units(g))]
            for name, g in given.items()}
    for at in range(max(map(len, ends.values()), default=0)):
        yield {name: (stops[at - 1] if at else 0, stops[at]) for name, stops in ends.items() if at < len(stops)}


def _has_watermark(given: Given, unit: int) -> bool:
    start, end = units(given)[unit]
    return any(item.watermark is not None for item in given.items[start:end])


def _cut(parts: Sequence[_Part]) -> tuple[list[_Part], int]:
    """The parts, and how many of them come before a restart in the middle; the part that is in the middle is cut in two."""
    sizes = [sum(last - first for first, last in part.values()) for part in parts]
    middle, seen = sum(sizes) // 2, 0
    for at, (part, size) in enumerate(zip(parts, sizes, strict=True)):
        if seen + size > middle:
            if seen == middle and at:
                return list(parts), at
            halves = {name: (first, first + (last - first + 1) // 2, last) for name, (first, last) in part.items()}
            left = {name: (first, mid) for name, (first, mid, last) in halves.items() if first < mid}
            right = {name: (mid, last) for name, (first, mid, last) in halves.items() if mid < last}
            return [*parts[:at], left, *([right] if right else []), *parts[at + 1:]], at + 1
        seen += size
    return list(parts), len(parts)


@dataclass
class _Texts:
    """The files of the steps of one test. ``shares``: a watermark of one input is one of all."""

    given: Mapping[str, Given]
    shapes: Mapping[str, Shape]
    upserts: Sequence[str]
    shares: bool

    def __post_init__(self) -> None:
        self._lines = {n: lines(g, self.shapes[n], upserts=n in self.upserts) for n, g in self.given.items()}
        self._units = {n: units(g) for n, g in self.given.items()}
        self._last: dict[str, str] = {}
        self._count = 0

    def step(self, part: _Part) -> Step:
        """The files of one step."""
        found: dict[str, list[str]] = {}
        for name, (first, last) in part.items():
            start, end = self._units[name][first][0], self._units[name][last - 1][1]
            found.setdefault(name, []).extend(line for item in self._lines[name][start:end] for line in item)
            for item in self.given[name].items[start:end]:
                if item.watermark is not None:
                    self._tell(name, item.watermark, found)
        return self._files(found)

    def again(self) -> Step:
        """The last watermark of each input once more, as a source that runs again tells it; nothing where there was none."""
        return self._files({name: [self._watermark(name, moment)] for name, moment in self._last.items()}) if self._last else {}

    def changes(self, name: str) -> bool:
        """Whether an input's rows are changes."""
        return self.given[name].has_changes or name in self.upserts

    def _files(self, found: Mapping[str, Sequence[str]]) -> Step:
        number = self._count
        self._count += 1
        return {name: "".join(f"{line}\n" for line in (*texts, mark(number, self.shapes[name], changes=self.changes(name))))
                for name, texts in found.items()}

    def _watermark(self, name: str, moment: str) -> str:
        return watermark(moment, self.shapes[name], changes=self.changes(name))

    def _tell(self, name: str, moment: str, found: dict[str, list[str]]) -> None:
        self._last[name] = moment
        for other in self.given if self.shares else ():
            if other != name and self.shapes[other].rowtime is not None:
                self._last[other] = moment
                found.setdefault(other, []).append(self._watermark(other, moment))
