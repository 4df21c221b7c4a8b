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
    taken = _matched(left, right)
    missing = [row for at, row in enumerate(left) if at not in taken]
    equal = [row for at, row in enumerate(left) if at in taken]
    used = set(taken.values())
    right = [row for at, row in enumerate(right) if at not in used]
    if not missing and not right:
        return None
    lines: list[_Line] = [("=", tuple(map(shown, row))) for row in equal]
    lines += _paired(missing, right)
    return Difference(title, columns, tuple(lines))


def compare_changes(title: str, wanted: Sequence[ExpectedRow], changes: Sequence[Found], types: Mapping[str, SqlType],
                    compared: Sequence[str] = ()) -> Difference | None:
    """Two sequences, change by change; None where they are the same."""
    columns = _columns(wanted, types, compared)
    left: list[tuple[object, ...]] = [(row.op, *_wanted(row, columns, types)) for row in wanted]
    right: list[tuple[object, ...]] = [(kind, *_picked(row, columns, types)) for kind, row in changes]
    if len(left) == len(right) and all(map(_same, left, right)):
        return None
    lines: list[_Line] = []
    for at in range(max(len(left), len(right))):
        if at >= len(right):
            lines.append(("-", tuple(map(shown, left[at]))))
        elif at >= len(left):
            lines.append(("+", tuple(map(shown, right[at]))))
        elif _same(left[at], right[at]):
            lines.append(("=", tuple(map(shown, left[at]))))
        else:
            lines.append(("~", _changed(left[at], right[at])))
    if len(left) == len(right) == len(_matched(left, right)):
        title += ", in another order"
    return Difference(title, ("op", *columns), tuple(lines))


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


def _paired(missing: Sequence[tuple[object, ...]], extra: Sequence[tuple[object, ...]]) -> Iterator[_Line]:
    """Missing rows beside the unexpected ones that they resemble: more than half of the cells are the same."""
    free = list(extra)
    for row in missing:
        near = max(free, key=lambda r: _alike(row, r), default=None)
        if near is not None and len(row) > 1 and _alike(row, near) * 2 >= len(row):
            free.remove(near)
            yield "~", _changed(row, near)
        else:
            yield "-", tuple(map(shown, row))
    yield from (("+", tuple(map(shown, row))) for row in free)


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
