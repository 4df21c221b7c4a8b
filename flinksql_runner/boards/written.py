"""A query's text after its template ran: with marks where values are bound, and the way back to the user's file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from sqlglot import Dialect, TokenType
from sqlglot.errors import TokenError

from flinksql_runner.boards.places import TextPlaces
from flinksql_runner.boards.values import Bound
from flinksql_runner.diagnostics import Diagnostic, Span, error
from flinksql_runner.templating.values import Rendered

AT = "<query>"
"""The name of a query's text while it is rendered: spans in it lead to the YAML file."""
_MARK = "p__"      # begins the name of a bound place in rendered text: `:p__car`, `:p__range__step`
_STEP = "__step"
_INSIDE = re.compile(rf":({_MARK}\w+)")
_TEXTS = frozenset({TokenType.STRING, TokenType.IDENTIFIER, TokenType.NATIONAL_STRING, TokenType.HEREDOC_STRING,
                    TokenType.BYTE_STRING, TokenType.RAW_STRING, TokenType.UNICODE_STRING})


@dataclass(frozen=True, slots=True)
class Written:
    """The text without blanks around it and without a closing semicolon; ``lead`` characters of the rendered one stand before."""

    text: str
    rendered: Rendered
    lead: int
    places: TextPlaces

    def span(self, start: int, end: int) -> Span:
        """The place in the user's files of a piece of the text."""
        span = self.rendered.map.origin(self.lead + start, self.lead + end).span
        return self.places.span(span.start, span.end) if span.file == AT else span

    def mark_of(self, bound: Bound) -> str:
        """What stands at a bound place."""
        return mark(bound.parameter, bound.aspect)

    @property
    def whole(self) -> Span:
        """The place of all of it."""
        return self.places.span(0, len(self.places.text))


def written(rendered: Rendered, places: TextPlaces) -> Written:
    """A rendered query, as its parts are found in it."""
    text = rendered.text
    return Written(text.strip().rstrip(";").rstrip(), rendered, len(text) - len(text.lstrip()), places)


def mark(parameter: str, aspect: str) -> str:
    """What a template writes where a parameter's value is bound."""
    return f":{_MARK}{parameter}{_STEP if aspect == 'step' else ''}"


def parts_of(query: Written, dialect: str) -> tuple[tuple[str | Bound, ...], tuple[Diagnostic, ...]]:
    """The text cut at its marks; one inside of quotes is a mistake, one in a comment stays text."""
    text = query.text
    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(text)
    except TokenError as problem:
        return (), (error("FS915", f"the query can't be read: {str(problem).splitlines()[0]}", query.whole),)
    parts: list[str | Bound] = []
    at = 0
    for colon, name in pairwise(tokens):
        if colon.token_type is TokenType.COLON and name.start == colon.end + 1 and name.text.startswith(_MARK):
            parts += [_unmarked(text[at:colon.start]), _bound(name.text)]
            at = name.end + 1
    wrong = []
    for token in tokens:
        inside = _INSIDE.search(text, token.start, token.end + 1) if token.token_type in _TEXTS else None
        if inside is not None:
            wrong.append(error("FS916", f"the parameter `{_bound(inside.group(1)).parameter}` stands in quotes",
                               query.span(inside.start(), inside.end()),
                               "take the quotes away: a parameter is a value of its own; join texts by ||"))
    return (*parts, _unmarked(text[at:])), tuple(wrong)


def _bound(name: str) -> Bound:
    name = name.removeprefix(_MARK)
    return Bound(name.removesuffix(_STEP), "step") if name.endswith(_STEP) else Bound(name)


def _unmarked(text: str) -> str:
    """Text without marks: those that are left stand in comments."""
    return text.replace(f":{_MARK}", ":")
