"""Places of WITH options, and edits that add one."""

from __future__ import annotations

from flinksql_runner.diagnostics import Edit, Span
from flinksql_runner.lint.places import Where, table_name
from flinksql_runner.syntax.values import Node


def option_place(node: Node, *keys: str) -> Where:
    """The place of the value of the first of these options that the file gives; of the table's name where it gives none."""
    return next((node.option_places[key].value for key in keys if key in node.option_places), table_name(node))


def set_option(node: Node, key: str, value: str) -> tuple[Edit, ...]:
    """The edit that gives an option this value, or writes it behind 'connector'; none where that is not the file's own text."""
    text = node.rendered.file.text
    old = node.option_spans.get(key)
    if old is not None:
        return (Edit(old, f"'{value}'"),) if _is_own(node, key, old) else ()
    place = node.option_spans.get("connector")
    if place is None or not _is_own(node, "connector", place):
        return ()
    before = text[text.rfind("\n", 0, place.start) + 1:place.start]
    indent = before[:len(before) - len(before.lstrip())]
    break_ = f"\n{indent}" if before.lstrip().startswith("'") else " "
    comma = text[place.end:].lstrip().startswith(",")
    at = place.end + (text[place.end:].index(",") + 1 if comma else 0)
    added = f"{'' if comma else ','}{break_}'{key}' = '{value}'{',' if comma else ''}"
    return (Edit(Span(place.file, at, at), added),)


def _is_own(node: Node, key: str, place: Span) -> bool:
    """Whether the value stands word for word in the node's own file, so that an edit there means this table alone."""
    return place.file == node.path and node.rendered.file.text[place.start:place.end] == f"'{node.options[key]}'"
