"""MATCH_RECOGNIZE (rule ``MatchRecognize``), PIVOT and UNPIVOT."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.windows import WindowParser
from flinksql_runner.dialect.words import QUOTED, placed


class PatternParser(WindowParser):
    """Parses clauses behind a table."""

    @placed
    def _parse_match_recognize(self) -> exp.MatchRecognize | None:
        if not self._match(TokenType.MATCH_RECOGNIZE):
            return None
        self._match_l_paren()
        node = e.MatchRecognize(partition_by=self._parse_partition_by(), order=self._parse_order())
        if self._word("MEASURES"):
            node.set("measures", self._parse_csv(self._parse_match_recognize_measure))
        for words in (("ONE", "ROW", "PER", "MATCH"), ("ALL", "ROWS", "PER", "MATCH")):
            if self._word(*words):
                node.set("rows", exp.var(" ".join(words)))
        if self._word("AFTER", "MATCH", "SKIP"):
            node.set("after", exp.var("AFTER MATCH SKIP " + self._skip_target()))
        self._expect("PATTERN")
        node.set("pattern", exp.var(self._pattern_text()))
        if self._word("WITHIN"):
            node.set("within", self._parse_interval())
        if self._word("SUBSET"):
            node.set("subset", self._parse_csv(self._parse_assignment))
        if self._word("DEFINE"):
            node.set("define", self._parse_csv(self._parse_name_as_expression))
        else:
            self.raise_error("Expecting DEFINE")
        self._match_r_paren()
        node.set("alias", self._parse_table_alias())
        return node

    def _skip_target(self) -> str:
        if self._word("PAST", "LAST", "ROW"):
            return "PAST LAST ROW"
        if self._word("TO", "NEXT", "ROW"):
            return "TO NEXT ROW"
        self._expect("TO")
        side = self._one_of(("FIRST", "LAST"))
        name = self.dialect.generate(self._identifier())
        return f"TO {side} {name}" if side else f"TO {name}"

    def _pattern_text(self) -> str:
        """The text between the parentheses of PATTERN (rule ``PatternExpression``), checked."""
        self._match_l_paren()
        start = self._curr
        self._sign("^")
        self._pattern()
        self._sign("$")
        end = self._prev
        self._match_r_paren()
        return self._find_sql(start, end)

    def _sign(self, *signs: str) -> bool:
        found = self._curr is not None and self._curr.token_type not in QUOTED and self._curr.text in signs
        if found:
            self._advance()
        return found

    def _expect_sign(self, sign: str) -> None:
        if not self._sign(sign):
            self.raise_error(f"Expecting {sign} in the pattern")

    def _pattern(self) -> None:
        """``A B+ | C``."""
        self._pattern_factor()
        while self._curr and self._curr.text not in (")", ",", "-", "$"):
            self._sign("|")
            self._pattern_factor()

    def _pattern_factor(self) -> None:
        """A variable, a group, ``{- A -}`` or PERMUTE, with how often it may stand there."""
        if self._sign("("):
            self._pattern()
            self._expect_sign(")")
        elif self._sign("{"):
            self._expect_sign("-")
            self._pattern()
            self._expect_sign("-")
            self._expect_sign("}")
        elif self._peek("PERMUTE") and self._next and self._next.token_type is TokenType.L_PAREN:
            self._advance(2)
            self._pattern()
            while self._sign(","):
                self._pattern()
            self._expect_sign(")")
        else:
            self._identifier()
        if self._sign("*", "+", "?"):
            self._sign("?")
        elif self._curr and self._curr.text == "{" and self._next and self._next.text != "-":
            self._advance()
            least = self._match(TokenType.NUMBER)
            most = self._sign(",") and (self._match(TokenType.NUMBER) or least)
            if not least and not most:
                self.raise_error("Expecting a number in the pattern")
            self._expect_sign("}")
            self._sign("?")

    def _parse_match_recognize_measure(self) -> exp.MatchRecognizeMeasure:
        """``A.price AS p`` of MEASURES."""
        value = self._value()
        self._expect("AS")
        return exp.MatchRecognizeMeasure(this=exp.Alias(this=value, alias=self._identifier()))

    def _parse_name_as_expression(self) -> exp.Expr:
        """``A AS condition`` of DEFINE."""
        name = self._identifier()
        self._expect("AS")
        return exp.Alias(this=self._value(), alias=name)
