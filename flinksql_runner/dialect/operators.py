"""Predicates and operators of Flink's grammar that sqlglot's base has not (rule ``BinaryRowOperator`` of Calcite)."""

from __future__ import annotations

import typing as t

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.statements import StatementParser

_INFIX: dict[str, tuple[tuple[str, ...], ...]] = {
    "RLIKE": (("RLIKE",),),
    "MEMBER": (("MEMBER", "OF"),),
    "SUBMULTISET": (("SUBMULTISET", "OF"), ("SUBMULTISET",)),
    "CONTAINS": (("CONTAINS",),),
    "PRECEDES": (("PRECEDES",),),
    "SUCCEEDS": (("SUCCEEDS",),),
    "EQUALS": (("EQUALS",),),
    "IMMEDIATELY": (("IMMEDIATELY", "PRECEDES"), ("IMMEDIATELY", "SUCCEEDS")),
    "MULTISET": tuple(
        ("MULTISET", word, *kind) for word in ("UNION", "INTERSECT", "EXCEPT") for kind in (("ALL",), ("DISTINCT",), ())
    ),
}
_INFIX_STARTS = frozenset({TokenType.VAR, TokenType.NOT})
_NEGATED = frozenset({"RLIKE", "SUBMULTISET"})


class OperatorParser(StatementParser):
    """Parses operators between and behind values."""

    BITWISE: t.ClassVar[dict[TokenType, t.Any]] = {}
    UNARY_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        **{kind: StatementParser.UNARY_PARSERS[kind] for kind in (TokenType.NOT, TokenType.DASH)},
        TokenType.PLUS: lambda self: e.Plus(this=self._parse_unary()),
    }
    COLUMN_OPERATORS: t.ClassVar[dict[TokenType, t.Any]] = {TokenType.DOT: StatementParser.COLUMN_OPERATORS[TokenType.DOT]}
    TERM: t.ClassVar[dict[TokenType, t.Any]] = {
        kind: build for kind, build in StatementParser.TERM.items() if kind is not TokenType.COLLATE
    }
    EQUALITY: t.ClassVar[dict[TokenType, t.Any]] = {TokenType.EQ: exp.EQ, TokenType.NEQ: exp.NEQ}

    def _parse_range(self, this: exp.Expr | None = None, parse_is: bool = False) -> exp.Expr | None:
        found = super()._parse_range(this, parse_is)
        while found is not None and self._curr.token_type in _INFIX_STARTS and (infix := self._infix(found)) is not None:
            found = infix
        return found

    def _parse_bitwise(self) -> exp.Expr | None:
        this = self._parse_term()
        while self._match(TokenType.DPIPE):
            this = self.expression(exp.DPipe(this=this, expression=self._parse_term(), safe=True))
        return this

    def _infix(self, left: exp.Expr) -> exp.Expr | None:
        token, after = self._curr, self._next
        negated = bool(token.token_type is TokenType.NOT and after and after.text.upper() in _NEGATED)
        word = (after if negated and after else token).text.upper()
        if word not in _INFIX or (token.token_type in (TokenType.IDENTIFIER, TokenType.STRING)):
            return None
        index = self._index
        if negated:
            self._advance()
        operator = next((words for words in _INFIX[word] if self._word(*words)), None)
        if operator is None:
            self._retreat(index)
            return None
        right = self._parse_bitwise()
        if right is None:
            self.raise_error("Expecting an expression")
        text = " ".join(operator)
        return e.Infix(this=left, expression=right, operator=f"NOT {text}" if negated else text)

    def _parse_is(self, this: exp.Expr | None) -> exp.Expr | None:
        index = self._index
        negated = self._word("NOT")
        for words in (("UNKNOWN",), ("A", "SET"), ("EMPTY",)):
            if self._word(*words):
                return e.IsTest(this=this, kind=" ".join(words), negated=negated)
        self._retreat(index)
        found: exp.Expr | None = super()._parse_is(this)
        if negated and found is not None:
            found.meta["inside"] = True  # `a IS NOT NULL`, not `NOT a IS NULL`
        return found

    def _negate_range(self, this: exp.Expr | None = None) -> exp.Expr | None:
        negated = super()._negate_range(this)
        if negated is not None:
            negated.meta["inside"] = True  # `a NOT IN (...)`, not `NOT a IN (...)`
        return negated

    def _parse_in(self, this: exp.Expr | None, alias: bool = False) -> exp.In:
        if not self._curr or self._curr.token_type is not TokenType.L_PAREN:
            self.raise_error("Expecting (")
        if self._next and self._next.token_type is TokenType.R_PAREN:
            self.raise_error("Expecting a query or an expression", self._next)
        return super()._parse_in(this, alias)

    def _parse_primary(self) -> exp.Expr | None:
        """As sqlglot's; several strings behind each other are one literal in parts."""
        token, after = self._curr, self._next
        parted = bool(after and after.token_type is TokenType.STRING)
        if token and parted and token.token_type in (TokenType.STRING, TokenType.HEX_STRING):
            literal: t.Any = self.PRIMARY_PARSERS[token.token_type]
            parts: list[exp.Expr] = [literal(self, token)]
            self._advance()
            while self._curr and self._curr.token_type is TokenType.STRING:
                parts.append(exp.Literal.string(self._curr.text))
                self._advance()
            return e.StringParts(expressions=parts)
        return super()._parse_primary()
