"""What one message in Kafka looks like: the line as it was written, and where it stood."""

from __future__ import annotations

import msgspec

from flinksql_runner.collect.lines import Line


class Message(msgspec.Struct, omit_defaults=True):
    r"""The JSON value of a message.

    ``id`` with ``offset`` (bytes from the start of the file) names a line once and for all, on its host; ``read_ms`` is when it
    was read, in milliseconds of the epoch. ``cut``: the line was longer than what is sent of it. ``open``: it had no end of
    line. ``bytes``: it holds bytes that are no UTF-8, which stand in ``line`` as ``\xNN``.
    """

    host: str
    file: str
    id: str
    offset: int
    read_ms: int
    line: str
    cut: bool = False
    open: bool = False
    bytes: bool = False


class Packer:
    """Makes messages; one for all, since it keeps its buffer."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._encode = msgspec.json.Encoder().encode

    def value(self, line: Line, file: str, id: str, read_ms: int) -> bytes:
        """The message of a line."""
        try:
            text, is_odd = line.data.decode(), False
        except UnicodeDecodeError:
            text, is_odd = line.data.decode("utf-8", "backslashreplace"), True
        return self._encode(Message(self._host, file, id, line.offset, read_ms, text, line.is_cut, line.is_open, is_odd))
