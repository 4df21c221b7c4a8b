"""Trees of plain templates, put together from parts that were read before.

Templates say the same things again and again: ``{{ ref('orders') }}``, ``{% for c in columns %}``. Jinja reads each text of a tag
once; a template is then a row of known tags with data between them. A template that is more than that (white space control,
``raw``, macros, blocks of other kinds, braces or backslashes in a tag) is left to Jinja as a whole. In these trees the lines of
statements are right, those inside of expressions are not: nobody asks for them where ``evaluate`` runs a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from flinksql_runner.diagnostics import Span
from flinksql_runner.templating.marks import END, Places, RawToken

_BODY = r"""(?:[^'"{}%\\]|'[^'\\]*'|"[^"\\]*")*?"""
_TAG = re.compile(rf"(?P<expression>\{{\{{(?![+-]){_BODY}(?<![+-])\}}\}})"
                  rf"|(?P<block>\{{%(?![+-])\s*(?P<word>[a-z]+){_BODY}(?<![+-])%\}})"
                  r"|(?P<comment>\{#(?![+-])(?:(?!#\}).)*(?<![+-])#\})", re.DOTALL)
_OPENING = re.compile(r"\{[{%#]")
_HEADERS = {"for": "{% endfor %}", "if": "{% endif %}", "elif": "{% endif %}", "set": "", "do": ""}
_PLAIN = ("else", "endfor", "endif")
_MOST = 20_000      # texts of tags that are kept


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag by itself: its tokens (offsets from its start, lines from 1), and what it is, without a body."""

    tokens: tuple[RawToken, ...]
    node: Any = None


@dataclass(slots=True)
class _Open:
    """A block that is not closed yet: ``for`` or ``if``, and the list that the next nodes go into."""

    word: str
    node: Any
    into: list[nodes.Node]
    has_else: bool = field(default=False)


class QuickTrees:
    """Reads templates of one environment; ``parse`` gives Jinja's tree of a text, ``lex`` its tokens."""

    def __init__(
        self, places: Places, lex: Callable[[str], tuple[RawToken, ...]], parse: Callable[[str], nodes.Template],
    ) -> None:
        self._places, self._lex, self._parse = places, lex, parse
        self._known: dict[tuple[str, str], _Tag] = {}

    def read(self, source: str, name: str) -> nodes.Template | None:
        """The tree of a template, whose tokens are noted among the places; None where Jinja must read it.

        :raises Exception: where Jinja must read it, too.
        """
        if "\r" in source:
            return None
        tokens: list[RawToken] = []
        top: list[nodes.Node] = []
        into, blocks = top, list[_Open]()
        at, line = 0, 1
        while at < len(source):
            found = _OPENING.search(source, at)
            start = found.start() if found is not None else len(source)
            if start > at:
                tokens.append(RawToken("data", source[at:start], at, line))
                into.append(nodes.Output([self._data(Span(name, at, start), source[at:start])]))
                line += source.count("\n", at, start)
            if found is None:
                break
            match = _TAG.match(source, start)
            if match is None:
                return None
            word = match["word"] or ""
            tag = self._tag(match.lastgroup or "", word, match.group())
            tokens += [RawToken(t.type, t.value, t.start + start, t.line + line - 1) for t in tag.tokens]
            at = match.end()
            if match["expression"] is not None:
                into.append(self._output(tag, Span(name, start, at), line))
            elif match["block"] is not None:
                into = self._block(word, tag, line, into, blocks, top)
            line += match.group().count("\n")
        if blocks:
            return None
        self._places.tokens[name] = tuple(tokens)
        self._places.sources[name] = source
        return nodes.Template(top, lineno=1)

    def _data(self, span: Span, text: str) -> nodes.TemplateData:
        return nodes.TemplateData(self._places.mark(span, True) + text)

    def _output(self, tag: _Tag, span: Span, line: int) -> nodes.Output:
        return nodes.Output([nodes.TemplateData(self._places.mark(span, False)), _at(tag.node, line), nodes.TemplateData(END)])

    def _block(
        self, word: str, tag: _Tag, line: int, into: list[nodes.Node], blocks: list[_Open], top: list[nodes.Node],
    ) -> list[nodes.Node]:
        """Takes a block's tag; gives the list that the next nodes go into."""
        if word in ("for", "if"):
            node = _at(tag.node, line)
            node.body, node.else_ = [], []
            if isinstance(node, nodes.If):
                node.elif_ = []
            into.append(node)
            blocks.append(_Open(word, node, node.body))
            return blocks[-1].into
        if word in ("set", "do"):
            into.append(_at(tag.node, line))
            return into
        open_ = blocks[-1]
        if word == "elif":
            node = _at(tag.node, line)
            node.body, node.elif_, node.else_ = [], [], []
            if not isinstance(open_.node, nodes.If) or open_.has_else:
                raise ValueError(word)
            open_.node.elif_.append(node)
            open_.into = node.body
        elif word == "else":
            if open_.has_else:
                raise ValueError(word)
            open_.has_else, open_.into = True, open_.node.else_
        elif word == f"end{open_.word}":
            blocks.pop()
            return blocks[-1].into if blocks else top
        else:
            raise ValueError(word)
        return open_.into

    def _tag(self, kind: str, word: str, text: str) -> _Tag:
        known = self._known.get((kind, text))
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[kind, text] = _Tag(self._lex(text), self._node(kind, word, text))
        return known

    def _node(self, kind: str, word: str, text: str) -> Any:
        if kind == "comment" or word in _PLAIN:
            if word and text[2:-2].strip() != word:
                raise ValueError(text)
            return None
        if kind == "expression":
            output: Any
            (output,) = self._parse(text).body
            (_, node, _) = output.nodes
            return node
        header = text.replace("elif", "if", 1) if word == "elif" else text
        (node,) = self._parse(header + _HEADERS[word]).body
        return node


def _at(node: Any, line: int) -> Any:
    """A known node at another place."""
    found = copy(node)
    found.lineno += line - 1
    return found
