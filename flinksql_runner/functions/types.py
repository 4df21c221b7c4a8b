"""Flink's types as SQL text: read, checked and written again in one form.

Only types that a Python function can take or give are known; ``parse_type`` refuses the rest with a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TOKEN = re.compile(r"\s*(?:(`(?:[^`]|``)+`)|([A-Za-z_][A-Za-z0-9_]*)|(\d+)|(.))", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CANONICAL = {"INTEGER": "INT", "DEC": "DECIMAL", "NUMERIC": "DECIMAL"}
# name -> greatest number of arguments in parentheses
_SIMPLE = {
    "CHAR": 1, "VARCHAR": 1, "STRING": 0, "BOOLEAN": 0, "BINARY": 1, "VARBINARY": 1, "BYTES": 0, "DECIMAL": 2, "TINYINT": 0,
    "SMALLINT": 0, "INT": 0, "BIGINT": 0, "FLOAT": 0, "DOUBLE": 0, "DATE": 0, "TIME": 1, "TIMESTAMP": 1, "TIMESTAMP_LTZ": 1,
}
_REFUSED = {"RAW", "VARIANT", "STRUCTURED", "INTERVAL", "NULL", "SYMBOL", "BITMAP"}
KNOWN = (*_SIMPLE, "ARRAY", "MAP", "MULTISET", "ROW")
_RESERVED_WORDS = (
    "all and any array as asc at between bigint binary boolean both by bytes case cast catalog char check column constraint "
    "count cross cube current current_date current_time current_timestamp cursor date datetime day dec decimal default desc "
    "describe distinct double drop else end escape every exists explain extract false fetch filter first float for foreign from "
    "full function grant group grouping having hour identity in index inner insert int integer intersect interval into is join "
    "key language last lateral leading left like limit local localtime localtimestamp map match method minute module month "
    "multiset natural new no none not null numeric of offset on only open or order out outer over overlaps partition pattern "
    "percent period position precision primary raw range rank real references result return right row row_number rows second "
    "select session_user set show smallint some start statement string sum symbol system table then time timestamp "
    "timestamp_ltz tinyint to trailing true unique unknown unnest upper user using value values varbinary varchar variant "
    "varying view watermark when where window with within without year"
)
_RESERVED = frozenset(_RESERVED_WORDS.split())


class TypeTextError(ValueError):
    """A type's text that can't be used; the message is for the user."""


@dataclass(frozen=True, slots=True)
class SqlType:
    """One Flink type. ``fields`` are the names of a ROW's fields, side by side with ``children``."""

    name: str
    arguments: tuple[int, ...] = ()
    children: tuple[SqlType, ...] = ()
    fields: tuple[str, ...] = ()
    nullable: bool = True

    @property
    def sql(self) -> str:
        """The type as Flink's SQL text."""
        text = self.name
        if self.name == "ROW":
            text += "<" + ", ".join(f"{quote(f)} {c.sql}" for f, c in zip(self.fields, self.children, strict=True)) + ">"
        elif self.children:
            text += "<" + ", ".join(c.sql for c in self.children) + ">"
        elif self.arguments:
            text += "(" + ", ".join(map(str, self.arguments)) + ")"
        return text if self.nullable else text + " NOT NULL"


def quote(name: str) -> str:
    """A field's name as SQL needs it: in backticks where it is no plain identifier or is a word of SQL."""
    return name if _PLAIN.match(name) and name.lower() not in _RESERVED else "`" + name.replace("`", "``") + "`"


def parse_type(text: str) -> SqlType:
    """Reads a type such as ``ROW<score DOUBLE, faults ARRAY<STRING>>``.

    :raises TypeTextError: where the text is no type, or one that Python functions can't use.
    """
    reader = _Reader(text)
    found = reader.type()
    if reader.peek():
        raise TypeTextError(f"`{reader.peek()}` is too much in the type `{text}`")
    return found


class _Reader:
    """Recursive descent over the tokens of one type."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [next(g for g in m.groups() if g is not None) for m in _TOKEN.finditer(text.strip()) if m.group().strip()]
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else ""

    def accept(self, *words: str) -> bool:
        if [t.upper() for t in self.tokens[self.at:self.at + len(words)]] == list(words):
            self.at += len(words)
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise TypeTextError(f"`{word}` is missing in the type `{self.text}`")

    def type(self) -> SqlType:
        word = self.take()
        name = _CANONICAL.get(word.upper(), word.upper())
        if not word:
            raise TypeTextError("a type is missing" + (f" in `{self.text}`" if self.text.strip() else ""))
        if name in ("ARRAY", "MULTISET", "MAP"):
            found = self.collection(name)
        elif name == "ROW":
            found = self.row()
        elif name in _SIMPLE:
            found = self.simple(name)
        elif name in _REFUSED:
            raise TypeTextError(f"Python functions can't use the type {name}")
        else:
            raise TypeTextError(f"Flink has no type `{word}`")
        if self.accept("NOT", "NULL"):
            found = replace(found, nullable=False)
        else:
            self.accept("NULL")
        return found

    def collection(self, name: str) -> SqlType:
        self.expect("<")
        children = [self.type()]
        if name == "MAP":
            self.expect(",")
            children.append(self.type())
        self.expect(">")
        return SqlType(name, children=tuple(children))

    def row(self) -> SqlType:
        close = ">" if self.accept("<") else ")"
        if close == ")":
            self.expect("(")
        names: list[str] = []
        children: list[SqlType] = []
        while True:
            name = self.take()
            names.append(name[1:-1].replace("``", "`") if name.startswith("`") else name)
            if not name or not (name.startswith("`") or _PLAIN.match(name)):
                raise TypeTextError(f"a field's name is missing in `{self.text}`")
            children.append(self.type())
            if self.accept(close):
                break
            self.expect(",")
        twice = next((n for i, n in enumerate(names) if n in names[:i]), None)
        if twice is not None:
            raise TypeTextError(f"the field `{twice}` stands twice in `{self.text}`")
        return SqlType("ROW", children=tuple(children), fields=tuple(names))

    def simple(self, name: str) -> SqlType:
        arguments: list[int] = []
        if self.accept("("):
            while self.peek().isdigit():
                arguments.append(int(self.take()))
                if not self.accept(","):
                    break
            self.expect(")")
        if len(arguments) > _SIMPLE[name]:
            raise TypeTextError(f"{name} takes {_SIMPLE[name] or 'no'} number{'s' * (_SIMPLE[name] > 1)} in parentheses")
        if name == "DECIMAL" and arguments and not 1 <= arguments[0] <= 38:
            raise TypeTextError("the precision of a DECIMAL is from 1 to 38")
        if name == "DOUBLE":
            self.accept("PRECISION")
        if name in ("TIME", "TIMESTAMP") and not self.accept("WITHOUT", "TIME", "ZONE"):
            if name == "TIMESTAMP" and self.accept("WITH", "LOCAL", "TIME", "ZONE"):
                name = "TIMESTAMP_LTZ"
            elif self.accept("WITH", "TIME", "ZONE"):
                raise TypeTextError("Flink has no type with a time zone; use TIMESTAMP_LTZ")
        return SqlType(name, tuple(arguments))
