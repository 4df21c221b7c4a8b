"""What relational trees are made of: fields, expressions whose names are resolved, the base of all relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from msgspec import Struct
from sqlglot import exp

from flinksql_runner.dialect.positions import Place, place_of
from flinksql_runner.dialect.types import FlinkType, TimeAttribute

ScalarKind = Literal["column", "outer", "literal", "call", "aggregate", "over", "query", "unknown"]
WindowPart = Literal["", "start", "end", "time"]


class Apart(Struct, frozen=True):
    """A value whose place is no part of what it is: equal ones may stand at different places. ``apart`` are the fields that are
    not compared, and not shown either."""

    apart: ClassVar[tuple[str, ...]] = ("syntax", "span", "named")

    def _compared(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in self.__struct_fields__ if name not in self.apart])

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return self._compared() == other._compared() if isinstance(other, Apart) and type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        told = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in self.apart)
        return f"{type(self).__name__}({', '.join(told)})"


class Field(Struct, frozen=True):
    """A column of a relation.

    ``type`` is Flink's type as DESCRIBE would print it, None where it is not known. DESCRIBE goes on calling a column a
    time attribute where the planner has made a plain timestamp of it (behind an aggregate, a regular join, a function):
    ``time`` is what is really left of it. ``passes`` is the column of an input (its number among ``inputs``, its index
    there) that this one is without any change; None for whatever is computed. ``window`` tells columns of a window function
    as long as they are bound to its windows (they may group or join by window).
    """

    name: str
    type: FlinkType | None = None
    time: TimeAttribute | None = None
    passes: tuple[int, int] | None = None
    window: WindowPart = ""


class Scalar(Apart, frozen=True):
    """An expression with its names resolved and its type; ``type`` None: not known.

    What ``kind`` says, and which of the others are filled:

    ========== ==========================================================================================
    column     field ``index`` of input number ``input`` of the relation that holds it; ``name`` as in the input
    outer      the same of a query around this one (``input`` counts the queries outwards, from 1)
    literal    ``value``: its text without quotes, None for NULL
    call       function or operator ``name`` as Flink knows it (``+``, ``CASE``, ``CAST``, ``UPPER``), over ``args``
    aggregate  only inside of Aggregate, MatchRecognize: as call, with ``distinct`` and ``filter``
    over       only inside of OverAggregate: as aggregate
    query      a query as a value: ``name`` is SCALAR, IN, EXISTS, SOME or ALL; ``args`` what stands before IN
    unknown    what could not be resolved; a diagnostic tells why, or it hangs on something that is not known
    ========== ==========================================================================================
    """

    kind: ScalarKind
    type: FlinkType | None = None
    name: str = ""
    args: tuple[Scalar, ...] = ()
    input: int = 0
    index: int = -1
    value: str | None = None
    distinct: bool = False
    filter: Scalar | None = None
    query: Relation | None = None
    syntax: exp.Expr | None = None

    @property
    def place(self) -> Place | None:
        """Where it stands in the rendered text of its node."""
        return place_of(self.syntax) if self.syntax is not None else None

    def walk(self) -> Iterator[Scalar]:
        """This expression and all inside of it, but not those of queries in it."""
        stack = [self]
        while stack:
            item = stack.pop()
            yield item
            stack.extend(reversed(item.args))
            if item.filter is not None:
                stack.append(item.filter)

    def columns(self) -> frozenset[tuple[int, int]]:
        """All columns (input, index) that it is computed from."""
        if not self.args and self.filter is None:
            return frozenset(((self.input, self.index),)) if self.kind == "column" else frozenset()
        return frozenset([(item.input, item.index) for item in self.walk() if item.kind == "column"])

    def holds(self, *kinds: ScalarKind) -> bool:
        """Whether this expression or one inside of it is of one of these kinds."""
        if self.kind in kinds or (not self.args and self.filter is None):
            return self.kind in kinds
        return any(item.kind in kinds for item in self.walk())

    def queries(self) -> Sequence[Scalar]:
        """The queries as values in this expression, itself among them."""
        if not self.args and self.filter is None:
            return (self,) if self.kind == "query" else ()
        return [item for item in self.walk() if item.kind == "query"]


class Relation(Apart, frozen=True, kw_only=True):
    """Rows with typed columns: the base of all that a query is made of (see ``relations``).

    ``open``: there may be more columns than ``fields`` (a table that is not known), so a name that is not found is no
    mistake. ``syntax`` is the part of the tree that it was made from (a SELECT, a JOIN, a clause).
    """

    fields: tuple[Field, ...] = ()
    open: bool = False
    syntax: exp.Expr | None = None

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """What its rows are made from, left to right."""
        return ()

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """All expressions that it holds itself."""
        return ()

    @property
    def place(self) -> Place | None:
        """Where it stands in the rendered text of its node; ``keyword`` is the word that opens it."""
        return place_of(self.syntax) if self.syntax is not None else None

    def uses(self, index: int) -> frozenset[tuple[int, int]]:
        """The columns of the inputs (input, index) that the field ``index`` is computed from."""
        passes = self.fields[index].passes
        return frozenset([passes]) if passes is not None else frozenset()

    def walk(self) -> Iterator[Relation]:
        """This relation and all below it (not those of queries inside of expressions), each before its inputs."""
        stack: list[Relation] = [self]
        while stack:
            item = stack.pop()
            yield item
            stack.extend(reversed(item.inputs))
