"""The page's own files: one address for all of them, that changes with their content, so that browsers keep them for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json",
          ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2"}
_HERE = "{static}"     # stands in the HTML for the address of the files


@dataclass(frozen=True, slots=True)
class Pages:
    """The files below ``static/`` and those of libraries (below ``lib/``), by their relative path; ``version`` is their hash."""

    files: Mapping[str, Path]
    version: str

    def html(self, name: str) -> bytes:
        """A page's HTML, with the address of its files filled in."""
        return self.text(name).replace(_HERE, f"{PREFIX}{self.version}").encode()

    def text(self, name: str) -> str:
        """The text of a file, as it stands."""
        return self.files[name].read_text(encoding="utf-8")

    def find(self, path: str) -> tuple[Path, str] | None:
        """A file and its media type; None where there is none. ``path`` begins with the version."""
        version, _, name = path.partition("/")
        found = self.files.get(name) if version == self.version else None
        return (found, media_type(found.name)) if found is not None else None


def media_type(name: str) -> str:
    """What a file is, by the end of its name."""
    return _TYPES.get(Path(name).suffix, "application/octet-stream")


def read_pages(libraries: Mapping[str, Path]) -> Pages:
    """Looks at all files once; what is not listed here is not served.

    :param libraries: file name -> where it lies, for those that are fetched at set-up.
    """
    files = {p.relative_to(STATIC).as_posix(): p for p in sorted(STATIC.rglob("*")) if p.is_file()}
    files |= {f"lib/{name}": path for name, path in libraries.items()}
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return Pages(files, digest.hexdigest()[:16])
