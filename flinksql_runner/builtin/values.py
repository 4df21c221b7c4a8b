"""The values of this room: an argument as a call sees it, and the refusal of a call."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from flinksql_runner.dialect.types import FlinkType

Kind = Literal["scalar", "aggregate", "over", "table", "window", "pattern"]


class Argument(Struct, frozen=True):
    """One argument of a call. Nothing told means: not known.

    ``literal`` is the value of a literal (``str``, ``int``, ``Decimal``, ``float``, ``bool``), None where it is no literal;
    ``null`` the bare word NULL, which has no type; ``word`` what is no value: DAY, LEADING, RETURNING's type is a ``type``.
    """

    type: FlinkType | None = None
    literal: str | int | float | Decimal | bool | None = None
    null: bool = False
    word: str = ""

    @property
    def known(self) -> bool:
        """Whether its type is certain, the bare NULL included."""
        return self.type is not None or self.null or bool(self.word)

    @property
    def nullable(self) -> bool:
        """Whether it can be NULL; only sensible where it is known."""
        return self.null or (self.type is not None and self.type.nullable)


class Refusal(Struct, frozen=True):
    """Flink refuses the call. ``argument`` is the place (from 0) of the one that is wrong, None where it is the whole call."""

    message: str
    argument: int | None = None
    help: str | None = None


class Function(Struct, frozen=True):
    """One line of functions.txt. ``takes`` and ``gives`` are texts of signatures.py and results.py."""

    name: str
    kind: Kind
    marks: frozenset[str]
    takes: str
    gives: str


Answer = FlinkType | Refusal | None
