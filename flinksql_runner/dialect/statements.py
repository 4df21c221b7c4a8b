"""Statements around queries: DDL, SHOW, SET, plans, jobs, statement sets. Each has a class of its own, none is a Command."""

from __future__ import annotations

import re
import typing as t

from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.positions import place_of
from flinksql_runner.dialect.show import ShowParser
from flinksql_runner.dialect.versions import Version, asked, first_news, reserved_in
from flinksql_runner.dialect.words import QUOTED

_SET = re.compile(r"\s*([^'\s=]+|'(?:[^']|'')*')\s*=\s*('(?:[^']|'')*'|[^;\s]+)\s*\Z", re.DOTALL)
_KEY = re.compile(r"'(?:[^']|'')*'|[^\s']*[^\s'.]")
_DETAILS = ("ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE")


class StatementParser(ShowParser):
    """Parses what is not a query; queries and INSERT go to sqlglot's own methods."""

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self._version = asked(self.dialect.version)
        if self._version is not None:
            self._reserved = reserved_in(self._version)

    def parse(self, raw_tokens: list[Token], sql: str) -> list[exp.Expr | None]:
        """As sqlglot's; the semicolons between BEGIN and END of a statement set end no statement."""
        try:
            self._check_hints(raw_tokens, sql)
            trees = super().parse(_join_sets(raw_tokens), sql)
        except (RecursionError, IndexError) as why:
            at = raw_tokens[-1]
            said = "The statement ends too early" if isinstance(why, IndexError) else "The statement is nested too deeply"
            before = sql[max(0, at.start - self.error_message_context):at.start]
            raise ParseError.new(
                said, line=at.line, col=at.col, start_context=before, highlight=at.text, end_context="") from None
        if self._version is not None:
            self._check_news(trees, raw_tokens, self._version)
        return trees

    def _check_news(self, trees: list[exp.Expr | None], tokens: list[Token], version: Version) -> None:
        for tree in trees:
            news = first_news(tree, version) if tree is not None else None
            if tree is not None and news is not None:
                place = place_of(news[0]) or place_of(tree)
                start = place.start if place is not None else 0
                token = next((token for token in tokens if token.start >= start), tokens[-1])
                super().raise_error(news[1], token)  # not as the error of a reserved word

    def _check_hints(self, tokens: list[Token], sql: str) -> None:
        """Refuses a hint in a place where sqlglot's tokenizer takes it for a comment."""
        for token in tokens:
            if token.comments:
                hints = sum(f"/*+{comment}*/" in sql and f"/*{comment}*/" not in sql for comment in token.comments)
                if hints > (token.token_type is TokenType.HINT):
                    self.sql = sql
                    self.raise_error("A hint stands behind SELECT or behind the name of a table, and only one", token)

    def _parse_statement(self) -> exp.Expr | None:
        token = self._curr
        if token and token.token_type is TokenType.FROM:
            self.raise_error("Expecting a statement")
        if token and token.token_type not in QUOTED:
            handler = getattr(self, f"_statement_{token.text.lower()}", None)
            if handler is not None:
                comments = token.comments
                index = self._index
                self._advance()
                statement: exp.Expr | None = handler()
                if statement is not None:
                    meta = statement.meta
                    meta["from"], meta["until"], meta["keyword"] = token.start, self._prev.end, (token.start, token.end)
                    if comments:
                        statement.add_comments(comments, prepend=True)
                    return statement
                self._retreat(index)
        return super()._parse_statement()

    def _statement_explain(self) -> exp.Expr:
        details: list[str] = []
        plan = self._word("PLAN", "FOR")
        while not plan and (word := self._one_of(_DETAILS)):
            details.append(word)
            if not self._match(TokenType.COMMA):
                break
            if self._curr is None or self._curr.text.upper() not in _DETAILS:
                self.raise_error(f"Expecting {', '.join(_DETAILS)}")
        return e.Explain(this=self._explained(), plan=plan, details=details)

    def _explained(self) -> exp.Expr | None:
        found = self._inner()
        good = isinstance(found, exp.Query | exp.Values | exp.Insert | e.StatementSet | e.Execute) or (
            isinstance(found, exp.Create) and found.args["kind"] == "TABLE" and found.args.get("expression") is not None
        )
        if not good:
            self.raise_error("Expecting a query or a statement to explain", self._curr or self._prev)
        return found

    def _inner(self) -> exp.Expr | None:
        if self._word("STATEMENT", "SET"):
            return self._statement_set("STATEMENT SET")
        return self._parse_statement()

    def _statement_set(self, spelling: str | None = None) -> exp.Expr | None:
        if spelling is None:
            return self._set_option()
        self._expect("BEGIN")
        inserts: list[exp.Expr] = []
        while not inserts or not self._word("END"):
            if not self._curr:
                self.raise_error("Expecting END")
                break
            found = self._parse_statement()
            if not isinstance(found, exp.Insert):
                self.raise_error("Expecting INSERT", self._prev)
            if found is None or not self._word(";"):
                self.raise_error("Expecting ;")
                break
            inserts.append(found)
        return e.StatementSet(expressions=inserts)

    def _set_option(self) -> exp.Expr:
        start = self._prev.end + 1
        if not self._curr:
            return e.SetOption()
        while self._curr:
            self._advance()
        end = self._prev.end + 1
        found = _SET.fullmatch(self.sql[start:end])
        if found is None:
            self.raise_error("Expecting SET 'key' = 'value'")
            return e.SetOption()
        key, value = found.groups()
        if key.startswith("'") and not value.startswith("'"):
            self.raise_error("Expecting a string in quotes", self._prev)
        return e.SetOption(this=_literal(key, start + found.start(1)), value=_literal(value, start + found.start(2)))

    def _statement_reset(self) -> exp.Expr:
        start = self._prev.end + 1
        while self._curr:
            self._advance()
        rest = self.sql[start : self._prev.end + 1].strip()
        if rest and not _KEY.fullmatch(rest):
            self.raise_error("Expecting RESET 'key'", self._prev)
        return e.ResetOption(this=_literal(rest, self._prev.end + 1 - len(rest))) if rest else e.ResetOption()

    def _statement_compile(self) -> exp.Expr:
        execute = self._word("AND", "EXECUTE")
        self._expect("PLAN")
        path = self._text()
        exists = not execute and self._if_exists(negated=True)
        self._expect("FOR")
        return e.CompilePlan(path=path, execute=execute, exists=exists, this=self._compiled())

    def _compiled(self) -> exp.Expr | None:
        found = self._inner()
        if not isinstance(found, exp.Insert | e.StatementSet):
            self.raise_error("Expecting INSERT or STATEMENT SET", self._prev)
        return found

    def _statement_execute(self) -> exp.Expr:
        if self._word("PLAN"):
            return e.ExecutePlan(this=self._text())
        found = self._inner()
        if found is None or isinstance(found, e.Execute):
            self.raise_error("Expecting a statement behind EXECUTE", self._prev)
        return e.Execute(this=found)

    def _statement_value(self) -> exp.Expr | None:
        """``VALUE (1)``: as VALUES."""
        self._retreat(self._index - 1)
        return self._parse_derived_table_values(allow_value_synonym=True)

    def _statement_begin(self) -> exp.Expr:
        self._expect("STATEMENT", "SET")
        return e.BeginStatementSet()

    def _statement_end(self) -> exp.Expr:
        return e.EndStatementSet()

    def _statement_quit(self) -> exp.Expr:
        return e.ClientCommand(this="QUIT")

    _statement_exit = _statement_quit

    def _statement_clear(self) -> exp.Expr:
        return e.ClientCommand(this="CLEAR")

    def _statement_help(self) -> exp.Expr:
        return e.ClientCommand(this="HELP")


