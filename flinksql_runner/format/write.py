"""Formatted files back to the disk: whole or not at all, with the line ends and the byte order mark that they had."""

from __future__ import annotations

import codecs
from pathlib import Path

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.files import explain, write_text_atomic


def restored(data: bytes, text: str) -> str:
    r"""``text`` (line ends are ``\n``) with the line ends and the byte order mark of ``data``, the file as it was."""
    first = data.find(b"\n")
    ends = "\r\n" if first > 0 and data[first - 1:first] == b"\r" else "\r" if first < 0 and b"\r" in data else "\n"
    mark = "\ufeff" if data.startswith(codecs.BOM_UTF8) else ""
    return mark + (text if ends == "\n" else text.replace("\n", ends))


def write_back(root: Path, path: str, before: str, after: str) -> None:
    """Writes ``after`` over a file of a project that was read as ``before``; a link stays a link.

    :raises Failure: where the file can't be written, or is another one by now.
    """
    target = (root / path).resolve()
    try:
        data = target.read_bytes()
        mode = target.stat().st_mode & 0o777
    except OSError as failed:
        raise Failure(f"Can't read {path}: {explain(failed)}.") from failed
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if text != before:
        raise Failure(f"{path} was changed by another program meanwhile; run again.")
    write_text_atomic(target, restored(data, after), mode)
