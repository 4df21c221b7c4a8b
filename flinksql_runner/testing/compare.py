"""Expected against found: multisets and sequences of rows, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flinksql_runner.diagnostics import Diagnostic, Span, did_you_mean, error
from flinksql_runner.flink.rows import Kind
from flinksql_runner.functions.types import SqlType
from flinksql_runner.testing.cells import WrongCell, expected, found, same, shown
from flinksql_runner.testing.matchers import Matcher
from flinksql_runner.testing.values import Difference, ExpectedRow

Found = tuple[Kind, tuple[str | None, ...]]
"""A change as Flink tells it: its kind, and each column's value as text."""
_Line = tuple[str, tuple[str, ...]]
IN_ANOTHER_ORDER = ", in another order"
_Pair = tuple["int | None", "int | None"]
"""Positions of an expected row and of the found one beside it."""


def final_table(changes: Sequence[Found]) -> list[tuple[str | None, ...]]:
    """The rows that are left when all changes are done, in the order of their coming; equal rows count."""
    rows: list[tuple[str | None, ...]] = []
    for kind, row in changes:
        if kind in ("+I", "+U"):
            rows.append(row)
        elif row in rows:
            rows.reverse()
            rows.remove(row)  # the newest of equal ones
            rows.reverse()
    return rows


def mistakes(wanted: Sequence[ExpectedRow], types: Mapping[str, SqlType], what: str, compared: Sequence[str] = (),
             place: Span | None = None) -> Iterator[Diagnostic]:
    """What a test expects that can never be: unknown columns (FS703), values that their type can't hold (FS704).

    :param compared: the columns that the test lists to be compared, at ``place``.
    """
    for name in compared:
        if name not in types:
            yield error("FS703", f"{what} has no column `{name}`", place, did_you_mean(name, types) or (
                f"it has {', '.join(f'`{n}`' for n in types)}"))
    for row in wanted:
        for name, value in row.cells.items():
            if name not in types:
                yield error("FS703", f"{what} has no column `{name}`", row.span, did_you_mean(name, types) or (
                    f"it has {', '.join(f'`{n}`' for n in types)}"))
                continue
            try:
                expected(value, types[name])
            except WrongCell as problem:
                yield error("FS704", f"`{name}`: {problem}", row.span)


def compare_rows(
    title: str, wanted: Sequence[ExpectedRow], rows: Sequence[tuple[str | None, ...]], types: Mapping[str, SqlType],
    compared: Sequence[str] = (),
) -> Difference | None:
    """Two multisets: only the columns that the test lists or names are compared; None where they are the same."""
    columns = _columns(wanted, types, compared)
    left = [_wanted(row, columns, types) for row in wanted]
    right = [_picked(row, columns, types) for row in rows]
    pairs: list[_Pair] = [*sorted(_matched(left, right).items())]
    if len(pairs) == len(left) == len(right):
        return None
    pairs += _paired(left, right, pairs)
    return _difference(title, columns, types, left, right, pairs, rows)


def compare_changes(title: str, wanted: Sequence[ExpectedRow], changes: Sequence[Found], types: Mapping[str, SqlType],
                    compared: Sequence[str] = ()) -> Difference | None:
    """Two sequences, change by change; None where they are the same."""
    columns = _columns(wanted, types, compared)
    left: list[tuple[object, ...]] = [(row.op, *_wanted(row, columns, types)) for row in wanted]
    right: list[tuple[object, ...]] = [(kind, *_picked(row, columns, types)) for kind, row in changes]
    if len(left) == len(right) and all(map(_same, left, right)):
        return None
    pairs = [(at if at < len(left) else None, at if at < len(right) else None) for at in range(max(len(left), len(right)))]
    raw = [(kind, *row) for kind, row in changes]
    if len(left) == len(right) == len(_matched(left, right)):
        title += IN_ANOTHER_ORDER
    return _difference(title, ("op", *columns), {"op": SqlType("STRING"), **types}, left, right, pairs, raw)


