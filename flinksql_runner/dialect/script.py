"""A script of several statements: an error in one does not hide the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from flinksql_runner.dialect.flink import Flink

_PIECES = re.compile(r"'(?:[^']|'')*'|`(?:[^`]|``)*`|--[^\n]*|//[^\n]*|/\*.*?\*/|;|\w+|[^\w\s]|\s+", re.DOTALL)
_HIDDEN = ("--", "//", "/*")


@dataclass(frozen=True, slots=True)
class ScriptError:
    """What is wrong with a statement: ``start`` and ``end`` (exclusive) are offsets in the script, of the token at fault."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement: ``text[start:end]`` of the script, without its semicolon. Either ``tree`` or ``error`` is there."""

    start: int
    end: int
    tree: exp.Expr | None = None
    error: ScriptError | None = None


def parse_script(text: str) -> tuple[ScriptStatement, ...]:
    """Parses all statements of a script, each for itself, in order; comments and empty statements are none.

    ``STATEMENT SET BEGIN ...; END`` (of EXECUTE, EXPLAIN or COMPILE PLAN FOR) is one statement; ``BEGIN STATEMENT SET;`` and
    ``END;`` are statements of their own, as in Flink's SQL client. Never raises for what stands in the text.
    """
    return tuple(_parsed(text, start, end) for start, end in _split(text))


def _split(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each statement, without blanks and comments around it."""
    start: int | None = None
    last = 0
    words: list[str] = []
    for match in _PIECES.finditer(text):
        piece = match.group()
        if piece.isspace() or piece.startswith(_HIDDEN):
            continue
        if piece == ";":
            in_set = _opens_set(words) and words[-1] != "END"
            if not in_set:
                if start is not None:
                    yield start, last
                start, words = None, []
                continue
        if start is None:
            start = match.start()
        words.append(piece.upper() if piece[0].isalpha() else piece[0])
        last = match.end()
    if start is not None:
        yield start, last


def _opens_set(words: list[str]) -> bool:
    return words[:1] != ["BEGIN"] and any(
        words[i:i + 3] == ["STATEMENT", "SET", "BEGIN"] for i in range(min(len(words), 6)))


def _parsed(text: str, start: int, end: int) -> ScriptStatement:
    piece = text[start:end]
    try:
        tokens = Flink().tokenize(piece)
    except TokenError:
        opened = _opened(piece)
        message = "this quote is never closed" if piece[opened] in "'`" else "this can't be read"
        return ScriptStatement(start, end, error=ScriptError(message, start + opened, min(end, start + opened + 1)))
    try:
        # the context is as long as the text, so that its length is the offset of the token at fault
        trees = Flink().parser(error_message_context=len(piece) + 1).parse(tokens, piece)
    except ParseError as failed:
        return ScriptStatement(start, end, error=_error(failed, piece, start))
    tree = next((t for t in trees if t is not None), None)
    if tree is None or (isinstance(tree, exp.Command | exp.Condition | exp.Alias) and not isinstance(tree, exp.Query)):
        first = start + (tokens[0].end + 1 if tokens else 0)  # a bare expression is no statement either
        return ScriptStatement(start, end, error=ScriptError("this is no statement of Flink", start, first))
    return ScriptStatement(start, end, tree)


def _opened(piece: str) -> int:
    """Where the quote or comment stands that is never closed; 0 where there is none."""
    at = 0
    for match in _PIECES.finditer(piece):
        if match.group() in ("'", "`"):
            return match.start()
        at = match.start() if match.group() == "/" and piece.startswith("/*", match.start()) else at
    return at


def _error(failed: ParseError, piece: str, start: int) -> ScriptError:
    first = failed.errors[0] if failed.errors else {}
    context, found = str(first.get("start_context") or ""), str(first.get("highlight") or "")
    at = len(context)
    length = len(found) if found and piece.startswith(found, at) else 1
    begin = min(start + at, start + max(0, len(piece) - 1))
    return ScriptError(str(first.get("description") or failed), begin, min(start + len(piece), begin + length))
