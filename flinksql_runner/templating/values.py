"""What rendering a template gives: the text, a map back to the template, and what the template asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.project.values import SqlFile

VAR, ENV = "v:", "e:"
"""Before names of variables of the project and of the environment, where both stand in one list."""


class Piece(Struct, frozen=True):
    """A run of the rendered text that came from one place.

    ``start`` is its first offset in the rendered text (it ends where the next piece starts). For a ``literal`` piece
    rendered and template text run side by side, so offsets add up; so they do for the argument of a macro that came out as it
    stands in the call. Else (the output of an expression) the whole piece stands for ``origin``. ``calls`` are the macro calls
    on the way, outermost first.
    """

    start: int
    origin: Span
    literal: bool
    calls: tuple[Span, ...] = ()


class Origin(Struct, frozen=True):
    """Where a piece of rendered text comes from: the span in the template, and the calls that led there."""

    span: Span
    calls: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceMap:
    """From offsets of the rendered text (from 0) to the template; pieces are sorted by ``start`` and cover the text."""

    file: str
    pieces: tuple[Piece, ...] = ()

    def origin(self, start: int, end: int | None = None) -> Origin:
        """The template's place of the rendered text from ``start`` to ``end`` (exclusive; a point without).

        Where both ends lie in literal text of one file, the span runs from the one to the other; else it is what the
        start stands for. An empty map (no template in the file) is the identity.
        """
        end = start if end is None else end
        if not self.pieces:
            return Origin(Span(self.file, start, end))
        first = self._at(start)
        if not first.literal:
            return Origin(first.origin, first.calls)
        at = first.origin.start + (start - first.start)
        if end <= start:
            return Origin(Span(first.origin.file, at, at), first.calls)
        last = self._at(end - 1)
        stop = last.origin.start + (end - last.start) if last.literal else last.origin.end
        if last.origin.file != first.origin.file or stop < at:
            stop = min(first.origin.end, at + (end - start))
        return Origin(Span(first.origin.file, at, stop), first.calls)

    def _at(self, offset: int) -> Piece:
        return self.pieces[max(0, bisect_right(self.pieces, offset, key=_start) - 1)]


def _start(piece: Piece) -> int:
    return piece.start


class Reference(Struct, frozen=True):
    """A call of ``ref('x')`` or ``source('x')`` in a template, with the place of the call."""

    name: str
    via: Literal["ref", "source"]
    span: Span


@dataclass(frozen=True, slots=True)
class Rendered:
    """One SQL file after Jinja.

    ``config`` is the resolved configuration: the folder's with the file's own ``config()`` over it. ``references`` are
    the ``ref()`` and ``source()`` calls. ``env_used`` and ``vars_used`` name what the text hangs on (part of the hash).
    With an error among ``diagnostics`` the text is empty.
    """

    file: SqlFile
    text: str
    map: SourceMap
    config: Mapping[str, object] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    env_used: tuple[str, ...] = ()
    vars_used: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
