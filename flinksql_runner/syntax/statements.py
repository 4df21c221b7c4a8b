"""Statements of a rendered text: split by tokens, parsed one by one, errors at the exact token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError, TokenError

from flinksql_runner.dialect.flink import Flink
from flinksql_runner.dialect.parser import FlinkParser

_OPENERS = re.compile(r"'(?:[^']|'')*'|`(?:[^`]|``)*`|--[^\n]*|/\*.*?\*/|(?P<open>'|`|/\*)", re.DOTALL)
_STRING, _NAME = TokenType.STRING, TokenType.IDENTIFIER
_WORDS = re.compile(r"'[^']*'|`[^`]*`|--[^\n]*|(?P<word>\w+)|[^\w\s]")
LONGEST_WORD = 10_000
MAX_WORDS = 250_000  # of one file: some seconds of the processor and some hundred MB
_RESERVED = re.compile(r"(?P<word>\w+) is a reserved word: write ")
_KINDS = {"'": "a string", "`": "a quoted name", "/*": "a comment"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong between two offsets of the rendered text (``end`` exclusive); ``instead`` is what must have been meant,
    ``code`` its own where it is not that of all mistakes of its kind; ``is_warning`` where Flink takes it all the same."""

    message: str
    start: int
    end: int
    help: str | None = None
    instead: str | None = None
    code: str | None = None
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """The tokens of one statement, without its closing ``;`` (never empty); ``said`` is ``word`` of each."""

    tokens: tuple[Token, ...]
    said: tuple[str, ...]

    @property
    def start(self) -> int:
        """Offset of the first token; comments before it are not in the piece."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Offset behind the last token."""
        return self.tokens[-1].end + 1

    def words(self, count: int) -> tuple[str, ...]:
        """The first ``count`` tokens in upper case; quoted names and strings stand as they are written."""
        return self.said[:count]


def word(token: Token) -> str:
    """A token as a keyword in upper case; empty for strings and quoted names, which are never keywords."""
    kind = token.token_type
    return "" if kind is _STRING or kind is _NAME else token.text.upper()


def split(text: str) -> tuple[tuple[Piece, ...], Mistake | None]:
    """The statements of a text; a mistake instead where it can't be cut into tokens (a string that never ends, too many)."""
    too_long = _too_long(text) if len(text) > MAX_WORDS else None
    if too_long is not None:
        return (), too_long
    try:
        tokens = _flink().tokenize(text)
    except TokenError:
        return (), _unclosed(text)
    pieces: list[Piece] = []
    current: list[Token] = []
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            if current:
                pieces.append(_piece(current))
            current = []
        else:
            current.append(token)
    if current:
        pieces.append(_piece(current))
    return tuple(pieces), None


def _piece(tokens: list[Token]) -> Piece:
    return Piece(tuple(tokens), tuple([word(t) for t in tokens]))


def _too_long(text: str) -> Mistake | None:
    """Where a text holds more than can be cut and parsed in a few seconds."""
    for count, found in enumerate(_WORDS.finditer(text)):
        if count == MAX_WORDS:
            return Mistake(f"a file may hold {MAX_WORDS:,} words and signs of SQL, this is one more", found.start(), found.end(),
                           "split it; rows of data belong into a table, a topic or a file")
        if found.lastgroup and found.end() - found.start() > LONGEST_WORD:
            return Mistake(f"a word of more than {LONGEST_WORD:,} letters", found.start(), found.start() + 1)
    return None


def tree_of(piece: Piece, text: str) -> tuple[exp.Expression | None, Mistake | None]:
    """The parsed statement, or what is wrong with it."""
    try:
        trees = _parser(text).parse(list(piece.tokens), text)
    except ParseError as failed:
        return None, _mistake(failed, piece, text)
    except RecursionError:
        return None, Mistake("this statement is nested too deeply to be parsed", piece.start, piece.tokens[0].end + 1,
                             "cut it into several views")
    tree = trees[0] if trees else None
    return (tree, None) if isinstance(tree, exp.Expression) else (None, None)


def _parser(text: str) -> _Parser:
    """The context of its errors is as long as the text, so that its length is the offset of the token at fault."""
    return _Parser(error_message_context=len(text) + 1, dialect=_flink())


@cache
def _flink() -> Flink:
    """One for all: it holds no state, and making one takes as long as reading a line."""
    return Flink()


class _Parser(FlinkParser):
    """Flink's parser that logs nothing: a statement that it only knows by its first word comes back as a Command."""

    def _warn_unsupported(self) -> None:
        return


def _mistake(failed: ParseError, piece: Piece, text: str) -> Mistake:
    found, start, said = _told(failed)
    end = start + len(found)
    if not piece.start <= start < piece.end or not found:
        start, end = piece.tokens[-1].start, piece.end
        found = text[start:end]
    if _RESERVED.match(said):
        quoted = f"`{found}`"
        return Mistake(f"{quoted} is a reserved word and no name", start, end, f"write it in backticks: {quoted}",
                       quoted if _is_name(quoted, start, end, piece, text) else None, "FS209")
    return Mistake(_plain(said, found, at_end=end >= piece.end), start, end)


def _told(failed: ParseError) -> tuple[str, int, str]:
    """The text at fault, its offset, and what the parser says of it."""
    first = failed.errors[0] if failed.errors else {}
    return str(first.get("highlight") or ""), len(first.get("start_context") or ""), str(first.get("description") or failed)


def _is_name(quoted: str, start: int, end: int, piece: Piece, text: str) -> bool:
    """Whether the statement can be read with the word in backticks, up to its end or to the next such word."""
    changed = text[piece.start:start] + quoted + text[end:piece.end]
    try:
        _parser(changed).parse(_flink().tokenize(changed), changed)
    except ParseError as failed:
        _, at, said = _told(failed)
        return bool(_RESERVED.match(said)) and at > start - piece.start
    except RecursionError:
        return False
    return True


def _plain(description: str, found: str, at_end: bool) -> str:
    """sqlglot's words in the words of a user."""
    short = found if len(found) <= 40 else found[:37] + "..."
    if description.startswith("Required keyword"):
        return f"something is missing at `{short}`"
    if description.startswith("Expecting "):
        wanted = description.removeprefix("Expecting ").rstrip(".")
        return f"expected `{wanted}` {'near' if at_end else 'before'} `{short}`"
    if description.startswith("Expected table name"):
        return f"the name of a table is missing {'after' if at_end else 'before'} `{short}`"
    if "Unexpected token" in description:
        return f"unexpected `{short}`"
    said = re.sub(r",? but got <Token.*", "", description, flags=re.DOTALL).strip().rstrip(".")
    return f"{said[:1].lower()}{said[1:]} at `{short}`"


def _unclosed(text: str) -> Mistake:
    for match in _OPENERS.finditer(text):
        opener = match.group("open")
        if opener:
            return Mistake(f"{_KINDS[opener]} starts here and never ends", match.start(), match.start() + len(opener),
                           f"close it with `{'*/' if opener == '/*' else opener}`")
    return Mistake("this text can't be cut into words of SQL", 0, min(len(text), 1))
