"""One statement with all that it needs, for the analyser and for the planner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlglot import Token, TokenType
from sqlglot.errors import SqlglotError

from flinksql_runner.dialect.flink import Flink
from flinksql_runner.functions.values import Functions
from flinksql_runner.project.values import SqlFile
from flinksql_runner.syntax.parse import parse
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import Rendered, SourceMap

TESTED = "tested__statement"
UPDATES = ("upsert-kafka", "-cdc", "debezium", "canal", "maxwell", "ogg")
APPENDS = ("kafka", "filesystem", "kinesis", "pulsar")


@dataclass(frozen=True, slots=True)
class Sample:
    """A query or an INSERT over tables and views that are declared.

    ``tables`` are the CREATE TABLE of what is read, ``views`` the queries of views, both by name and in order; ``sink`` is the
    CREATE TABLE of the target of an INSERT. ``origin`` says where the statement was found.
    """

    origin: str
    kind: Literal["select", "insert"]
    sql: str
    tables: Mapping[str, str] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    sink: tuple[str, str] | None = None
    functions: Functions = field(default_factory=Functions)

    def request(self) -> dict[str, Any]:
        """What the oracle is asked."""
        ddl = [for_planner(text) for text in self.tables.values()]
        if self.sink is not None and self.sink[0] not in self.tables:
            ddl.append(for_planner(self.sink[1]))
        ddl += [f"CREATE TEMPORARY VIEW `{name}` AS {query}" for name, query in self.views.items()]
        functions = [
            {"name": f.name, "kind": "table" if f.kind == "table" else "scalar", "result": f.returns,
             "arguments": [parameter.type for parameter in f.parameters]}
            for f in self.functions.by_name.values()
        ]
        return {"id": self.origin, "sql": self.sql, "ddl": ddl, "functions": functions, "plan": True}

    def nodes(self) -> Iterator[Node]:
        """What the analyser sees: sources and transforms, and the statement as a transform or as a sink's INSERT."""
        for name, text in self.tables.items():
            yield node("source", name, for_analyser(text))
        for name, text in self.views.items():
            yield node("transform", name, text)
        name, text, _ = self.tested()
        yield node("transform" if self.kind == "select" else "sink", name, text)

    def tested(self) -> tuple[str, str, int]:
        """Name and text of the node under test, and the offset of the statement in it."""
        if self.sink is None or self.kind == "select":
            return TESTED, self.sql, 0
        before = for_analyser(self.sink[1]).rstrip().rstrip(";") + ";\n"
        return self.sink[0], before + self.sql, len(before)


def node(kind: Literal["source", "transform", "sink"], name: str, text: str) -> Node:
    """A parsed node of a text without templates."""
    path = f"sql/{kind}s/{name}.sql"
    file = SqlFile(path, text, kind, name)
    return parse(Rendered(file, text, SourceMap(path)))


def tokens_of(sql: str) -> list[Token]:
    """The tokens of a text; none where it has none that Flink knows."""
    try:
        return Flink().tokenize(sql)
    except SqlglotError:
        return []


def options_span(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Where WITH (...) of a CREATE TABLE stands: offsets of W and behind the parenthesis."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.token_type is TokenType.L_PAREN:
            depth += 1
        elif token.token_type is TokenType.R_PAREN:
            depth -= 1
        elif depth == 0 and token.text.upper() == "WITH" and at + 1 < len(tokens) and (
            tokens[at + 1].token_type is TokenType.L_PAREN
        ):
            inner = 0
            for other in tokens[at + 1:]:
                inner += (other.token_type is TokenType.L_PAREN) - (other.token_type is TokenType.R_PAREN)
                if inner == 0:
                    return token.start, other.end + 1
    return None


def for_planner(create: str) -> str:
    """A CREATE TABLE with a connector that the oracle has in place of its own; what it reads and takes stays the same."""
    tokens = tokens_of(create)
    span = options_span(tokens)
    told = create[slice(*span)].lower() if span else ""
    options = ["'connector' = 'any'"]
    if any(word in told for word in UPDATES):
        options.append(f"'changelog' = '{'upsert' if 'upsert-kafka' in told else 'retract'}'")
    elif any(f"'{word}'" in told for word in APPENDS):
        options.append("'sink' = 'append'")
    written = f"WITH ({', '.join(options)})"
    if span is not None:
        return create[:span[0]] + written + create[span[1]:]
    like = _like(tokens)
    if like is not None:
        return f"{create[:like]}{written} {create[like:]}"
    return f"{create.rstrip().rstrip(';')} {written}"


def for_analyser(create: str) -> str:
    """A CREATE TABLE as it is, but where its options are what lint refuses: no connector, a secret in plain text."""
    span = options_span(tokens_of(create))
    told = create[slice(*span)].lower() if span else ""
    if "'connector'" in told and not any(word in told for word in ("password", "secret", "key'", "token", "keyid")):
        return create
    return for_planner(create)


def _like(tokens: Sequence[Token]) -> int | None:
    depth = 0
    for token in tokens:
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if depth == 0 and token.text.upper() == "LIKE":
            return token.start
    return None
