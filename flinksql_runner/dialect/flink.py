"""The dialect ``flink`` for sqlglot: ``sqlglot.parse(sql, read="flink")``."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import TokenType, tokens
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy

from flinksql_runner.dialect.generator import FlinkGenerator
from flinksql_runner.dialect.parser import FlinkParser


class Flink(Dialect):
    """Apache Flink 2.3: names are case-sensitive, quoted by backquotes, strings know doubled quotes only."""

    NORMALIZATION_STRATEGY = NormalizationStrategy.CASE_SENSITIVE
    TYPED_DIVISION = True
    NORMALIZE_FUNCTIONS = False

    class Tokenizer(tokens.Tokenizer):
        """Flink's tokens."""

        IDENTIFIERS: ClassVar = ["`"]
        QUOTES: ClassVar = ["'"]
        STRING_ESCAPES: ClassVar = ["'"]
        HEX_STRINGS: ClassVar = [("x'", "'"), ("X'", "'")]
        UNICODE_STRINGS: ClassVar = [("U&'", "'"), ("u&'", "'")]
        KEYWORDS: ClassVar = {
            **tokens.Tokenizer.KEYWORDS,
            "BYTES": TokenType.VARBINARY,
            "MATCH_RECOGNIZE": TokenType.MATCH_RECOGNIZE,
            "MULTISET": TokenType.ARRAY,
            "ROW": TokenType.STRUCT,
            "STRING": TokenType.TEXT,
            "TIMESTAMP_LTZ": TokenType.TIMESTAMPLTZ,
        }

    Parser = FlinkParser
    Generator = FlinkGenerator
