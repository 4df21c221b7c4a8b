"""Holds a YAML file against its published JSON Schema; each finding at its place, with the way out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flinksql_runner.diagnostics import Diagnostic, error, nearest
from flinksql_runner.project.fits import fits
from flinksql_runner.project.yaml_source import YamlSource

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPES = {"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
          "boolean": "true or false", "null": "nothing"}


@cache
def schema(name: str) -> Mapping[str, Any]:
    """A published schema by name: ``project`` or ``profiles``."""
    text = files("flinksql_runner.project").joinpath(f"schemas/{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def check_shape(source: YamlSource, name: str) -> tuple[Diagnostic, ...]:
    """What in a file is against its schema: FS003 unknown key, FS004 wrong value, FS005 missing key."""
    wanted = schema(name)
    if fits(source.value, wanted, wanted):
        return ()
    from jsonschema import Draft202012Validator  # heavy: only where something is wrong

    validator = Draft202012Validator(wanted)
    found = [d for e in validator.iter_errors(source.value) for d in _explain(source, e)]
    return tuple(sorted(found, key=lambda d: d.span.start if d.span else 0))


def _explain(source: YamlSource, wrong: ValidationError) -> Iterator[Diagnostic]:
    path = tuple(wrong.absolute_path)
    part = _part(wrong)
    value: Any = wrong.validator_value
    where = ".".join(map(str, path)) or "the file"
    if wrong.validator == "additionalProperties":
        known = list(part.get("properties", {}))
        patterns = part.get("patternProperties", {})
        instance: Any = wrong.instance
        for key in instance:
            if key not in known and not patterns:
                near = nearest(key, known)
                yield error("FS003", f"unknown key `{key}`" + (f" in `{where}`" if path else ""), source.key_span((*path, key)),
                            f"did you mean `{near}`?" if near else "known here: " + ", ".join(f"`{k}`" for k in known))
    elif wrong.validator == "required":
        key = next((str(k) for k in value if f"'{k}'" in wrong.message), "")
        inside = f" in `{where}`" if path else ""
        yield error("FS005", f"`{key}` is missing{inside}", source.key_span(path), _example(part, key))
    elif wrong.validator in ("anyOf", "oneOf") and wrong.context:
        allowed = [_TYPES.get(str(c.validator_value), "?") for c in wrong.context if c.validator == "type"]
        deeper = [c for c in wrong.context if c.validator != "type"]
        if deeper:
            yield from _explain(source, deeper[0])
        else:
            yield error("FS004", f"`{where}` must be {' or '.join(allowed)}", source.span(path))
    elif wrong.validator == "type":
        expected = value if isinstance(value, list) else [value]
        kinds = " or ".join(_TYPES.get(str(e), str(e)) for e in expected)
        yield error("FS004", f"`{where}` must be {kinds}", source.span(path), part.get("description"))
    elif wrong.validator == "enum":
        near = nearest(str(wrong.instance), [str(v) for v in value])
        yield error("FS004", f"`{wrong.instance}` is not a value of `{where}`", source.span(path),
                    f"did you mean `{near}`?" if near else "one of: " + ", ".join(f"`{v}`" for v in value))
    elif wrong.validator == "pattern":
        yield error("FS004", f"`{wrong.instance}` is not a value of `{where}`", source.span(path), part.get("description"))
    else:
        yield error("FS004", f"`{where}`: {wrong.message}", source.span(path), part.get("description"))


def _part(wrong: ValidationError) -> Mapping[str, Any]:
    """The part of the schema that was broken."""
    return wrong.schema if isinstance(wrong.schema, Mapping) else {}


def _example(part: Mapping[str, Any], key: str) -> str | None:
    examples: list[str] | None = part.get("properties", {}).get(key, {}).get("examples")
    return f"write, for example, `{key}: {examples[0]}`" if examples else None
