"""GROUP BY: keys and grouping sets, and the expressions above it in terms of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from msgspec.structs import replace
from sqlglot import exp

from flinksql_runner.analyse.algebra import Field, Relation, Scalar
from flinksql_runner.analyse.calls import FUNCTION, with_null
from flinksql_runner.analyse.context import Context, Typing
from flinksql_runner.analyse.functions import AUXILIARY, GROUP_WINDOWS, no_group_window
from flinksql_runner.analyse.literals import milliseconds
from flinksql_runner.analyse.relations import Aggregate, GroupWindow, Over, SortKey, WindowKind
from flinksql_runner.builtin.families import DATETIME, OPAQUE, TIMESTAMPS

NOT_GROUPED, NO_TIME = "FS330", "FS340"
Sets = list[tuple[Scalar, ...]]


@dataclass(slots=True)
class Groups:
    """What GROUP BY says: distinct keys in their order, and the sets of them. ``calls`` are collected from above."""

    keys: list[Scalar] = field(default_factory=list)
    sets: Sets = field(default_factory=list)
    window: GroupWindow | None = None
    window_key: Scalar | None = None
    window_is_wrong: bool = False
    calls: list[Scalar] = field(default_factory=list)
    properties: list[tuple[str, Scalar]] = field(default_factory=list)


def read_groups(typing: Typing, group: exp.Expr | None) -> Groups:
    """The keys of a GROUP BY clause; one set without keys where there is none."""
    sets: Sets = [()]
    for item in group.expressions if group is not None else ():
        sets = [one + two for one in sets for two in _sets(typing, item)]
    groups = Groups()
    for grouped in sets:
        for key in grouped:
            if key.kind == "call" and key.name in GROUP_WINDOWS and key.args:
                groups.window, groups.window_key = _group_window(key), key
            elif key not in groups.keys:
                groups.keys.append(key)
    if groups.window_key is not None:
        groups.window_is_wrong = _is_wrong(typing.context, groups.window_key)
    groups.sets = [tuple(k for k in grouped if k != groups.window_key) for grouped in sets]
    return groups


def _is_wrong(context: Context, key: Scalar) -> bool:
    """Tells a window that Flink can't take. Whether its column is a time attribute, the planner judges by what DESCRIBE says."""
    syntax = key.syntax or exp.Null()
    lengths = 2 if key.name == "HOP" else 1
    form = f"write {key.name}(time, {', '.join(['INTERVAL ...'] * lengths)})"
    aligned = len(key.args) == lengths + 2 and (key.args[-1].type is None or key.args[-1].type.name == "TIME")
    if len(key.args) != lengths + 1 and not aligned:
        said = f"{key.name} takes {lengths + 1} arguments, not {len(key.args)}"
        context.say(FUNCTION, said, syntax, form, word=True)
        return True
    wrong = next((a for a in key.args[1:lengths + 1] if a.type is not None and a.type.name != "INTERVAL"), None)
    if wrong is not None and wrong.type is not None:
        context.say(FUNCTION, f"a window of {key.name} is as long as an INTERVAL, this is {wrong.type.sql}",
                    wrong.syntax or syntax, form)
        return True
    found, place = key.args[0].type, key.args[0].syntax or syntax
    if found is not None and found.name not in DATETIME | OPAQUE:
        context.say(FUNCTION, f"{key.name} cuts a time into windows, this is {found.sql}", place, form)
        return True
    if found is not None and found.time is None and found.name in TIMESTAMPS:
        context.say(NO_TIME, f"a window in GROUP BY needs a time attribute, this is {found.sql}", place,
                    "window over a column with a WATERMARK, or PROCTIME(); CAST loses it")
    return False


