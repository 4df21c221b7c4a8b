"""Statements of a text that was parsed before: all is known but the tree, which is made when somebody looks at it."""

from __future__ import annotations

from typing import Any, Literal

from sqlglot import exp

from flinksql_runner.syntax.statements import split, tree_of
from flinksql_runner.syntax.values import Statement

_tree: Any = Statement.__dict__["tree"]     # the slot that the property below stands before


class RecalledStatement(Statement):
    """A statement whose tree is parsed at the first look, from ``text``, the whole rendered text of its file."""

    __slots__ = ("_text",)
    _text: str

    @property
    def tree(self) -> exp.Expression | None:
        """As in ``Statement``."""
        try:
            return _tree.__get__(self)  # type: ignore[no-any-return]
        except AttributeError:
            found = self._parsed()
            _tree.__set__(self, found)
            return found

    def _parsed(self) -> exp.Expression | None:
        pieces, _ = split(self._text)
        piece = next((p for p in pieces if p.start == self.start), None)
        return None if piece is None else tree_of(piece, self._text)[0]


def recalled(
    text: str, kind: Literal["create_table", "insert", "select"], start: int, end: int, name_end: int,
) -> RecalledStatement:
    """The statement that stands from ``start`` to ``end`` of a rendered text."""
    found = object.__new__(RecalledStatement)
    for name, value in (("kind", kind), ("sql", text[start:end]), ("start", start), ("end", end), ("name_end", name_end),
                        ("_text", text)):
        object.__setattr__(found, name, value)
    return found
