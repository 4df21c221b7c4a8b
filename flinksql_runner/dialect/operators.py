"""Predicates and operators of Flink's grammar that sqlglot's base has not (rule ``BinaryRowOperator`` of Calcite)."""

from __future__ import annotations

import typing as t
from string import hexdigits

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
_NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
_SIMPLE = _NAMES | {TokenType.NUMBER, TokenType.STRING}
_ENDS = frozenset({TokenType.COMMA, TokenType.R_PAREN, TokenType.FROM, TokenType.ALIAS})
_ENDS_OPERAND = _ENDS | {
    TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE, TokenType.AND, TokenType.OR,
    TokenType.WHEN, TokenType.THEN, TokenType.ELSE, TokenType.END, TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING,
    TokenType.JOIN, TokenType.LEFT, TokenType.ORDER_BY, TokenType.UNION,
}


def _marked(value: exp.Expr, token: t.Any) -> exp.Expr:
    """A value of one word, with its place."""
    value.meta["from"], value.meta["until"], value.meta["keyword"] = token.start, token.end, (token.start, token.end)
    return value


class OperatorParser(StatementParser):
    """Parses operators between and behind values."""

    BITWISE: t.ClassVar[dict[TokenType, t.Any]] = {}
    UNARY_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        **{kind: StatementParser.UNARY_PARSERS[kind] for kind in (TokenType.NOT, TokenType.DASH)},
        TokenType.PLUS: lambda self: self._signed(),
    }
    COLUMN_OPERATORS: t.ClassVar[dict[TokenType, t.Any]] = {TokenType.DOT: StatementParser.COLUMN_OPERATORS[TokenType.DOT]}
    RANGE_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        **StatementParser.RANGE_PARSERS, TokenType.LIKE: lambda self, this: self._parse_like(this),
        TokenType.ILIKE: lambda self, this: self._parse_ilike(this),
    }
    PRIMARY_PARSERS: t.ClassVar[dict[TokenType, t.Any]] = {
        **StatementParser.PRIMARY_PARSERS,
        TokenType.NULL: lambda self, token: _marked(exp.Null(), token),
        TokenType.TRUE: lambda self, token: _marked(exp.Boolean(this=True), token),
        TokenType.FALSE: lambda self, token: _marked(exp.Boolean(this=False), token),
        TokenType.HEX_STRING: lambda self, token: self._hex_string(token),
        TokenType.UNICODE_STRING: lambda self, token: self._unicode_string(token),
    }
    TERM: t.ClassVar[dict[TokenType, t.Any]] = {
        kind: build for kind, build in StatementParser.TERM.items() if kind is not TokenType.COLLATE
    }
    EQUALITY: t.ClassVar[dict[TokenType, t.Any]] = {TokenType.EQ: exp.EQ, TokenType.NEQ: exp.NEQ}

    def _parse_range(self, this: exp.Expr | None = None, parse_is: bool = False) -> exp.Expr | None:
        found = super()._parse_range(this, parse_is)
        while found is not None and self._curr.token_type in _INFIX_STARTS and (infix := self._infix(found)) is not None:
            found = infix
        return found

    def _parse_disjunction(self) -> exp.Expr | None:
        """As sqlglot's; where a name or a literal stands alone, no operator is asked whether it follows."""
        return self._parse_type() if self._stands_alone(_ENDS) else super()._parse_disjunction()

    def _parse_bitwise(self) -> exp.Expr | None:
        if self._stands_alone(_ENDS_OPERAND):
            return self._parse_type()
        this = self._parse_term()
        while self._match(TokenType.DPIPE):
            this = self.expression(exp.DPipe(this=this, expression=self._parse_term(), safe=True))
        return this

    def _stands_alone(self, ends: frozenset[TokenType]) -> bool:
        """Whether ``a``, ``t.a`` or a literal stands here, and behind it what ends an expression."""
        if self._curr.token_type not in _SIMPLE:
            return False
        after = self._next.token_type
        if after is not TokenType.DOT:
            return after in ends
        tokens, at = self._tokens, self._index + 3
        return at < len(tokens) and tokens[at].token_type in ends and tokens[at - 1].token_type in _NAMES

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
        right = self._operand()
        text = " ".join(operator)
        return e.Infix(this=left, expression=right, operator=f"NOT {text}" if negated else text)

    def _parse_is(self, this: exp.Expr | None) -> exp.Expr | None:
        """``a IS [NOT] NULL | TRUE | FALSE | UNKNOWN | A SET | EMPTY | DISTINCT FROM b | JSON`` (rule ``PostfixRowOperator``)."""
        self._left(this)
        if self._tokens[self._index - 2].token_type is TokenType.NOT and self._prev.token_type is TokenType.IS:
            self.raise_error("Expecting IS NOT, not NOT IS", self._prev)
        negated = self._word("NOT")
        for words in (("UNKNOWN",), ("A", "SET"), ("EMPTY",)):
            if self._word(*words):
                return e.IsTest(this=this, kind=" ".join(words), negated=negated)
        if self._word("DISTINCT", "FROM"):
            other = self._operand()
            return exp.NullSafeEQ(this=this, expression=other) if negated else exp.NullSafeNEQ(this=this, expression=other)
        right: exp.Expr | None
        if self._word("JSON"):
            right = exp.JSON(this=self._one_of(("VALUE", "OBJECT", "ARRAY", "SCALAR")))
        else:
            right = self._parse_null() or self._parse_boolean()
        if right is None:
            self.raise_error("Expecting NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM, JSON, A SET or EMPTY behind IS")
        test = exp.Is(this=this, expression=right)
        if not negated:
            return test
        found = exp.Not(this=test)
        found.meta["inside"] = True  # `a IS NOT NULL`, not `NOT a IS NULL`
        return found

    def _parse_between(self, this: exp.Expr | None) -> exp.Between:
        """``a BETWEEN [SYMMETRIC | ASYMMETRIC] b AND c``."""
        self._left(this)
        symmetric = {"SYMMETRIC": True, "ASYMMETRIC": False}.get(self._one_of(("SYMMETRIC", "ASYMMETRIC")) or "")
        low = self._operand()
        if not self._match(TokenType.AND):
            self.raise_error("Expecting AND")
        return exp.Between(this=this, low=low, high=self._operand(), symmetric=symmetric)

    def _parse_like(self, this: exp.Expr | None) -> exp.Expr | None:
        """``a LIKE b [ESCAPE c]``, ``a LIKE SOME (b, c)``: no ANY or ALL."""
        self._left(this)
        if self._word("SOME"):
            return e.Infix(this=this, expression=self._operand(), operator="LIKE SOME")
        if self._curr.token_type in (TokenType.ANY, TokenType.ALL, TokenType.SOME):
            self.raise_error("Expecting a pattern behind LIKE")
        return self._parse_escape(exp.Like(this=this, expression=self._operand()))

    def _parse_ilike(self, this: exp.Expr | None) -> exp.Expr:
        """``a ILIKE b``: in the grammar, though the planner has no such operator."""
        self._left(this)
        return e.Infix(this=this, expression=self._operand(), operator="ILIKE")

    def _parse_escape(self, this: exp.Expr | None) -> exp.Expr | None:
        return exp.Escape(this=this, expression=self._operand()) if self._match(TokenType.ESCAPE) else this

    def _left(self, this: exp.Expr | None) -> None:
        if this is None:
            self.raise_error("Expecting an expression", self._prev)

    def _operand(self) -> exp.Expr:
        """A value without AND, OR and comparisons."""
        return self._there(self._parse_bitwise())

    def _value(self) -> exp.Expr:
        """Any value."""
        return self._there(self._parse_disjunction())

    def _there(self, found: exp.Expr | None) -> exp.Expr:
        if found is None:
            self.raise_error("Expecting an expression")
            return exp.Null()
        return found

    def _signed(self) -> exp.Expr:
        value = self._parse_unary()
        if value is None:
            self.raise_error("Expecting an expression behind +")
        return e.Plus(this=value)

    def _unicode_string(self, token: t.Any) -> exp.Expr:
        """``U&'!0041' UESCAPE '!'``."""
        found: exp.Expr = StatementParser.PRIMARY_PARSERS[TokenType.UNICODE_STRING](self, token)  # type: ignore[no-untyped-call]
        escape = found.args.get("escape")
        sign = escape.name if isinstance(escape, exp.Expr) else "\\"
        if len(sign) != 1:
            self.raise_error("Expecting a single character behind UESCAPE", self._prev)
        if sign in '+"' or sign.isspace() or sign in hexdigits:
            self.raise_error("Expecting no hex digit, whitespace, plus sign or double quote behind UESCAPE", self._prev)
        return found

    def _hex_string(self, token: t.Any) -> exp.Expr:
        """``X'AB' 'CD'``: the strings behind it are its parts."""
        first: exp.Expr = StatementParser.PRIMARY_PARSERS[TokenType.HEX_STRING](self, token)  # type: ignore[no-untyped-call]
        parts = [first]
        while self._match(TokenType.STRING):
            parts.append(exp.Literal.string(self._prev.text))
        return e.StringParts(expressions=parts) if len(parts) > 1 else first

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
        found = super()._parse_in(this, alias)
        found.meta["until"] = self._prev.end
        return found

    def _parse_primary(self) -> exp.Expr | None:
        """As sqlglot's; several strings behind each other are one literal in parts."""
        token, after = self._curr, self._next
        parted = bool(after and after.token_type is TokenType.STRING)
        if token and parted and token.token_type is TokenType.STRING:
            literal: t.Any = self.PRIMARY_PARSERS[token.token_type]
            parts: list[exp.Expr] = [literal(self, token)]
            self._advance()
            while self._curr and self._curr.token_type is TokenType.STRING:
                parts.append(exp.Literal.string(self._curr.text))
                self._advance()
            return e.StringParts(expressions=parts)
        return super()._parse_primary()