def _sets(typing: Typing, item: exp.Expr) -> Sets:
    """The grouping sets that one item of GROUP BY stands for."""
    if isinstance(item, exp.GroupingSets):
        return [s for inner in item.expressions for s in _sets(typing, inner)]
    if isinstance(item, exp.Rollup):
        parts = [_composite(typing, i) for i in item.expressions]
        return [tuple(k for p in parts[:n] for k in p) for n in range(len(parts), -1, -1)]
    if isinstance(item, exp.Cube):
        parts = [_composite(typing, i) for i in item.expressions]
        return [tuple(k for p in chosen for k in p) for n in range(len(parts), -1, -1) for chosen in combinations(parts, n)]
    return [_composite(typing, item)]


def _composite(typing: Typing, item: exp.Expr) -> tuple[Scalar, ...]:
    """``a``, ``(a, b)``, ``()``."""
    if isinstance(item, exp.Tuple):
        return typing.scalars(item.expressions)
    return (typing.scalar(item),)


def _group_window(key: Scalar) -> GroupWindow:
    sizes = [milliseconds(a) for a in key.args[1:3]]
    kinds: dict[str, WindowKind] = {"TUMBLE": "TUMBLE", "HOP": "HOP", "SESSION": "SESSION"}
    if key.name == "HOP" and len(sizes) == 2:  # the slide stands before the size
        return GroupWindow("HOP", key.args[0], sizes[1], sizes[0], key.syntax)
    return GroupWindow(kinds[key.name], key.args[0], sizes[0] if sizes else None, None, key.syntax)


class Regrouping:
    """Turns expressions over the rows into expressions over the groups; what is neither grouped nor aggregated is told."""

    def __init__(self, context: Context, groups: Groups, is_open: bool) -> None:
        self.context = context
        self.groups = groups
        self.is_open = is_open or any(k.kind == "unknown" for k in groups.keys)  # one of them may be the one that is missed
        self.keys = {key: i for i, key in reversed(list(enumerate(groups.keys)))}
        self.nullable = frozenset(i for i, key in enumerate(groups.keys) if any(key not in s for s in groups.sets))

    def over_groups(self, scalar: Scalar) -> Scalar:
        """The same over the fields of the Aggregate (properties come last: their index is set by ``aggregate``)."""
        at = self.keys.get(scalar) if scalar.kind in ("column", "call") else None
        if at is not None:
            found = with_null(scalar.type) if at in self.nullable else scalar.type
            return Scalar("column", found, scalar.name, index=at, syntax=scalar.syntax)
        if scalar.kind == "aggregate":
            return self._call(scalar)
        if scalar.kind == "call" and scalar.name in AUXILIARY and scalar.args:
            return self._property(scalar)
        if scalar.kind == "column":
            self._not_grouped(scalar)
            return Scalar("unknown", scalar.type, scalar.name, syntax=scalar.syntax)
        if scalar.kind == "call" and scalar.name == "." and self._field_of_key(scalar):
            self._not_grouped(scalar)
            return Scalar("unknown", scalar.type, scalar.name, syntax=scalar.syntax)
        if not scalar.args or scalar.kind == "unknown":
            return scalar
        return replace(scalar, args=tuple([self.over_groups(a) for a in scalar.args]))

    def _field_of_key(self, scalar: Scalar) -> bool:
        """Whether it is a field of a grouped ROW column named by a path: Flink does not see that it hangs on the key."""
        base = scalar
        while base.kind == "call" and base.name == "." and isinstance(base.syntax, exp.Column):
            base = base.args[0]
        return base.kind == "column" and isinstance(scalar.syntax, exp.Column)

    def _call(self, scalar: Scalar) -> Scalar:
        calls = self.groups.calls
        if scalar.name in ("GROUPING", "GROUPING_ID", "GROUP_ID"):
            for argument in scalar.args:
                if argument.kind == "column" and argument not in self.keys:
                    self._not_grouped(argument)
        if scalar in calls:
            index = calls.index(scalar)
        else:
            index = len(calls)
            calls.append(scalar)
        return Scalar("column", scalar.type, scalar.name, index=len(self.groups.keys) + index, syntax=scalar.syntax)

    def _property(self, scalar: Scalar) -> Scalar:
        key, kind = self.groups.window_key, scalar.name.rpartition("_")[0]
        if self.groups.window_is_wrong:
            return Scalar("unknown", scalar.type, scalar.name, syntax=scalar.syntax)
        if key is None or key.name != kind or key.args != scalar.args:
            no_group_window(self.context, scalar.name, scalar.syntax or exp.Null())
            return Scalar("unknown", scalar.type, scalar.name, syntax=scalar.syntax)
        names = [name for name, _ in self.groups.properties]
        if scalar.name not in names:
            self.groups.properties.append((scalar.name, scalar))
            names.append(scalar.name)
        return Scalar("column", scalar.type, scalar.name, input=_PROPERTY, index=names.index(scalar.name), syntax=scalar.syntax)

    def _not_grouped(self, scalar: Scalar) -> None:
        if self.is_open or scalar.syntax is None:
            return
        name = scalar.name if scalar.kind == "column" else scalar.value or scalar.name
        self.context.say(NOT_GROUPED, f"`{name}` is neither grouped nor aggregated", scalar.syntax,
                         f"add it to GROUP BY, or write an aggregate: MAX({name})")


