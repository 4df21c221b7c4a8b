"""Places where something is missing and the parser is content: a comma before FROM, WHERE without a condition.

sqlglot reads several dialects that allow these; Flink allows none of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import TokenType

from flinksql_runner.syntax.statements import Mistake, Piece

_CLAUSES = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "INTERSECT", "EXCEPT", "LIMIT", ")", ","})
_WANTS: Mapping[str, str] = {
    "SELECT": "a column or expression", "FROM": "a table", "WHERE": "a condition", "HAVING": "a condition", "ON": "a condition",
    "AND": "a condition", "OR": "a condition", "BY": "a column or expression", "JOIN": "a table", ",": "something",
}
_WITH_BY = frozenset({"ORDER", "GROUP"})
_ONLY_AT_END = frozenset({"FROM", "ON", "AND", "OR", "BY", "JOIN"})


def first_gap(piece: Piece) -> Mistake | None:
    """The first place of a statement where something is missing, or None."""
    tokens, words = piece.tokens, piece.said
    for i, token in enumerate(tokens):
        said = words[i]
        if " " in said:
            said = said.rsplit(" ", 1)[-1]  # a token may be ORDER BY
        if said not in _WANTS or (i and tokens[i - 1].token_type is TokenType.DOT):
            continue
        after = words[i + 1].split(" ", 1)[0] if i + 1 < len(tokens) else "the end"
        if after in _WITH_BY and words[i + 1] == after:
            continue  # ORDER without BY opens no clause: it is a name that wants backticks
        if after == "the end" or (after in _CLAUSES and said not in _ONLY_AT_END):
            shown = f"`{tokens[i + 1].text}`" if i + 1 < len(tokens) else after
            comma = said == ","
            return Mistake(f"{_WANTS[said]} is missing between `{token.text}` and {shown}", token.start, token.end + 1,
                           "take the comma out" if comma else None, "" if comma else None)
    return None
