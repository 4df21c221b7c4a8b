"""Nodes that were rendered and parsed before: an unchanged file is neither rendered nor parsed again.

An entry is kept under the digest of what is known before a file is rendered: its text, path and settings, all macros, the target
and the tool. It holds what rendering asked for besides (variables of the project and of the environment), and counts only
where these have the values that they had. A file whose template is wrong is not kept. Trees are not kept: ``RecalledStatement``
parses again when its tree is looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Literal, get_type_hints

import msgspec

from flinksql_runner.cache.store import Store
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.project.placeholders import is_secret
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.recall import recalled
from flinksql_runner.syntax.values import Made, Node
from flinksql_runner.templating.values import ENV, VAR, Piece, Reference, Rendered, SourceMap

NAME = "nodes.msgpack"
_SPARE = 2      # entries that no file uses now are kept up to so many times the used ones: other targets, other branches

Fresh = Callable[[Project, Sequence[SqlFile]], Made]
"""Makes nodes of files; ``asked`` are names that each of their texts may hang on besides its own."""


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


class KeptNodes:
    """Nodes of a project out of its cache, the others from ``fresh``; made for one run."""

    def __init__(self, store: Store, tool: str, fresh: Fresh) -> None:
        self._store, self._tool, self._fresh = store, tool, fresh
        self._decoder, self._encoder = msgspec.msgpack.Decoder(_Entry), msgspec.msgpack.Encoder()

    def __call__(self, project: Project) -> Made:
        """The nodes of all files, in their order. Where macros have mistakes nothing is kept, so they are told anew."""
        kept = self._read()
        base = self._base(project)
        keys = {file.path: _key(base, file) for file in project.files}
        found: dict[str, Node] = {}
        for file in project.files:
            node = self._recall(kept.get(keys[file.path]), file, project)
            if node is not None:
                found[file.path] = node
        mistakes: tuple[Diagnostic, ...] = ()
        missing = [f for f in project.files if f.path not in found]
        if missing:
            used = {keys[p]: kept[keys[p]] for p in found}
            made = self._fresh(project, missing)
            mistakes = made.mistakes
            for node in made.nodes:
                found[node.path] = node
                entry = self._entry(node, made.asked, project) if not mistakes else None
                if entry is not None:
                    used[keys[node.path]] = entry
            self._write(used, kept)
        return Made(tuple(found[file.path] for file in project.files), mistakes)

    def _read(self) -> dict[bytes, msgspec.Raw]:
        try:
            return msgspec.msgpack.decode(self._store.read(NAME) or b"\x80", type=dict[bytes, msgspec.Raw])
        except msgspec.MsgspecError:
            return {}

    def _write(self, used: Mapping[bytes, msgspec.Raw], kept: Mapping[bytes, msgspec.Raw]) -> None:
        others = [(k, v) for k, v in kept.items() if k not in used]
        room = max(0, len(used) * _SPARE)
        self._store.write(NAME, self._encoder.encode(dict([*others[len(others) - min(room, len(others)):], *used.items()])))

    def _base(self, project: Project) -> bytes:
        """What all files hang on."""
        target = project.target
        parts = (self._tool, project.name, project.flink_version, target.name, target.type, _plain(target.values),
                 *(part for macro in project.macros for part in (macro.path, macro.text)))
        digest = hashlib.blake2b(digest_size=16)
        for part in parts:
            digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _recall(self, raw: msgspec.Raw | None, file: SqlFile, project: Project) -> Node | None:
        if raw is None:
            return None
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
        return Node(file.name, file.kind, file.path, rendered, statements, **parsed)

    def _entry(self, node: Node, shared: Iterable[str], project: Project) -> msgspec.Raw | None:
        """The node as it is kept; None where rendering failed, or its settings hold what can't be written down."""
        rendered = node.rendered
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
            return self._store.digest(_plain(project.vars[name])) if name in project.vars else None
        value = None if is_secret(name) else project.env.get(name)
        return None if value is None else self._store.digest(value)


def _key(base: bytes, file: SqlFile) -> bytes:
    digest = hashlib.blake2b(base, digest_size=16)
    for part in (file.path, file.name, file.kind, file.area, _plain(file.config), file.text):
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.digest()


def _dict(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _plain(value: object) -> str:
    """A value of YAML as text that tells any two apart."""
    return json.dumps(value, sort_keys=True, default=lambda v: f"{type(v).__name__}:{v!r}") if isinstance(value, (
        Mapping, list, tuple, str, int, float, bool, type(None))) else f"{type(value).__name__}:{value!r}"