_PROPERTY = -2


def aggregate(groups: Groups, below: Relation, syntax: exp.Expr) -> Aggregate:
    """The Aggregate of these groups, when all expressions above it have been looked at."""
    nullable = {i for i, key in enumerate(groups.keys) if any(key not in s for s in groups.sets)}
    window = _window(groups, below)
    fields = [_key_field(key, below, i in nullable, window is not None) for i, key in enumerate(groups.keys)]
    fields += [Field(c.name, c.type) for c in groups.calls]
    fields += [Field(name, s.type, s.type.time if s.type else None) for name, s in groups.properties]
    sets = tuple(tuple(groups.keys.index(k) for k in dict.fromkeys(s)) for s in groups.sets)
    return Aggregate(
        input=below, fields=tuple(fields), syntax=syntax, keys=tuple(groups.keys), calls=tuple(groups.calls), sets=sets,
        window=window, group_window=groups.window, properties=tuple(name for name, _ in groups.properties))


def _key_field(key: Scalar, below: Relation, nullable: bool, windowed: bool) -> Field:
    name = key.name or (key.syntax.name if isinstance(key.syntax, exp.Column) else "EXPR$0")
    found = with_null(key.type) if nullable else key.type
    if key.kind != "column":
        return Field(name, found)
    base = below.fields[key.index]
    return Field(name, found, base.time if base.window == "time" else None, (0, key.index), base.window) if windowed \
        else Field(name, found, None, (0, key.index))


def _window(groups: Groups, below: Relation) -> tuple[int, int] | None:
    """Which keys are the start and the end of the windows that the rows below are in."""
    parts = [below.fields[k.index].window if k.kind == "column" and k.index < len(below.fields) else "" for k in groups.keys]
    whole = all(k in s for s in groups.sets for k, p in zip(groups.keys, parts, strict=True) if p in ("start", "end"))
    return (parts.index("start"), parts.index("end")) if whole and "start" in parts and "end" in parts else None


def placed_properties(scalar: Scalar, offset: int) -> Scalar:
    """Gives properties their index behind keys and calls, which are all known by now."""
    if scalar.kind == "column" and scalar.input == _PROPERTY:
        return replace(scalar, input=0, index=offset + scalar.index)
    if not scalar.args:
        return scalar
    return replace(scalar, args=tuple([placed_properties(a, offset) for a in scalar.args]))


def overs_over_groups(regroup: Regrouping, overs: Sequence[Over]) -> list[Over]:
    """Windows of OVER over the groups."""
    return [
        Over(_arguments(regroup, o.call), tuple(regroup.over_groups(p) for p in o.partition),
             tuple(SortKey(regroup.over_groups(k.value), k.descending, k.nulls_first) for k in o.order), o.frame, o.named)
        for o in overs
    ]


def _arguments(regroup: Regrouping, call: Scalar) -> Scalar:
    return replace(call, args=tuple(regroup.over_groups(a) for a in call.args))