def _difference(
    title: str, columns: tuple[str, ...], types: Mapping[str, SqlType], left: Sequence[tuple[object, ...]],
    right: Sequence[tuple[object, ...]], pairs: Sequence[_Pair], rows: Sequence[tuple[str | None, ...]],
) -> Difference:
    """Expected rows beside found ones as lines; ``rows`` are the found ones as Flink told them, with all columns of ``types``."""
    lines: list[_Line] = []
    origins: list[tuple[int | None, tuple[str | None, ...] | None]] = []
    order = list(types)
    for at, i in pairs:
        origins.append((at, tuple(rows[i][order.index(c)] for c in columns) if i is not None else None))
        if at is not None and i is not None:
            lines.append(("=", tuple(map(shown, left[at]))) if _same(left[at], right[i]) else ("~", _changed(left[at], right[i])))
        elif at is not None:
            lines.append(("-", tuple(map(shown, left[at]))))
        elif i is not None:
            lines.append(("+", tuple(map(shown, right[i]))))
    return Difference(title, columns, tuple(lines), tuple(types[c] for c in columns), tuple(origins))


def _matched(left: Sequence[tuple[object, ...]], right: Sequence[tuple[object, ...]]) -> dict[int, int]:
    """Which expected row goes with which found one, as many as can: plain rows first, each row at most once.

    A row with a matcher may fit several; where the one it fits is taken by another with a matcher, that one moves on
    (augmenting paths, as in Kuhn's algorithm for the greatest matching).
    """
    loose = [at for at, row in enumerate(left) if any(isinstance(cell, Matcher) for cell in row)]
    fixed = frozenset(range(len(left))) - frozenset(loose)
    owner: dict[int, int] = {}
    for at in sorted(fixed):
        match = next((i for i, row in enumerate(right) if i not in owner and _same(left[at], row)), None)
        if match is not None:
            owner[match] = at

    def place(at: int, seen: set[int]) -> bool:
        for i, row in enumerate(right):
            if i in seen or (i in owner and owner[i] in fixed) or not _same(left[at], row):
                continue
            seen.add(i)
            if i not in owner or place(owner[i], seen):
                owner[i] = at
                return True
        return False

    for at in loose:
        place(at, set())
    return {at: i for i, at in owner.items()}


def _paired(left: Sequence[tuple[object, ...]], right: Sequence[tuple[object, ...]], equal: Sequence[_Pair]) -> Iterator[_Pair]:
    """Missing rows beside the unexpected ones that they resemble: at least half of the cells are the same."""
    free = [i for i in range(len(right)) if i not in {i for _, i in equal}]
    for at in (at for at in range(len(left)) if at not in {at for at, _ in equal}):
        row = left[at]
        near = max(free, key=lambda i: _alike(row, right[i]), default=None)
        if near is not None and len(row) > 1 and _alike(row, right[near]) * 2 >= len(row):
            free.remove(near)
            yield at, near
        else:
            yield at, None
    yield from ((None, i) for i in free)


def _changed(wanted: tuple[object, ...], seen: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(shown(w) if same(w, s) else f"{shown(w)} ≠ {shown(s)}" for w, s in zip(wanted, seen, strict=True))


def _columns(wanted: Sequence[ExpectedRow], types: Mapping[str, SqlType], compared: Sequence[str]) -> tuple[str, ...]:
    """The columns that the test lists, else all that any row names, in the node's order; where no row is expected all of them,
    to show what came."""
    if compared:
        return tuple(c for c in types if c in compared)
    named = {name for row in wanted for name in row.cells}
    return tuple(c for c in types if c in named) or tuple(types)


def _wanted(row: ExpectedRow, columns: Sequence[str], types: Mapping[str, SqlType]) -> tuple[object, ...]:
    return tuple(expected(row.cells.get(c), types[c]) for c in columns)


def _picked(row: Sequence[str | None], columns: Sequence[str], types: Mapping[str, SqlType]) -> tuple[object, ...]:
    order = list(types)
    return tuple(found(row[order.index(c)], types[c]) for c in columns)


def _same(wanted: Sequence[object], seen: Sequence[object]) -> bool:
    return all(map(same, wanted, seen))


def _alike(wanted: Sequence[object], seen: Sequence[object]) -> int:
    return sum(map(same, wanted, seen))
