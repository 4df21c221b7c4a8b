"""Studies of nodes that were made before: an unchanged node over unchanged parents is neither parsed nor analysed again.

A study is kept under the digest of all that it hangs on (see ``lint.study``): the node as it was rendered and parsed, what lies
around it, the functions, the tool, and what each node that it reads shows. So a node that changed is studied anew, and its
readers only if what it shows is another thing than before; a reader's own readers are asked in the same way. A node whose
template is wrong has no digest, and is studied each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from flinksql_runner.cache.store import Store
from flinksql_runner.functions.values import Functions
from flinksql_runner.lint.around import Around
from flinksql_runner.lint.outward import Outward
from flinksql_runner.lint.study import Study

NAME = "studies.msgpack"
_SPARE = 1      # studies that are of no use now are kept up to so many times the used ones: other branches, other rules


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """A study as bytes, with what the node shows beside it: that is read only where a reader of the node is studied."""

    shown: msgspec.Raw
    sound: bool
    study: msgspec.Raw


class StudyForm:
    """Writes and reads studies; the same value always gives the same bytes."""

    def __init__(self) -> None:
        self.encode = msgspec.msgpack.Encoder(order="deterministic").encode
        self._entry, self._study = msgspec.msgpack.Decoder(Entry), msgspec.msgpack.Decoder(Study)
        self.outward = msgspec.msgpack.Decoder(Outward).decode

    def write(self, outward: Outward, study: Study) -> Entry:
        """Both values of a study."""
        return Entry(msgspec.Raw(self.encode(outward)), outward.sound, msgspec.Raw(self.encode(study)))

    def entry(self, raw: bytes | msgspec.Raw) -> Entry:
        """An entry out of its bytes.

        :raises msgspec.MsgspecError: where they are none.
        """
        return self._entry.decode(raw)

    def study(self, entry: Entry) -> Study:
        """The study of an entry."""
        return self._study.decode(entry.study)


class KeptStudies:
    """The studies of a project that are in its cache; made for one run, in which it learns node by node, parents first."""

    def __init__(self, store: Store, tool: str, functions: Functions) -> None:
        self.form = StudyForm()
        self._store = store
        self._kept, self._used = self._read(), dict[bytes, msgspec.Raw]()
        self._base = hashlib.blake2b(tool.encode() + self.form.encode(dict(functions.by_name)), digest_size=16).digest()
        self._shown: dict[str, tuple[msgspec.Raw, bytes]] = {}
        self._outward: dict[str, Outward] = {}

    def key(self, own: bytes | None, around: Around) -> bytes | None:
        """What a study is kept under; ``own`` tells what was rendered and parsed. None where it can't be kept."""
        if own is None:
            return None
        digest = hashlib.blake2b(self._base + own + self.form.encode(around), digest_size=16)
        for parent in around.parents:
            digest.update(self._shown[parent][1])
        return digest.digest()

    def recall(self, key: bytes | None) -> tuple[Entry, Study] | None:
        """The study under a key."""
        raw = self._kept.get(key) if key is not None else None
        if raw is None:
            return None
        try:
            entry = self.form.entry(raw)
            return entry, self.form.study(entry)
        except msgspec.MsgspecError:
            return None

    def learn(self, name: str, key: bytes | None, entry: Entry, outward: Outward | None = None) -> None:
        """Takes the study of a node, so that its readers can be asked for."""
        self._shown[name] = (entry.shown, hashlib.blake2b(entry.shown, digest_size=16).digest())
        if outward is not None:
            self._outward[name] = outward
        if key is not None:
            self._used[key] = self._kept[key] if key in self._kept else msgspec.Raw(self.form.encode(entry))

    def outward(self, name: str) -> Outward:
        """What a node shows that was learnt of."""
        found = self._outward.get(name)
        if found is None:
            found = self._outward[name] = self.form.outward(self._shown[name][0])
        return found

    def shown(self, name: str) -> msgspec.Raw:
        """The same as bytes."""
        return self._shown[name][0]

    def keep(self) -> None:
        """Writes what was learnt, if there is anything new in it."""
        if self._used.keys() - self._kept.keys():
            others = [(k, v) for k, v in self._kept.items() if k not in self._used]
            room = min(len(self._used) * _SPARE, len(others))
            self._store.write(NAME, msgspec.msgpack.encode(dict([*others[len(others) - room:], *self._used.items()])))

    def _read(self) -> Mapping[bytes, msgspec.Raw]:
        try:
            return msgspec.msgpack.decode(self._store.read(NAME) or b"\x80", type=dict[bytes, msgspec.Raw])
        except msgspec.MsgspecError:
            return {}