def _literal(text: str, start: int) -> exp.Expr:
    """A key or value of SET: kept in quotes where it was in quotes."""
    quoted = text.startswith("'")
    found = exp.Literal.string(text[1:-1].replace("''", "'")) if quoted else exp.var(text)
    found.meta["from"], found.meta["until"] = start, start + len(text) - 1
    return found


def _join_sets(tokens: list[Token]) -> list[Token]:
    """The tokens, with other semicolons where they stand inside ``STATEMENT SET BEGIN ... END``."""
    kinds = {token.token_type for token in tokens}
    if TokenType.SEMICOLON not in kinds and TokenType.HINT not in kinds:
        return tokens
    inside, joined = False, list(tokens)
    for i, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON:
            if inside:
                joined[i] = Token(TokenType.BREAK, ";", token.line, token.col, token.start, token.end, token.comments)
        elif token.token_type is TokenType.HINT:
            joined[i] = Token(TokenType.HINT, token.text, token.line, token.col, token.start, token.end)
        elif (
            token.text.upper() == "BEGIN"
            and i > 1
            and tokens[i - 1].text.upper() == "SET"
            and tokens[i - 2].text.upper() == "STATEMENT"
        ):
            inside = True
        elif inside and token.text.upper() == "END" and tokens[i - 1].token_type in (TokenType.SEMICOLON, TokenType.BEGIN):
            inside = False
    return joined
