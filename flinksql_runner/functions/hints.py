"""Type hints of a Python module, read from its syntax tree, as Flink types.

Nothing is imported or evaluated: names are followed through the module's own imports, classes and aliases only.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flinksql_runner.functions.types import SqlType, TypeTextError, parse_type

SIMPLE: Mapping[str, str] = {
    "int": "BIGINT", "float": "DOUBLE", "str": "STRING", "bool": "BOOLEAN", "bytes": "BYTES", "bytearray": "BYTES",
    "datetime.datetime": "TIMESTAMP(3)", "datetime.date": "DATE", "datetime.time": "TIME", "decimal.Decimal": "DECIMAL(38, 18)",
    "pandas.Timestamp": "TIMESTAMP(3)", "numpy.int8": "TINYINT", "numpy.int16": "SMALLINT", "numpy.int32": "INT",
    "numpy.int64": "BIGINT", "numpy.float32": "FLOAT", "numpy.float64": "DOUBLE", "numpy.bool_": "BOOLEAN",
}
_LISTS = {"list", "typing.List", "typing.Sequence", "collections.abc.Sequence"}
_MAPS = {"dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping"}
_ITERATORS = {f"{m}.{n}" for m in ("typing", "collections.abc") for n in ("Iterator", "Iterable", "Generator")}
_ROW_BASES = {"typing.NamedTuple", "typing.TypedDict", "typing_extensions.TypedDict"}
_FRAMES = {"pandas.DataFrame", "pandas.core.frame.DataFrame"}
_SERIES = {"pandas.Series", "pandas.core.series.Series"}
_HELP = "use int, float, str, bool, bytes, datetime, date, time, Decimal, list[T], dict[K, V], a NamedTuple or a dataclass"


class HintProblem(Exception):
    """A hint that can't become a Flink type, with its place in the tree."""

    def __init__(self, code: str, message: str, place: ast.AST, help: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.place, self.help = code, message, place, help


@dataclass(frozen=True, slots=True)
class Hint:
    """What a hint says. ``type`` is None where it is a bare Series or DataFrame, whose elements it does not tell."""

    type: SqlType | None
    optional: bool = False
    shape: str = ""  # "", "series", "frame", "iterator"


@dataclass(frozen=True, slots=True)
class ModuleNames:
    """What names mean in one module: imports (to dotted names), classes and aliases of its top level."""

    imports: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, ast.ClassDef] = field(default_factory=dict)
    aliases: Mapping[str, ast.expr] = field(default_factory=dict)

    def dotted(self, item: ast.expr) -> str:
        """``dt.datetime`` as ``datetime.datetime``; empty where the expression is no name."""
        parts: list[str] = []
        while isinstance(item, ast.Attribute):
            parts.append(item.attr)
            item = item.value
        if not isinstance(item, ast.Name):
            return ""
        return ".".join([self.imports.get(item.id, item.id), *reversed(parts)]).removeprefix("builtins.")


def names_of(tree: ast.Module) -> ModuleNames:
    """Reads imports (also those under ``if TYPE_CHECKING:``), classes and simple aliases of a module."""
    imports: dict[str, str] = {}
    for item in ast.walk(tree):
        if isinstance(item, ast.Import):
            for a in item.names:
                imports[a.asname or a.name.split(".")[0]] = a.name if a.asname else a.name.split(".")[0]
        elif isinstance(item, ast.ImportFrom) and item.module and not item.level:
            imports.update({a.asname or a.name: f"{item.module}.{a.name}" for a in item.names})
    aliases: dict[str, ast.expr] = {}
    for top in tree.body:
        if isinstance(top, ast.Assign) and len(top.targets) == 1 and isinstance(top.targets[0], ast.Name):
            aliases[top.targets[0].id] = top.value
        elif isinstance(top, ast.AnnAssign) and isinstance(top.target, ast.Name) and top.value is not None:
            aliases[top.target.id] = top.value
    return ModuleNames(imports, {c.name: c for c in tree.body if isinstance(c, ast.ClassDef)}, aliases)


def read_hint(item: ast.expr, names: ModuleNames, *, text_is_type: bool = False, seen: frozenset[str] = frozenset()) -> Hint:
    """What one hint says.

    :param text_is_type: whether a string is a Flink type (as in the decorator) and not a forward reference.
    :raises HintProblem: where it has no Flink type.
    """
    if isinstance(item, ast.Constant) and isinstance(item.value, str):
        if text_is_type:
            return Hint(_from_text(item.value, item))
        return read_hint(_forward(item), names, seen=seen)
    if isinstance(item, ast.Constant) and item.value is None:
        raise HintProblem("FS402", "a function of SQL must give a value, not None", item, _HELP)
    if isinstance(item, ast.BinOp) and isinstance(item.op, ast.BitOr):
        return _union(item, _members(item), names, seen)
    if isinstance(item, ast.Subscript):
        return _generic(item, names, seen)
    name = names.dotted(item)
    if name in SIMPLE:
        return Hint(parse_type(SIMPLE[name]))
    if name in _SERIES:
        return Hint(None, shape="series")
    if name in _FRAMES:
        return Hint(None, shape="frame")
    if name in names.classes:
        return Hint(_row(names.classes[name], item, names, seen))
    if name in names.aliases and name not in seen:
        return read_hint(names.aliases[name], names, seen=seen | {name})
    if name in _LISTS | _MAPS:
        short = name.rsplit(".", 1)[-1]
        raise HintProblem("FS402", f"`{short}` does not say what it holds", item,
                          f"write `{short}[str]`" if name in _LISTS else f"write `{short}[str, float]`")
    raise HintProblem("FS402", f"`{ast.unparse(item)}` has no Flink type", item, _HELP)


