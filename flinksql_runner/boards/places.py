"""Where a character of a YAML text stands in its file: a block, quotes and folded lines all write a text otherwise."""

from __future__ import annotations

from flinksql_runner.diagnostics import Span
from flinksql_runner.project.yaml_source import Path, YamlSource


class TextPlaces:
    """The places of one text of a YAML file, character by character.

    Blanks aside, a text's characters stand in the file in their order, with YAML's own signs (quotes, backslashes, the sign of a
    block) between them; so they are found one after the other.
    """

    def __init__(self, source: YamlSource, path: Path) -> None:
        self._span = source.span(path)
        value: object = source.value
        for key in path:
            value = value[key]  # type: ignore[index]
        self.text = str(value)
        self._offsets = _aligned(self.text, source.text, self._span.start, self._span.end)

    def span(self, start: int, end: int) -> Span:
        """The place of the text from ``start`` to ``end`` (exclusive) in the file."""
        if not self._offsets:
            return self._span
        first = self._offsets[max(0, min(start, len(self._offsets) - 1))]
        last = self._offsets[max(0, min(max(end - 1, start), len(self._offsets) - 1))]
        return Span(self._span.file, first, max(first, last + 1 if end > start else first))


def _aligned(text: str, raw: str, start: int, end: int) -> list[int]:
    """For each character of ``text`` its offset in ``raw``; a blank has that of the character before it."""
    offsets: list[int] = []
    at = start
    if raw[start:start + 1] in ("|", ">"):
        at = raw.find("\n", start, end) + 1 or start
    for character in text:
        if character.isspace():
            offsets.append(at)
            continue
        found = raw.find(character, at, end)
        if found < 0:  # written by its number (\x41): it counts as standing where the search is
            offsets.append(at)
            continue
        offsets.append(found)
        at = found + 1
    return offsets
