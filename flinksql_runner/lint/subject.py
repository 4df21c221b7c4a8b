"""What a rule about one node looks at: the node, and what it may know of its surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from flinksql_runner.analyse.algebra import Relation
from flinksql_runner.analyse.streams import NodeStreams
from flinksql_runner.analyse.values import NodeAnalysis
from flinksql_runner.functions.values import Functions
from flinksql_runner.lint.around import Around, JobSettings
from flinksql_runner.lint.outward import Outward
from flinksql_runner.lint.trees import Trees

R = TypeVar("R", bound=Relation)


@dataclass(frozen=True, slots=True)
class Subject:
    """One node that has no error in itself or upstream.

    ``analysis`` tells its columns, types and relations, ``streams`` how its rows change and by which keys, ``parents`` what the
    nodes that it reads show. There is no way from here to any other node: what is found hangs on these values alone, which is
    what lets it be kept (``cache/studies.py``) and found in another process.
    """

    around: Around
    functions: Functions
    trees: Trees
    analysis: NodeAnalysis
    streams: NodeStreams
    parents: Mapping[str, Outward]

    @property
    def options(self) -> Mapping[str, str]:
        """The WITH options of its table, those of the table that it is declared LIKE included."""
        return self.around.options

    @property
    def jobs(self) -> tuple[JobSettings, ...]:
        """The jobs that it is part of."""
        return self.around.jobs

    def relations(self, kind: type[R]) -> tuple[R, ...]:
        """The relations of one class that its queries are made of."""
        return self.trees.relations(kind)

    def is_endless(self, table: str) -> bool:
        """Whether rows of a table that it reads are known to come for ever."""
        return table in self.parents and self.parents[table].endless
