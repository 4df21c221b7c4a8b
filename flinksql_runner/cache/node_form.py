"""A node as bytes: all that rendering and parsing found out, without trees, and what its text hangs on.

Trees are not written: ``RecalledStatement`` parses again when its tree is looked at. A node whose template is wrong, or whose
settings hold what can't be written down, has no such form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Literal, get_type_hints

import msgspec

from flinksql_runner.cache.store import Store
from flinksql_runner.project.placeholders import is_secret
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.recall import recalled
from flinksql_runner.syntax.values import Node
from flinksql_runner.templating.values import ENV, VAR, Piece, Reference, Rendered, SourceMap


class _Statement(msgspec.Struct, array_like=True, frozen=True):
    kind: Literal["create_table", "insert", "select"]
    start: int
    end: int
    name_end: int


_SAID = ("name", "kind", "path", "rendered", "statements")      # fields of a node that its file or other parts of the entry tell
_HINTS = get_type_hints(Node)
_FIELDS = tuple(f.name for f in fields(Node) if f.name not in _SAID)
_Parsed: Any = msgspec.defstruct("_Parsed", [(name, _HINTS[name]) for name in _FIELDS], array_like=True, frozen=True)


class _Entry(msgspec.Struct, array_like=True, frozen=True):
    """A node without what its file says already; ``asked`` are digests of what its text hangs on."""

    asked: dict[str, str | None]
    text: str
    pieces: tuple[Piece, ...]
    config: dict[str, Any]
    references: tuple[Reference, ...]
    env_used: tuple[str, ...]
    vars_used: tuple[str, ...]
    statements: tuple[_Statement, ...]
    parsed: _Parsed


class NodeForm:
    """Writes and reads nodes; ``store`` hides the values of variables. What was read is not written a second time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[Node, msgspec.Raw]] = {}
        self._decoder, self._encoder = msgspec.msgpack.Decoder(_Entry), msgspec.msgpack.Encoder()

    def read(self, raw: bytes | msgspec.Raw, file: SqlFile, project: Project) -> Node | None:
        """The node of a file; None where its text hangs on what has another value now."""
        try:
            entry = self._decoder.decode(raw)
        except msgspec.MsgspecError:
            return None
        if any(self._value(key, project) != digest for key, digest in entry.asked.items()):
            return None
        rendered = Rendered(file, entry.text, SourceMap(file.path, entry.pieces), MappingProxyType(entry.config),
                            entry.references, entry.env_used, entry.vars_used)
        statements = tuple(recalled(entry.text, s.kind, s.start, s.end, s.name_end) for s in entry.statements)
        parsed = {name: getattr(entry.parsed, name) for name in _FIELDS}
        node = Node(file.name, file.kind, file.path, rendered, statements, **parsed)
        self._known[file.path] = (node, msgspec.Raw(raw))
        return node

    def write(self, node: Node, shared: Iterable[str], project: Project) -> msgspec.Raw | None:
        """The node; ``shared`` names what all texts may hang on (see ``Templates.asked``). None where it has no such form."""
        rendered, known = node.rendered, self._known.get(node.path)
        if known is not None and known[0] is node:
            return known[1]
        if rendered.diagnostics:
            return None
        own = (*(f"{VAR}{n}" for n in rendered.vars_used), *(f"{ENV}{n}" for n in rendered.env_used))
        asked = {key: self._value(key, project) for key in (*shared, *own)}
        config = dict(rendered.config)
        try:
            if msgspec.msgpack.decode(self._encoder.encode(config)) != config:
                return None
            statements = tuple(_Statement(s.kind, s.start, s.end, s.name_end) for s in node.statements)
            parsed = _Parsed(**{name: _dict(getattr(node, name)) for name in _FIELDS})
            return msgspec.Raw(self._encoder.encode(_Entry(
                asked, rendered.text, rendered.map.pieces, config, rendered.references, rendered.env_used, rendered.vars_used,
                statements, parsed)))
        except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
            return None

    def _value(self, key: str, project: Project) -> str | None:
        """The digest of a variable of the project or of the environment; None for none."""
        kind, name = key[:2], key[2:]
        if kind == VAR:
            return self._store.digest(plain(project.vars[name])) if name in project.vars else None
        value = None if is_secret(name) else project.env.get(name)
        return None if value is None else self._store.digest(value)


def _dict(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def plain(value: object) -> str:
    """A value of YAML as text that tells any two apart."""
    return json.dumps(value, sort_keys=True, default=lambda v: f"{type(v).__name__}:{v!r}") if isinstance(value, (
        Mapping, list, tuple, str, int, float, bool, type(None))) else f"{type(value).__name__}:{value!r}"
