"""Hints: ``/*+ OPTIONS('k' = 'v'), BROADCAST(a) */`` (rules ``HintItem``, ``CommaSepatatedHints`` of Calcite)."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp
from sqlglot.errors import ParseError, TokenError

from flinksql_runner.dialect.queries import QueryParser


class HintParser(QueryParser):
    """Parses hints; names keep their letter case."""

    def _parse_hint(self) -> exp.Hint | None:
        token = self._curr
        if not token or token.token_type is not TokenType.HINT:
            return None
        self._advance()
        try:
            hint: exp.Hint = exp.maybe_parse(token.text[3:-2], into=exp.Hint, dialect=self.dialect)
        except ParseError as why:
            self.raise_error(f"{why.errors[0]['description']} in the hint", token)
            return None
        except TokenError:
            self.raise_error("A quote in the hint is never closed", token)
            return None
        return self._shifted(hint, token.start + 3)

    def _shifted(self, hint: exp.Hint, by: int) -> exp.Hint:
        """The hint, its places counted from the start of the whole text."""
        for node in hint.walk():
            for key in ("start", "end", "from", "until"):
                if key in node.meta:
                    node.meta[key] += by
        return hint

    def _parse_hint_body(self) -> exp.Hint | None:
        items: list[exp.Expr] = []
        if not self._curr:
            self.raise_error("Expecting a name")
        while self._curr:
            items.append(self._hint_item())
            if self._curr and not self._match(TokenType.COMMA):
                self.raise_error("Expecting a comma between hints")
        return exp.Hint(expressions=items)

    def _hint_item(self) -> exp.Expr:
        name = self._identifier()
        if not self._curr or self._curr.token_type is not TokenType.L_PAREN:
            return exp.var(name.name)
        return exp.Anonymous(this=name.name, expressions=self._list(self._hint_value))

    def _hint_value(self) -> exp.Expr:
        value = self._parse_string() or self._parse_unary()
        if value is None or not isinstance(value, exp.Literal | exp.Neg | exp.Column | exp.Boolean | exp.Null):
            self.raise_error("Expecting a name, a literal or 'key' = 'value'")
            return exp.Null()
        return exp.EQ(this=value, expression=self._text()) if self._match(TokenType.EQ) else value

    def _with_hints(self, table: t.Any) -> t.Any:
        """The table with the hint that stood before its alias among its hints."""
        hint = table.args.pop("hint", None) if isinstance(table, exp.Table) else None
        if hint is not None:
            table.set("hints", [hint])
        return table

    def _parse_table_hints(self) -> list[exp.Expr] | None:
        if self._curr.token_type is TokenType.HINT:
            self.raise_error("Expecting the hint before the alias")
        return None
