"""YAML with places: plain values, and for each of them where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from flinksql_runner.diagnostics import Diagnostic, LineIndex, Span, error

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_VALUES = 200_000
_MAX_DEPTH = 100
_KEEP_AS_TEXT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary")

Path = tuple["str | int", ...]


@dataclass(frozen=True, slots=True)
class YamlSource:
    """One YAML file: its value (mappings, lists, texts, numbers, booleans, None), and the span of each value and key by path.

    A path is a tuple of keys and list positions: ``("jobs", "vehicles", "select")``. Dates stay text.
    """

    file: str
    text: str
    value: object = None
    values: Mapping[Path, Span] = field(default_factory=dict)
    keys: Mapping[Path, Span] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def span(self, path: Path) -> Span:
        """The place of the value at a path, or of the nearest value above it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Span(self.file, 0, 0))

    def key_span(self, path: Path) -> Span:
        """The place of the key that leads to a path, or of the nearest value above it."""
        return self.keys[path] if path in self.keys else self.span(path)


def read_yaml(file: str, text: str) -> YamlSource:
    """Reads one YAML text; a mistake gives diagnostics (FS002, FS006) and no value."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as failed:
        return YamlSource(file, text, diagnostics=(_syntax(file, text, failed),))
    except (yaml.YAMLError, ValueError, RecursionError) as failed:
        at = getattr(failed, "position", 0) or 0
        message = str(failed).split("\n")[0] or "nested too deep"
        return YamlSource(file, text, diagnostics=(error("FS002", f"not YAML: {message}", Span(file, at, at + 1)),))
    walk = _Walk(file)
    if root is None:
        return YamlSource(file, text, None, {(): Span(file, 0, 0)})
    try:
        value = walk.value(root, (), 0)
    except _TooMuch as stop:
        wrong = error("FS002", str(stop), Span(file, 0, min(1, len(text))), "write it without so many anchors or levels")
        return YamlSource(file, text, diagnostics=(wrong,))
    return YamlSource(file, text, value, walk.values, walk.keys, tuple(walk.diagnostics))


class _TooMuch(Exception):
    pass


class _Walk:
    """From YAML nodes to values, noting places on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.diagnostics: list[Diagnostic] = []
        self._constructor = SafeConstructor()
        self._count = 0

    def _span(self, node: Node) -> Span:
        return Span(self.file, node.start_mark.index, max(node.start_mark.index, node.end_mark.index))

    def value(self, node: Node, path: Path, depth: int) -> object:
        self._count += 1
        if self._count > _MAX_VALUES or depth > _MAX_DEPTH:
            raise _TooMuch("the file expands to too many values or levels")
        self.values[path] = self._span(node)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: Node) -> object:
        assert isinstance(node, ScalarNode)
        if node.tag in _KEEP_AS_TEXT:
            return node.value
        try:
            return self._constructor.construct_object(node)
        except (ConstructorError, ValueError, OverflowError) as failed:
            text = getattr(failed, "problem", None) or str(failed)
            self.diagnostics.append(error("FS002", f"not YAML: {text}", self._span(node)))
            return None

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged = self.value(value_node, (*path, "<<"), depth + 1)
                for part in merged if isinstance(merged, list) else [merged]:
                    if isinstance(part, dict):
                        found = {**part, **found}
                continue
            if not isinstance(key_node, ScalarNode):
                self.diagnostics.append(error("FS002", "a key must be a plain text", self._span(key_node)))
                continue
            key = str(key_node.value)
            place = (*path, key)
            if place in self.keys:
                self.diagnostics.append(error("FS006", f"`{key}` stands here twice", self._span(key_node), "keep one of them"))
                continue
            self.keys[place] = self._span(key_node)
            found[key] = self.value(value_node, place, depth + 1)
        return found


def _syntax(file: str, text: str, failed: yaml.MarkedYAMLError) -> Diagnostic:
    mark = failed.problem_mark or failed.context_mark
    at = min(mark.index if mark else 0, len(text))
    problem = (failed.problem or failed.context or "this can't be read").strip()
    help = None
    line = LineIndex(text).line(LineIndex(text).position(at).line)
    if "\\t" in problem or "'\t'" in problem or line.lstrip(" ").startswith("\t"):
        problem, help = "a tab can't indent YAML", "write spaces"
    elif "mapping values are not allowed" in problem:
        help = "put the text in quotes, or start a new line"
    return error("FS002", f"not YAML: {problem}", Span(file, at, min(at + 1, len(text))), help)
