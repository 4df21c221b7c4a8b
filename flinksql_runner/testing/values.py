"""What a unit test says, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.flink.rows import Kind

Status = Literal["pass", "fail", "error", "skipped"]
Cells = Mapping[str, object]
"""Column -> value as YAML gives it: text, number, boolean, None, list or mapping."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an input: a row, or a watermark of this input at this place. ``span`` is its place in the YAML file."""

    span: Span
    row: Cells | None = None
    watermark: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The rows of one input, in the order in which they arrive."""

    input: str
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A row that must come; ``op`` is its kind of change, None in a final table."""

    cells: Cells
    span: Span
    op: Kind | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What must come: the final table as a multiset, every change in order, rows of inputs that come too late. None: anything."""

    rows: tuple[ExpectedRow, ...] | None = None
    changelog: tuple[ExpectedRow, ...] | None = None
    late: Mapping[str, tuple[ExpectedRow, ...]] | None = None


@dataclass(frozen=True, slots=True)
class UnitTest:
    """One test of a node. ``span`` is the place of its name, ``node_span`` that of the node's.

    ``shuffle`` and ``parallelism`` ask for more runs of it that must come to the same final table (testing/ways.py).
    """

    name: str
    node: str
    given: tuple[Given, ...]
    expect: Expect
    span: Span
    node_span: Span
    tags: tuple[str, ...] = ()
    is_enabled: bool = True
    shuffle: bool = False
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class Suite:
    """All tests of a project, in the order of their files. ``texts`` are the files by path, for places in them."""

    tests: tuple[UnitTest, ...]
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wrong in one of the compared tables.

    ``title`` says which (``rows``, ``changelog``, ``late rows of clicks``), ``columns`` are its columns. A line is a mark and
    cells: ``=`` as expected, ``-`` missing, ``+`` not expected, ``~`` expected otherwise (such a cell holds ``wanted ≠ found``).
    """

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one test: ``message`` in a sentence, ``diagnostics`` of what the user wrote wrong, ``detail`` from Flink."""

    test: UnitTest
    status: Status
    seconds: float = 0.0
    message: str = ""
    differences: tuple[Difference, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    detail: str = ""
