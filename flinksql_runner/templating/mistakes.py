"""What goes wrong in a template, led to its place: a diagnostic at the exact line, and column where it can be told."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateRuntimeError

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Span, error, nearest
from flinksql_runner.templating.limits import LimitReached
from flinksql_runner.templating.marks import Places, RawToken

_WORDS = frozenset({"name", "string", "integer", "float", "operator"})


class TemplateMistake(Exception):
    """Raised by a function of ours inside a template: a diagnostic that still lacks its place.

    ``words`` are texts to point at on the calling line, the first that stands there: an argument's value, a name.
    """

    def __init__(self, code: str, message: str, help: str | None, *words: str) -> None:
        super().__init__(message)
        self.code, self.help, self.words = code, help, words


def find_word(places: Places, file: str, line: int, words: tuple[str, ...]) -> Span:
    """The first token with one of the words on a line (or soon below, for a long tag), else the line's first tag."""
    tokens = places.tokens.get(file, ())
    first = bisect_left(tokens, line, key=lambda token: token.line)
    for word in words:
        for limit in (line, line + 30):
            for token in _until(tokens, first, limit):
                if token.type in _WORDS and (token.value == word or (token.type == "string" and token.value[1:-1] == word)):
                    return Span(file, token.start, token.start + len(token.value))
    for token in _until(tokens, first, line):
        if token.type in ("variable_begin", "block_begin"):
            return Span(file, token.start, _tag_end(tokens, token))
    index = LineIndex(places.sources.get(file, ""))
    start = index.offset(line, 1)
    text = index.line(line)
    begin = start + len(text) - len(text.lstrip())
    return Span(file, begin, max(begin + 1, start + len(text.rstrip())) if text.strip() else begin)


def _until(tokens: Sequence[RawToken], first: int, line: int) -> Iterator[RawToken]:
    """The tokens from the one numbered ``first`` up to the end of a line."""
    return takewhile(lambda token: token.line <= line, (tokens[i] for i in range(first, len(tokens))))


def _tag_end(tokens: tuple[RawToken, ...], begin: RawToken) -> int:
    kind = begin.type.replace("begin", "end")
    for token in tokens:
        if token.start > begin.start and token.type == kind:
            return token.start + len(token.value.rstrip())
    return begin.start + len(begin.value)


def at_run_time(raised: Exception, places: Places, file: str, known: tuple[str, ...]) -> Diagnostic:
    """The diagnostic for an exception that came out of rendering ``file``."""
    where, line = _template_line(raised.__traceback__, places, file)
    if isinstance(raised, TemplateMistake):
        span = find_word(places, where, line, raised.words)
        return error(raised.code, str(raised), span, raised.help)
    if isinstance(raised, LimitReached):
        return error("FS105", str(raised), find_word(places, where, line, ()), "make the loop or the text smaller")
    if isinstance(raised, RecursionError):
        if (where, line) == (file, 1) and raised.__traceback__ is not None and not _ran(raised.__traceback__, places):
            return error("FS105", "the template is nested too deep", find_word(places, where, line, ()), "split it")
        return error("FS105", "the macros call each other too deep", find_word(places, where, line, ()),
                     "give the macro that calls itself an end")
    if isinstance(raised, UndefinedError):
        return _undefined(raised, places, where, line, known)
    if isinstance(raised, TemplateNotFound):
        return error("FS101", f"there is no template `{raised.name}`", find_word(places, where, line, (str(raised.name),)),
                     "only files below macros/ can be included or imported")
    if isinstance(raised, TemplateSyntaxError):
        return in_syntax(raised, places, raised.name or where)
    if isinstance(raised, SecurityError):
        return error("FS108", f"not allowed in a template: {raised}", find_word(places, where, line, _quoted(str(raised))))
    text = str(raised).split("\n")[0] or type(raised).__name__
    if isinstance(raised, TemplateRuntimeError) and (missing := re.search(r"No (filter|test) named '(\w+)'", text)):
        return error("FS102", f"there is no {missing[1]} `{missing[2]}`", find_word(places, where, line, (missing[2],)))
    return error("FS108", f"the template fails: {text}", find_word(places, where, line, _quoted(text)))


def _undefined(raised: UndefinedError, places: Places, file: str, line: int, known: tuple[str, ...]) -> Diagnostic:
    text = str(raised)
    names = _quoted(text)
    name = names[-1] if names else ""
    near = nearest(name, known) if text.endswith("is undefined") else None
    if text.endswith("is undefined"):
        message = f"`{name}` is not defined"
    elif len(names) == 2:
        message = f"`{names[0].removesuffix(' object')}` has no `{name}`"
    else:
        message = text
    message = message.replace("`dict` has", "the mapping has")
    return error("FS102", message, find_word(places, file, line, tuple(reversed(names))),
                 f"did you mean `{near}`?" if near else None)


def _quoted(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"'([^']+)'", text))


def _template_line(trace: TracebackType | None, places: Places, file: str) -> tuple[str, int]:
    """File and line of the innermost frame that belongs to a template (Jinja has rewritten the frames' lines)."""
    found = (file, 1)
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in places.sources:
            found = (name, trace.tb_lineno)
        trace = trace.tb_next
    return found


def _ran(trace: TracebackType | None, places: Places) -> bool:
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in places.sources:
            return True
        trace = trace.tb_next
    return False


_TAGS = re.compile(r"innermost block that needs to be closed is '(\w+)'")


def in_syntax(raised: TemplateSyntaxError, places: Places, file: str) -> Diagnostic:
    """The diagnostic for a template that Jinja can't read."""
    message = (raised.message or "the template can't be read").rstrip(".")
    unclosed = _TAGS.search(message)
    if unclosed is not None and (span := _innermost(places, file, unclosed.group(1))) is not None:
        word = unclosed.group(1)
        return error("FS101", f"`{{% {word} %}}` is never closed", span, f"close it with `{{% end{word} %}}`")
    if message.startswith("Unexpected end of template"):
        message = "the template ends in the middle of a tag or block"
    if message.startswith("Missing end of comment tag"):
        message = "the comment `{#` is never closed"
        start = places.sources.get(file, "").rfind("{#")
        return error("FS101", message, Span(file, max(0, start), max(0, start) + 2), "close it with `#}`")
    words = _quoted(message)
    if got := re.search(r"got '(.+)'$", message):
        words = (got.group(1),)
    if unknown := re.match(r"Encountered unknown tag '(\w+)'", message):
        words = (unknown.group(1),)
        message = message.split(". ")[0]
    if missing := re.match(r"No (filter|test) named '(\w+)'", message):
        return error("FS102", f"there is no {missing[1]} `{missing[2]}`", find_word(places, file, raised.lineno, (missing[2],)))
    message = message[:1].lower() + message[1:]
    return error("FS101", f"template syntax: {message}", find_word(places, file, raised.lineno, words))


_OPENS = ("for", "if", "macro", "call", "filter", "set", "block", "with", "autoescape", "raw")


def _innermost(places: Places, file: str, block: str) -> Span | None:
    """The opening tag of the innermost block of that name which is not closed."""
    stack: list[tuple[str, Span]] = []
    tokens = places.tokens.get(file, ())
    for position, token in enumerate(tokens):
        if token.type != "block_begin":
            continue
        name = next((t for t in tokens[position + 1:position + 4] if t.type == "name"), None)
        if name is None:
            continue
        if name.value in _OPENS:
            stack.append((name.value, Span(file, token.start, _tag_end(tokens, token))))
        elif name.value.startswith("end"):
            while stack and stack.pop()[0] != name.value[3:]:
                pass
    return next((span for word, span in reversed(stack) if word == block), None)