def _from_text(text: str, place: ast.AST) -> SqlType:
    try:
        return parse_type(text)
    except TypeTextError as problem:
        raise HintProblem("FS402", str(problem), place) from None


def _forward(item: ast.Constant) -> ast.expr:
    try:
        inner = ast.parse(str(item.value), mode="eval").body
    except SyntaxError:
        raise HintProblem("FS402", f"`{item.value!s}` is no type hint", item, _HELP) from None
    for node in ast.walk(inner):  # the text stands one quote to the right of the string's place
        if isinstance(node, (ast.expr, ast.keyword)):
            node.lineno, node.end_lineno = item.lineno, item.end_lineno
            node.col_offset, node.end_col_offset = item.col_offset, item.end_col_offset
    return inner


def _members(item: ast.expr) -> list[ast.expr]:
    if isinstance(item, ast.BinOp) and isinstance(item.op, ast.BitOr):
        return [*_members(item.left), *_members(item.right)]
    return [item]


def _is_none(item: ast.expr) -> bool:
    return isinstance(item, ast.Constant) and item.value is None


def _union(place: ast.expr, members: list[ast.expr], names: ModuleNames, seen: frozenset[str]) -> Hint:
    rest = [m for m in members if not _is_none(m)]
    if len(rest) != 1:
        raise HintProblem("FS402", f"`{ast.unparse(place)}`: a column of SQL has one type, not several", place, _HELP)
    return replace(read_hint(rest[0], names, seen=seen), optional=len(rest) < len(members))


def _generic(item: ast.Subscript, names: ModuleNames, seen: frozenset[str]) -> Hint:
    base = names.dotted(item.value)
    inner = list(item.slice.elts) if isinstance(item.slice, ast.Tuple) else [item.slice]
    if base in ("typing.Optional", "typing.Union"):
        return _union(item, [*inner, ast.Constant(None)] if base.endswith("Optional") else inner, names, seen)
    if base in ("typing.Annotated", "typing_extensions.Annotated") and len(inner) > 1:
        for exact in inner[1:]:
            if isinstance(exact, ast.Constant) and isinstance(exact.value, str):
                return Hint(_from_text(exact.value, exact), optional=_optional(inner[0]))
        return read_hint(inner[0], names, seen=seen)
    if base in _SERIES and len(inner) == 1:
        return Hint(_inner(inner[0], names, seen), shape="series")
    if base in _FRAMES and len(inner) == 1:
        return Hint(_inner(inner[0], names, seen), shape="frame")
    if base in _LISTS and len(inner) == 1:
        return Hint(SqlType("ARRAY", children=(_inner(inner[0], names, seen),)))
    if base in _MAPS and len(inner) == 2:
        return Hint(SqlType("MAP", children=tuple(_inner(i, names, seen) for i in inner)))
    if base in _ITERATORS:
        return Hint(_inner(inner[0], names, seen), shape="iterator")
    help = "declare a NamedTuple with named fields" if base in ("tuple", "typing.Tuple") else _HELP
    raise HintProblem("FS402", f"`{ast.unparse(item)}` has no Flink type", item, help)


def _optional(item: ast.expr) -> bool:
    return isinstance(item, ast.BinOp) and any(_is_none(m) for m in _members(item))


def _inner(item: ast.expr, names: ModuleNames, seen: frozenset[str]) -> SqlType:
    hint = read_hint(item, names, seen=seen)
    if hint.type is None or hint.shape:
        raise HintProblem("FS402", f"`{ast.unparse(item)}` can't stand inside another type", item, _HELP)
    return hint.type


def _row(cls: ast.ClassDef, place: ast.expr, names: ModuleNames, seen: frozenset[str]) -> SqlType:
    """ROW<...> of a NamedTuple, TypedDict or dataclass that stands in the same file."""
    is_row = any(names.dotted(b) in _ROW_BASES for b in cls.bases) or any(
        names.dotted(d.func if isinstance(d, ast.Call) else d) == "dataclasses.dataclass" for d in cls.decorator_list)
    if not is_row:
        raise HintProblem("FS402", f"the class `{cls.name}` has no Flink type", place,
                          f"make `{cls.name}` a NamedTuple or a dataclass")
    if cls.name in seen:
        raise HintProblem("FS402", f"`{cls.name}` contains itself; a ROW can't", place)
    fields = [a for a in cls.body if isinstance(a, ast.AnnAssign) and isinstance(a.target, ast.Name)
              and not (isinstance(a.annotation, ast.Subscript) and names.dotted(a.annotation.value) == "typing.ClassVar")]
    if not fields:
        raise HintProblem("FS402", f"`{cls.name}` has no fields", place)
    types = tuple(_inner(a.annotation, names, seen | {cls.name}) for a in fields)
    return SqlType("ROW", children=types, fields=tuple(a.target.id for a in fields if isinstance(a.target, ast.Name)))
