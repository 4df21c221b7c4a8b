"""What every connector's options are held to: that they exist, are of their type, are complete, and do something here."""

from __future__ import annotations

from collections.abc import Iterator

from flinksql_runner.diagnostics import Diagnostic, Severity, nearest
from flinksql_runner.options.sheet import Sheet, UsedFormat
from flinksql_runner.options.types import mistake
from flinksql_runner.options.values import Option
from flinksql_runner.project.placeholders import names_in

_ALWAYS = ("connector", "property-version")
_OWN_KEYS_ONLY = ("datagen",)  # Flink checks its keys by a way of its own, without those of every table
_OTHER_SIDE = {"source": ("sink.",), "sink": ("scan.", "lookup.", "source.")}
_PARALLELISM = {"source": "scan.parallelism", "sink": "sink.parallelism"}
_READ, _WRITE = "read from", "write into"


def check_known(sheet: Sheet, has_likes: bool) -> Iterator[Diagnostic]:
    """Unknown and missing options, values of a wrong type, options and formats of the other side.

    ``has_likes``: other tables are declared LIKE this one, so an option may be there for them.
    """
    if sheet.side not in sheet.factory.sides:
        way = _WRITE if sheet.side == "sink" else _READ
        yield sheet.wrong("FS537", f"the connector `{sheet.connector}` can't {way} a table: it is a "
                          f"{'source' if sheet.side == 'sink' else 'sink'} only", "connector", "choose another connector")
        return
    formats = tuple(sheet.formats())
    for key, value in sheet.node.options.items():
        option = _find(sheet, formats, key)
        if option is None:
            yield from _unknown(sheet, formats, key)
            continue
        wrong = None if names_in(value) else mistake(value, option.type)
        if wrong is not None:
            yield sheet.wrong("FS532", f"'{key}' {wrong[0]}", key, wrong[1])
        elif key == _PARALLELISM[sheet.side] and _is_below_one(sheet.number(key)):
            yield sheet.wrong("FS532", f"'{key}' must be 1 or more", key, "write the number of tasks, or take it out")
        elif f"-{key}" in option.older:
            yield sheet.wrong("FS538", f"'{key}' is an old name", key, f"write '{option.key}'", at_key=True,
                              severity=Severity.WARNING)
        elif not has_likes and len(sheet.factory.sides) > 1 and key.startswith(_OTHER_SIDE[sheet.side]):
            yield sheet.wrong("FS536", f"'{key}' does nothing in a {sheet.side}", key, "take it out", at_key=True,
                              severity=Severity.WARNING)
    yield from _alignment(sheet)
    yield from _missing(sheet, formats)


def _is_below_one(number: int | None) -> bool:
    return number is not None and number < 1


def _find(sheet: Sheet, formats: tuple[UsedFormat, ...], key: str) -> Option | None:
    """The option that a key stands for; one of type string for what can't be known."""
    if key in _ALWAYS:
        return Option(key)
    found = sheet.factory.find(key)
    if found is None and sheet.connector not in _OWN_KEYS_ONLY:
        found = sheet.factories.common.get(key)
    if found is not None:
        return found
    for used in formats:
        rest = key.removeprefix(used.prefix)
        if names_in(used.identifier) or (rest != key and not used.factories):
            return Option(key)
        if rest != key:
            return next((o for f in used.factories if (o := f.find(rest)) is not None), None)
    return None


def _unknown(sheet: Sheet, formats: tuple[UsedFormat, ...], key: str) -> Iterator[Diagnostic]:
    used = next((f for f in formats if key.startswith(f.prefix)), None)
    if used is not None:
        known = [used.prefix + o for f in used.factories for o in f.options]
        is_error = sheet.connector != "filesystem"  # which hands them all to the format, and that passes over them
        yield sheet.wrong("FS530", f"the format `{used.identifier}` has no option '{key}'", key, _help(key, known),
                          at_key=True, severity=Severity.ERROR if is_error else Severity.WARNING)
        return
    other = _other_format(sheet, key)
    if other is not None:
        prefix, name = other
        here = [f for f in formats if f.identifier == name]
        told = ", ".join(f"'{f.option}' = '{f.identifier}'" for f in formats) or "none is given"
        help = f"write '{here[0].prefix}{key[len(prefix):]}'" if here else f"take it out, or set the format to '{name}'"
        yield sheet.wrong("FS535", f"'{key}' is an option of another format than the table's ({told})", key, help, at_key=True)
        return
    of_formats = (f.prefix + o for f in formats for x in f.factories for o in x.options)
    known = [*sheet.factory.options, *sheet.factories.common, *of_formats]
    yield sheet.wrong("FS530", f"the connector `{sheet.connector}` has no option '{key}'", key, _help(key, known), at_key=True)


def _other_format(sheet: Sheet, key: str) -> tuple[str, str] | None:
    """The prefix and the name of the format that a key belongs to (``value.json.`` and ``json``)."""
    for kind, name in sheet.factories.by_name:
        for before in ("", "key.", "value.") if kind != "connector" else ():
            if key.startswith(f"{before}{name}."):
                return f"{before}{name}.", name
    return None


def _help(key: str, known: list[str]) -> str:
    near = nearest(key, known)
    return f"did you mean '{near}'?" if near else "take it out"


def _alignment(sheet: Sheet) -> Iterator[Diagnostic]:
    """Aligned watermarks need a group and a limit."""
    group, drift = "scan.watermark.alignment.group", "scan.watermark.alignment.max-drift"
    given = [k for k in sheet.options if k.startswith("scan.watermark.alignment.")]
    for key in (group, drift):
        if given and key not in sheet.options and sheet.connector not in _OWN_KEYS_ONLY:
            yield sheet.wrong("FS534", f"'{given[0]}' needs '{key}'", given[0], f"add '{key}' = '...'", at_key=True)


def _missing(sheet: Sheet, formats: tuple[UsedFormat, ...]) -> Iterator[Diagnostic]:
    for option in sheet.factory.options.values():
        if option.is_required and not sheet.given(option.key):
            yield sheet.wrong("FS531", f"the connector `{sheet.connector}` needs the option '{option.key}'", "connector",
                              f"add '{option.key}' = '...'")
    for used in formats:
        if names_in(used.identifier):
            continue
        known = {name for _, name in sheet.factories.by_name}
        if not used.factories and used.identifier in known:
            yield sheet.wrong("FS537", f"the format `{used.identifier}` is one of whole files: `{sheet.connector}` can't use it",
                              used.option, "choose a format of messages, like json or avro")
        for factory in used.factories[:1]:
            for option in factory.options.values():
                keys = [used.prefix + k.lstrip("-") for k in (option.key, *option.older)]
                if option.is_required and not any(k in sheet.options for k in keys):
                    yield sheet.wrong("FS531", f"the format `{used.identifier}` needs the option '{keys[0]}'", used.option,
                                      f"add '{keys[0]}' = '...'")
