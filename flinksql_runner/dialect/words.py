"""Words, names, texts and options: what all statements are made of."""

from __future__ import annotations

import functools
import typing as t

from sqlglot import TokenType, exp, parser

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.reserved import RESERVED

QUOTED = (TokenType.IDENTIFIER, TokenType.STRING)
ELEMENTS_TOLD = "TABLE, VIEW, FUNCTION, CATALOG, DATABASE, MODEL or CONNECTION"
ELEMENTS = ("TABLE", "VIEW", "FUNCTION", "CATALOG", "DATABASE", "MODEL", "CONNECTION")


_Parse = t.TypeVar("_Parse", bound=t.Callable[..., t.Any])


def placed(parse: _Parse) -> _Parse:
    """Marks what the method parses with its place and with the word that opens it (see ``positions``)."""

    @functools.wraps(parse)
    def marked(self: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
        token = self._curr
        found = parse(self, *args, **kwargs)
        if token is not None and isinstance(found, exp.Expr):
            meta = found.meta
            meta["from"], meta["until"], meta["keyword"] = token.start, self._prev.end, (token.start, token.end)
        return found

    return t.cast(_Parse, marked)


class WordParser(parser.Parser):
    """Takes words, names, texts, options."""

    _reserved = RESERVED  # of the version that is asked for: see StatementParser

    def _word(self, *words: str) -> bool:
        """Takes the words if all stand here, none of them quoted."""
        index = self._index
        for word in words:
            if self._curr and self._curr.token_type not in QUOTED and self._curr.text.upper() == word:
                self._advance()
            else:
                self._retreat(index)
                return False
        return True

    def _peek(self, word: str) -> bool:
        return bool(self._curr and self._curr.token_type not in QUOTED and self._curr.text.upper() == word)

    def _one_of(self, words: t.Iterable[str]) -> str | None:
        return next((word for word in words if self._word(word)), None)

    def _expect(self, *words: str) -> None:
        if not self._word(*words):
            self.raise_error(f"Expecting {' '.join(words)}")

    def _name(self) -> exp.Expr:
        found = None if self._curr and self._curr.token_type is TokenType.STRING else self._parse_table_parts(schema=True)
        if found is None:
            self.raise_error("Expecting a name")
            return exp.to_identifier("")
        return found

    def _identifier(self) -> exp.Expr:
        found = self._parse_id_var(any_token=False)
        if found is None:
            self.raise_error("Expecting a name")
            return exp.to_identifier("")
        return found

    def _text(self) -> exp.Expr:
        found = self._parse_string()
        if found is None:
            self.raise_error("Expecting a string in quotes")
            return exp.Literal.string("")
        return found

    def _text_in_parts(self) -> exp.Expr:
        """A string, perhaps in parts: ``'a' 'b'`` is one literal."""
        found = self._text()
        if not self._curr or self._curr.token_type is not TokenType.STRING:
            return found
        parts = [found]
        while self._match(TokenType.STRING):
            parts.append(exp.Literal.string(self._prev.text))
        return e.StringParts(this="".join(part.name for part in parts), expressions=parts)

    def _if_exists(self, negated: bool = False) -> bool:
        return self._word("IF", "NOT", "EXISTS") if negated else self._word("IF", "EXISTS")

    def _pair(self) -> exp.Expr:
        key = self._text_in_parts()
        if not self._match(TokenType.EQ):
            self.raise_error("Expecting =")
        return exp.Property(this=key, value=self._text_in_parts())

    def _list(self, item: t.Callable[[], t.Any], empty: bool = True) -> list[t.Any]:
        """Items in parentheses; none where the grammar allows it."""
        self._match_l_paren()
        if empty and self._match(TokenType.R_PAREN):
            return []
        items = [item()]
        while self._match(TokenType.COMMA):
            items.append(item())
        if any(found is None for found in items):
            self.raise_error("Expecting something between the commas", self._prev)
        self._match_r_paren()
        return items

    @placed
    def _options(self) -> e.Options:
        return e.Options(expressions=self._list(self._pair))

    @placed
    def _with(self) -> e.Options | None:
        return self._options() if self._word("WITH") else None

    def _scope(self, verb: str, kind: str, temporary: bool, system: bool) -> None:
        """Refuses SYSTEM and TEMPORARY where the grammar knows none."""
        if system and (kind not in ("FUNCTION", "CONNECTION") or (not temporary and verb != "DROP FUNCTION")):
            self.raise_error(f"{verb.replace(kind, 'SYSTEM ' + kind)} is not supported: write TEMPORARY SYSTEM", self._prev)
        if temporary and kind == "MATERIALIZED TABLE":
            self.raise_error(f"{verb.replace(kind, 'TEMPORARY ' + kind)} is not supported", self._prev)

    def _comment(self) -> exp.Expr | None:
        return self._text() if self._word("COMMENT") else None

    @placed
    def _partition(self, named: bool = False) -> e.PartitionSpec | None:
        """``PARTITION (p = 1)`` (rule ``PartitionSpecCommaList``); ANALYZE takes names without values too."""
        if not self._word("PARTITION"):
            return None
        item = self._partition_item if named else self._partition_value
        return e.PartitionSpec(expressions=self._list(item, empty=False))

    def _partition_value(self) -> exp.Expr:
        item = self._partition_item()
        if not isinstance(item, exp.EQ):
            self.raise_error("Expecting = and a literal")
        return item

    def _partition_item(self) -> exp.Expr:
        name = self._identifier()
        if not self._match(TokenType.EQ):
            return name
        value = self._parse_unary()
        if value is None or value.find(exp.Column, exp.Func, exp.Query):
            self.raise_error("Expecting a literal", self._prev)
        return exp.EQ(this=name, expression=value)

    def _names(self) -> list[exp.Expr]:
        return self._list(self._identifier, empty=False)
