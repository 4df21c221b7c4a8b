"""An answer about each relation, found out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from flinksql_runner.analyse.algebra import Relation

T = TypeVar("T")


class Once(Generic[T]):
    """Answers of ``derive``, kept by the relation itself: equal ones may stand at several places, and comparing trees is slow."""

    def __init__(self, derive: Callable[[Relation], T]) -> None:
        self._derive = derive
        self._found: dict[int, tuple[Relation, T]] = {}  # the relation too, so that no other one gets its id

    def __call__(self, relation: Relation) -> T:
        """The answer about a relation."""
        found = self._found.get(id(relation))
        if found is None:
            found = self._found[id(relation)] = (relation, self._derive(relation))
        return found[1]
