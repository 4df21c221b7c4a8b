"""The tables that a query reads and the functions that it calls, in one pass over its tree."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import TokenType, exp

from flinksql_runner.syntax.statements import Piece
from flinksql_runner.syntax.table import Named, read_name

Names = frozenset[str]
_LEAVES = frozenset({exp.Column, exp.Identifier, exp.Literal})


def names_used(tree: exp.Expression, piece: Piece | None, text: str) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Tables read and functions called, each by its place in the text.

    Names of WITH hide tables of the same name inside their query only. The target of INSERT INTO is no read.
    """
    tables: dict[int, Named] = {}
    functions: dict[int, Named] = {}
    hidden: set[str] = set()
    stack: list[tuple[exp.Expression, Names]] = [(tree, frozenset())]
    while stack:
        item, scope = stack.pop()
        kind = type(item)
        if kind in _LEAVES or isinstance(item, exp.DataType):
            continue  # the name of a type that Flink does not know is no table
        if kind is exp.Table:
            named = _table(item)
            if named is not None and not (named.parts == 1 and named.name in scope):
                tables[named.start] = named
        elif isinstance(item, exp.Func):
            called = _function(item, text)
            if called is not None:
                functions[called.start] = called
        skip = "this" if kind is exp.Insert or kind is exp.Create else ""
        with_ = item.args.get("with_")
        if isinstance(with_, exp.With):
            scope = _push_with(with_, scope, stack, hidden)
        for key, value in item.args.items():
            if type(value) is list:
                stack += [(v, scope) for v in value if isinstance(v, exp.Expression)]
            elif isinstance(value, exp.Expression) and value is not with_ and key != skip:
                stack.append((value, scope))
    for named in _table_arguments(piece) if piece is not None else ():
        if named.start not in tables and named.name not in hidden:
            tables[named.start] = named
    return _sorted(tables), _sorted(functions)


def _push_with(with_: exp.With, scope: Names, stack: list[tuple[exp.Expression, Names]], hidden: set[str]) -> Names:
    """Puts the queries of a WITH on the stack, each seeing the names before it; returns the scope with all of them."""
    for cte in with_.expressions:
        own = cte.alias
        stack.append((cte, scope | {own} if with_.args.get("recursive") else scope))
        scope = scope | {own}
        hidden.add(own)
    return scope


def _table(table: exp.Expression) -> Named | None:
    parts = [p for p in (table.args.get("catalog"), table.args.get("db"), table.args.get("this")) if p is not None]
    if not parts or not all(isinstance(p, exp.Identifier) for p in parts):
        return None
    start, end = parts[0].meta.get("start"), parts[-1].meta.get("end")
    if start is None or end is None:
        return None
    return Named(".".join(p.name for p in parts), start, end + 1, len(parts))


def _function(function: exp.Func, text: str) -> Named | None:
    """The call by its written name; None where the tree made a function of other syntax (CAST has a position too)."""
    start, end = function.meta.get("start"), function.meta.get("end")
    if start is None or end is None:
        return None
    name = text[start:end + 1].strip("`")
    if not name.isidentifier():
        return None
    return Named(name, start, end + 1)


def _table_arguments(piece: Piece) -> Iterator[Named]:
    """``TABLE x`` as an argument of a table function, whatever the parser made of it."""
    tokens = piece.tokens
    for i in [at for at, said in enumerate(piece.said) if said == "TABLE"]:
        if 0 < i < len(tokens) - 1 and tokens[i + 1].token_type is not TokenType.L_PAREN \
                and tokens[i - 1].token_type in (TokenType.L_PAREN, TokenType.COMMA, TokenType.FARROW):
            named, _ = read_name(tokens, i + 1)
            if named is not None:
                yield named


def _sorted(found: dict[int, Named]) -> tuple[Named, ...]:
    return tuple(found[k] for k in sorted(found))
