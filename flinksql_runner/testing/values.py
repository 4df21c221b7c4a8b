"""What a unit test says, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.flink.rows import Kind
from flinksql_runner.functions.types import SqlType

Status = Literal["pass", "fail", "error", "skipped"]
Cells = Mapping[str, object]
"""Column -> value as YAML gives it: text, number, boolean, None, list or mapping."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an input: a row, or a watermark of this input at this place. ``span`` is its place in the YAML file.

    ``op`` is the row's kind of change, None where the test gives none: then it is an insertion.
    """

    span: Span
    row: Cells | None = None
    watermark: str | None = None
    op: Kind | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The rows of one input, in the order in which they arrive.

    ``defaults`` is whether a column that a row does not name holds its type's default, not null.
    """

    input: str
    items: tuple[Item, ...]
    span: Span
    defaults: bool = False

    @property
    def has_changes(self) -> bool:
        """Whether any row says what kind of change it is."""
        return any(item.op is not None for item in self.items)


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A row that must come; ``op`` is its kind of change, None in a final table."""

    cells: Cells
    span: Span
    op: Kind | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What must come: the final table as a multiset, every change in order, rows of inputs that come too late. None: anything.

    ``columns`` are those that are compared, empty where they are those that the rows name; ``columns_span`` is their place.
    """

    rows: tuple[ExpectedRow, ...] | None = None
    changelog: tuple[ExpectedRow, ...] | None = None
    late: Mapping[str, tuple[ExpectedRow, ...]] | None = None
    columns: tuple[str, ...] = ()
    columns_span: Span | None = None


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """An error that must come: of flinksql, of Flink's planner, or of the job as it runs. All that is given must be so.

    ``text`` stands in its message, ``pattern`` is found in it, ``code`` is the diagnostic's.
    """

    span: Span
    text: str = ""
    pattern: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What templates see in a test in place of the project's values; ``macros`` by name, with a dot where a package has them."""

    variables: Cells = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    macros: Cells = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.variables or self.environment or self.macros)


@dataclass(frozen=True, slots=True)
class Stub:
    """What stands for a Python function in a test.

    ``kind`` is ``return`` (``value`` is what it gives), ``rows`` (each of ``rows`` names arguments, and under ``return`` what
    it gives for them; else NULL) or ``call`` (``value`` is a Python function as ``module:name``).
    """

    function: str
    span: Span
    kind: Literal["return", "rows", "call"]
    value: object = None
    rows: tuple[tuple[Cells, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitTest:
    """One test of a node. ``span`` is the place of its name, ``node_span`` that of the node's, ``places`` those of other keys.

    ``shuffle``, ``parallelism`` and ``restart`` ask for more runs of it that must come to the same end (testing/ways.py).
    ``now`` is the time at which its clock stands, ``order`` the inputs whose items come one after another, ``cte`` the query
    of the node's WITH that is tested in its place, ``timeout`` in seconds.
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
    restart: bool = False
    error: ExpectedError | None = None
    overrides: Overrides = field(default_factory=Overrides)
    stubs: tuple[Stub, ...] = ()
    now: str | None = None
    order: tuple[str, ...] = ()
    cte: str | None = None
    timeout: float | None = None
    places: Mapping[str, Span] = field(default_factory=dict)

    def place(self, key: str) -> Span:
        """Where a key's value stands, or the test's name."""
        return self.places.get(key, self.span)


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
    Beside each line ``origins`` has the position of its expected row and the found one as Flink told it, None where there is
    none; ``types`` are those of the columns.
    """

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    types: tuple[SqlType, ...] = ()
    origins: tuple[tuple[int | None, tuple[str | None, ...] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one test: ``message`` in a sentence, ``diagnostics`` of what the user wrote wrong, ``detail`` from Flink.

    ``notes`` tell what stood for what in its run (a lookup join over given rows), and what is worth knowing where it fails.
    """

    test: UnitTest
    status: Status
    seconds: float = 0.0
    message: str = ""
    differences: tuple[Difference, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    detail: str = ""
    notes: tuple[str, ...] = ()
