"""Other ways to run a test that must come to the same end: rows in another order between watermarks, several subtasks."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flinksql_runner.testing.compare import Found
from flinksql_runner.testing.values import Expect, ExpectedRow, Given, Item, Outcome, UnitTest

SHUFFLES = 2
"""How many other orders are tried; each is the same in every run."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What all tests are run with, besides what each one says of itself."""

    shuffle: bool = False
    parallelism: int = 1
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """A test as it is run once more. ``words`` say how, ``settings`` are the Flink options that it needs."""

    test: UnitTest
    words: str
    settings: Mapping[str, str]


def variants(test: UnitTest, ways: Ways, in_order: Collection[str] = ()) -> Iterator[Variant]:
    """The other ways of a test: of its own and those for all. None where it says nothing of a final table.

    After a restart changes and rows are the same. Rows are not shuffled where their order is said: by ``order``, or as changes.
    With several subtasks none either where rows stand behind a watermark: a source subtask without rows may hold the watermark
    back for a moment, so that it is a matter of chance whether such a row is late.

    :param in_order: inputs whose rows are never shuffled, since each replaces the one of its key before.
    """
    if (test.restart or ways.restart) and test.error is None and any(g.items for g in test.given):
        yield Variant(replace(test, name=f"{test.name} (restarted)", restart=True, parallelism=1), "restarted", {})
    test = replace(test, restart=False)
    expect = _at_the_end(test.expect)
    if expect is None:
        return
    if (test.shuffle or ways.shuffle) and not test.order and not any(g.has_changes for g in test.given):
        seen = [test.given]
        for number in range(1, SHUFFLES + 1):
            given = tuple(g if g.input in in_order else shuffled(g, f"{test.name} {number}") for g in test.given)
            if given not in seen:
                seen.append(given)
                words = f"shuffled, order {number}"
                name = f"{test.name} ({words})"
                yield Variant(replace(test, name=name, given=given, expect=expect, parallelism=1), words, {})
    if (parallelism := max(test.parallelism, ways.parallelism)) > 1 and not any(map(has_rows_behind, test.given)):
        words = f"parallelism {parallelism}"
        settings = {"parallelism.default": str(parallelism)}
        name = f"{test.name} ({words})"
        yield Variant(replace(test, name=name, expect=expect, parallelism=parallelism), words, settings)


def has_rows_behind(given: Given) -> bool:
    """Whether rows of an input come behind one of its watermarks."""
    marks = [item.watermark is not None for item in given.items]
    return True in marks and False in marks[marks.index(True):]


def shuffled(given: Given, seed: str) -> Given:
    """The same rows in another order; none passes a watermark."""
    pick = random.Random(seed)
    items: list[Item] = []
    part: list[Item] = []
    for item in given.items:
        if item.watermark is None:
            part.append(item)
            continue
        pick.shuffle(part)
        items += [*part, item]
        part = []
    pick.shuffle(part)
    return replace(given, items=(*items, *part))


def settled(changes: Sequence[Found], parallelism: int) -> Sequence[Found]:
    """Changes in an order in which they make a table: those of several subtasks overtake each other, so that a row may be taken
    back before it comes."""
    return sorted(changes, key=lambda change: change[0] in ("-U", "-D")) if parallelism > 1 else changes


def _at_the_end(expect: Expect) -> Expect | None:
    """What is expected whatever the order: the final table and the late rows, no order of changes."""
    rows = expect.rows
    if rows is None and expect.changelog is not None:
        rows = _rows_left(expect.changelog)
    return Expect(rows, None, expect.late) if rows is not None or expect.late is not None else None


def _rows_left(changes: Sequence[ExpectedRow]) -> tuple[ExpectedRow, ...] | None:
    """The final table of a changelog; None where a change takes back what the test does not name in full before."""
    left: list[ExpectedRow] = []
    for change in changes:
        if change.op in ("+I", "+U"):
            left.append(change)
            continue
        found = next((row for row in reversed(left) if row.cells == change.cells), None)
        if found is None:
            return None
        left.remove(found)
    return tuple(replace(row, op=None) for row in left)


def merged(plain: Outcome, others: Sequence[tuple[Variant, Outcome]]) -> Outcome:
    """One outcome of a test and its variants: that of the test where it does not pass, else of the first that does not."""
    seconds = plain.seconds + sum(o.seconds for _, o in others)
    if plain.status == "pass":
        for variant, other in others:
            if other.status != "pass":
                differences = tuple(replace(d, title=f"{d.title}, {variant.words}") for d in other.differences)
                return replace(other, test=plain.test, seconds=seconds, message=f"{variant.words}: {other.message}",
                               differences=differences)
    return replace(plain, seconds=seconds)
