"""What the readers of a node may know of its stream: all that is asked of what lies behind a ``Scan``.

A tree is never followed into another node's tree. Each node's ``Flow`` is made once, out of its own tree and the flows of what
it reads, so a long chain of views costs no more than its nodes, and a node's answers hang on its direct parents alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from flinksql_runner.analyse.connectors import Kind
from flinksql_runner.diagnostics import Related

Key = frozenset[int]
KeySet = frozenset[Key]
NONE: KeySet = frozenset()
Kinds = frozenset[Kind]


class Flow(Struct, frozen=True):
    """One node's stream as its readers see it; the default is that of a table of which nothing is known.

    ``view``: it has a tree of its own. ``keys``, ``row_keys`` and ``fixed``: see ``Keys``. ``declared`` is the primary key of its
    table as indexes of columns, empty where there is none, None where it is not known. ``kinds``, ``without_before``,
    ``upsert_table`` and ``upserts_alone``: see ``Changes``. ``optional`` are the columns that an outer join may leave NULL.
    ``unmarked`` are the tables below that are known to have no watermark. ``lookup``: whether a source can be asked for a row.
    ``cause`` is the place where its rows begin to change.
    """

    view: bool = False
    keys: KeySet | None = None
    row_keys: KeySet | None = None
    fixed: Key = frozenset()
    declared: Key | None = None
    kinds: Kinds | None = None
    without_before: bool = True
    upsert_table: bool = False
    upserts_alone: bool = True
    optional: Key = frozenset()
    unmarked: frozenset[str] = frozenset()
    lookup: bool | None = None
    cause: Related | None = None


UNKNOWN = Flow()


class Flows:
    """The flows of what one node reads."""

    __slots__ = ("_by_name",)

    def __init__(self, by_name: Mapping[str, Flow]) -> None:
        self._by_name = by_name

    def of(self, table: str) -> Flow:
        """That of one table or view."""
        return self._by_name.get(table, UNKNOWN)
