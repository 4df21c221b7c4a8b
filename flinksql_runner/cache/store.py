"""Files of the cache: written whole, signed, and silent about everything that is wrong with them.

A repository may be cloned with a ``.flinksql`` folder in it, so what is read must be what this user's tool wrote: each file is
signed by a key that lies in the user's own cache folder (``seal``). A file of another key, half a file, a damaged one, a disk
that can't be written: all the same as no file. Nothing of it is ever executed: contents are JSON or MessagePack of known shape.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

FOLDER = "cache"
_MAC = 32
_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# flinksql keeps here what it found out; it may be removed at any time.\n"


class Store:
    """The cache of one project. ``seal`` is the key of its user; without one nothing is read and nothing written."""

    def __init__(self, state_folder: Path, seal: bytes | None) -> None:
        self._folder = state_folder / FOLDER
        self._seal = seal

    @property
    def usable(self) -> bool:
        """Whether it can keep anything at all."""
        return self._seal is not None

    def digest(self, text: str) -> str:
        """A text as a word that only this user can make out of it (values of variables are kept like this)."""
        return self._mac(text.encode("utf-8", "surrogatepass"), b"value").hex()

    def read(self, name: str) -> bytes | None:
        """What was written under a name; None where there is nothing that can be trusted."""
        if self._seal is None:
            return None
        try:
            data = (self._folder / name).read_bytes()
        except OSError:
            return None
        mac, content = data[:_MAC], memoryview(data)[_MAC:]
        return bytes(content) if hmac.compare_digest(mac, self._mac(content, name.encode())) else None

    def write(self, name: str, content: bytes) -> None:
        """Keeps a content beside its place and moves it there; where that can't be done nothing happens."""
        if self._seal is None or self._folder.is_symlink() or self._folder.parent.is_symlink():
            return
        with suppress(OSError):
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True)
                self._put(".gitignore", b"*\n")
                self._put("CACHEDIR.TAG", _TAG)
            self._put(name, self._mac(content, name.encode()), content)

    def _put(self, name: str, *parts: bytes) -> None:
        partial = self._folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            with partial.open("xb") as file:
                file.writelines(parts)
            partial.replace(self._folder / name)
        finally:
            partial.unlink(missing_ok=True)

    def _mac(self, content: bytes | memoryview, name: bytes) -> bytes:
        digest = hashlib.blake2b(content, digest_size=_MAC, key=self._seal or b"", person=name[:16])
        return digest.digest()
