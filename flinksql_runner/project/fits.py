"""Whether a value surely is as a JSON Schema says.

Loading jsonschema takes longer than all else that reads a project file, and nearly every file is sound. So the keywords that our
schemas use are read here; only where one does not hold, or is not known here, jsonschema is asked, which has the last word
and tells what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
_SAID = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default", "additionalProperties"})
_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda v: isinstance(v, dict) and all(isinstance(k, str) for k in v),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}


def fits(value: Any, schema: Schema | bool, root: Schema) -> bool:
    """Whether ``value`` surely is as ``schema`` says, a part of the schema ``root``."""
    if isinstance(schema, bool):
        return schema
    for keyword, said in schema.items():
        check = _KEYWORDS.get(keyword)
        if check is None and keyword not in _SAID:
            return False
        if check is not None and not check(value, said, root):
            return False
    return not isinstance(value, dict) or _members(value, schema, root)


def _members(value: dict[Any, Any], schema: Schema, root: Schema) -> bool:
    """The values of a mapping, by their keys."""
    named, patterned = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, item in value.items():
        parts = [named[key]] if key in named else []
        parts += [part for pattern, part in patterned.items() if not isinstance(key, str) or re.search(pattern, key)]
        if not all(fits(item, part, root) for part in parts or [schema.get("additionalProperties", True)]):
            return False
    return True


def _type(value: Any, said: Any, root: Schema) -> bool:
    return any(_TYPES[kind](value) for kind in (said if isinstance(said, list) else [said]))


def _reference(value: Any, said: str, root: Schema) -> bool:
    if not said.startswith("#/"):
        return False
    part: Any = root
    for name in said[2:].split("/"):
        part = part[name]
    return fits(value, part, root)


def _is_one(value: Any, said: list[Any], root: Schema) -> bool:
    return any(type(value) is type(each) and value == each for each in said)


def _number(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    return lambda value, said, root: not isinstance(value, int | float) or isinstance(value, bool) or holds(value, said)


def _size(kind: type[Any], holds: Callable[[int, int], bool]) -> Callable[[Any, Any, Schema], bool]:
    return lambda value, said, root: not isinstance(value, kind) or holds(len(value), said)


def _any(value: Any, said: list[Any], root: Schema) -> bool:
    return any(fits(value, part, root) for part in said)


_KEYWORDS: Mapping[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _type,
    "$ref": _reference,
    "enum": _is_one,
    "const": lambda value, said, root: _is_one(value, [said], root),
    "anyOf": _any,
    "required": lambda value, said, root: not isinstance(value, dict) or all(key in value for key in said),
    "properties": lambda value, said, root: True,          # this and the next: see _members
    "patternProperties": lambda value, said, root: True,
    "propertyNames": lambda value, said, root: not isinstance(value, dict) or all(fits(key, said, root) for key in value),
    "items": lambda value, said, root: not isinstance(value, list) or all(fits(item, said, root) for item in value),
    "pattern": lambda value, said, root: not isinstance(value, str) or re.search(said, value) is not None,
    "minimum": _number(lambda value, least: value >= least),
    "maximum": _number(lambda value, most: value <= most),
    "minItems": _size(list, lambda size, least: size >= least),
    "maxItems": _size(list, lambda size, most: size <= most),
    "minProperties": _size(dict, lambda size, least: size >= least),
    "minLength": _size(str, lambda size, least: size >= least),
}
