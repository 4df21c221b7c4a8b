"""Nodes that were rendered and parsed before: an unchanged file is neither rendered nor parsed again.

An entry is kept under the digest of what is known before a file is rendered: its text, path and settings, all macros, the target
and the tool. It holds what rendering asked for besides (variables of the project and of the environment), and counts only
where these have the values that they had. A file whose template is wrong is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec

from flinksql_runner.cache.node_form import NodeForm, plain
from flinksql_runner.cache.store import Store
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.values import Made, Node

NAME = "nodes.msgpack"
_SPARE = 2      # entries that no file uses now are kept up to so many times the used ones: other targets, other branches

Fresh = Callable[[Project, Sequence[SqlFile]], Made]
"""Makes nodes of files; ``asked`` are names that each of their texts may hang on besides its own."""


class KeptNodes:
    """Nodes of a project out of its cache, the others from ``fresh``; made for one run.

    ``digests`` tell, by path, what was rendered and parsed; a node that can't be kept has none.
    """

    def __init__(self, store: Store, tool: str, fresh: Fresh, form: NodeForm | None = None) -> None:
        self._store, self._tool, self._fresh = store, tool, fresh
        self.form = form if form is not None else NodeForm(store)
        self.digests: dict[str, bytes] = {}

    def __call__(self, project: Project) -> Made:
        """The nodes of all files, in their order. Where macros have mistakes nothing is kept, so they are told anew."""
        kept = self._read()
        base = self._base(project)
        keys = {file.path: _key(base, file) for file in project.files}
        found: dict[str, Node] = {}
        for file in project.files:
            raw = kept.get(keys[file.path])
            node = self.form.read(raw, file, project) if raw is not None else None
            if node is not None:
                found[file.path] = node
                self.digests[file.path] = _digest(file, kept[keys[file.path]])
        mistakes: tuple[Diagnostic, ...] = ()
        missing = [f for f in project.files if f.path not in found]
        if missing:
            used = {keys[p]: kept[keys[p]] for p in found}
            made = self._fresh(project, missing)
            mistakes = made.mistakes
            for node in made.nodes:
                found[node.path] = node
                entry = self.form.write(node, made.asked, project) if not mistakes else None
                if entry is not None:
                    used[keys[node.path]] = entry
                    self.digests[node.path] = _digest(node.rendered.file, entry)
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
        self._store.write(NAME, msgspec.msgpack.encode(dict([*others[len(others) - min(room, len(others)):], *used.items()])))

    def _base(self, project: Project) -> bytes:
        """What all files hang on."""
        target = project.target
        parts = (self._tool, project.name, project.flink_version, target.name, target.type, plain(target.values),
                 *(part for macro in project.macros for part in (macro.path, macro.text)))
        digest = hashlib.blake2b(digest_size=16)
        for part in parts:
            digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
        return digest.digest()


def _key(base: bytes, file: SqlFile) -> bytes:
    parts = (file.path, file.name, file.kind, file.area, plain(file.config) if file.config else "{}", file.text)
    said = "".join([f"{len(part)}:{part}" for part in parts])
    return hashlib.blake2b(base + said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _digest(file: SqlFile, entry: msgspec.Raw) -> bytes:
    digest = hashlib.blake2b(entry, digest_size=16)
    digest.update(f"{file.kind} {file.path}\0{file.text}".encode("utf-8", "surrogatepass"))
    return digest.digest()
