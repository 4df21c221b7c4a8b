"""Is a formatted text the same SQL: its atoms as a template, and what it renders to, token by token and tree by tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import Token, TokenType, exp

from flinksql_runner.format.lexer import atoms_of
from flinksql_runner.format.values import COMMENTS, Atom, CannotFormat, Gap, Kind
from flinksql_runner.syntax.statements import split, tree_of
from flinksql_runner.templating.values import Rendered

_JINJA = frozenset({Kind.EXPRESSION, Kind.TAG, Kind.NOTE})
_EXACT = frozenset({TokenType.STRING, TokenType.IDENTIFIER, TokenType.HINT})


def differs_as_template(before: str, after: str) -> str | None:
    """Where two templates differ in more than white space and the case of words; None where they don't.

    Text that this rendering leaves out is compared too. White space between Jinja and a word or name must be there in both or
    in none, since Jinja may write a part of that name.
    """
    try:
        old, new = atoms_of(before), atoms_of(after)
    except CannotFormat as failed:
        return failed.message
    if sorted(_comments(old)) != sorted(_comments(new)):
        return "a comment would change"
    left, right = _plain(old), _plain(new)
    if len(left) != len(right):
        return "words would be lost or added"
    for number, (a, b) in enumerate(zip(left, right, strict=True)):
        if a.kind is not b.kind or _shape(a) != _shape(b):
            return f"`{_short(a.text)}` would change"
        if number and (a.gap is Gap.NONE) != (b.gap is Gap.NONE) and _joins(left[number - 1], a):
            return f"white space beside `{_short(a.text)}` would come or go"
    return None


def _plain(atoms: Sequence[Atom]) -> list[Atom]:
    return [a for a in atoms if a.kind not in (Kind.COMMENT, Kind.REMARK)]


def _comments(atoms: Sequence[Atom]) -> Iterator[str]:
    return ("".join(a.text.split()) for a in atoms if a.kind in COMMENTS)


def _shape(atom: Atom) -> str:
    if atom.kind is Kind.WORD:
        return atom.word
    return "".join(atom.text.split()) if atom.kind in _JINJA else atom.text


def _joins(left: Atom, right: Atom) -> bool:
    return (left.kind in _JINJA or right.kind in _JINJA) and Kind.SYMBOL not in (left.kind, right.kind)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:37] + "..."


def differs_as_sql(before: str, after: str) -> str | None:
    """Where two SQL texts are not the same statements; None where they are.

    Keywords may differ in case. A text that can't be parsed is judged by its tokens alone.
    """
    old, wrong = split(before)
    new, worse = split(after)
    mistake = wrong or worse
    if mistake is not None:
        return mistake.message
    if len(old) != len(new):
        return "the number of statements would change"
    for a, b in zip(old, new, strict=True):
        if (changed := _tokens_differ(a.tokens, b.tokens)) is not None:
            return changed
        left, failed = tree_of(a, before)
        right, fails = tree_of(b, after)
        if (failed is None) != (fails is None) or _without_layout(left) != _without_layout(right):
            return f"the statement that begins with `{_short(before[a.start:a.end])}` would be another one"
    return None


def _without_layout(tree: exp.Expression | None) -> exp.Expression | None:
    """The tree, the patterns of MATCH_RECOGNIZE (which it keeps as text) without white space."""
    for match in tree.find_all(exp.MatchRecognize) if tree is not None else ():
        pattern = match.args.get("pattern")
        if isinstance(pattern, exp.Var):
            pattern.set("this", "".join(pattern.name.split()))
    return tree


def _tokens_differ(old: Sequence[Token], new: Sequence[Token]) -> str | None:
    for a, b in zip(old, new, strict=False):
        same = a.text == b.text or (a.token_type not in _EXACT and a.text.upper() == b.text.upper())
        if a.token_type is not b.token_type or not same:
            return f"`{_short(a.text)}` would become `{_short(b.text)}`"
    return None if len(old) == len(new) else "words would be lost or added"


def differs_rendered(before: Rendered, after: Rendered) -> str | None:
    """Where two renderings are not the same SQL with the same settings; None where they are."""
    failed = next((d for d in (*before.diagnostics, *after.diagnostics) if d.is_error), None)
    if failed is not None:
        return f"it can't be rendered here ({failed.code}: {failed.message})"
    if before.config != after.config or [r.name for r in before.references] != [r.name for r in after.references]:
        return "its settings or references would change"
    return None if before.text == after.text else differs_as_sql(before.text, after.text)
