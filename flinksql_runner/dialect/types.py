"""Types as values: what ``FlinkType`` nodes of the tree, DDL and the planner's answers say, in one form.

Flink's own names (``LogicalType.asSummaryString``) and the defaults of its SQL: STRING and VARCHAR are VARCHAR(2147483647),
BYTES and VARBINARY are VARBINARY(2147483647), CHAR is CHAR(1), DECIMAL is DECIMAL(10, 0), TIMESTAMP has 6 digits, TIME none.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlglot import exp
from sqlglot.errors import SqlglotError

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.flink import Flink

TimeAttribute = Literal["ROWTIME", "PROCTIME"]
LONGEST = 2_147_483_647
_NAMES = {
    "INTEGER": "INT", "DEC": "DECIMAL", "NUMERIC": "DECIMAL", "CHARACTER": "CHAR", "REAL": "FLOAT", "DOUBLE PRECISION": "DOUBLE",
    "STRING": "VARCHAR", "BYTES": "VARBINARY",
}
_DEFAULTS: dict[str, tuple[int, ...]] = {
    "CHAR": (1,), "VARCHAR": (LONGEST,), "BINARY": (1,), "VARBINARY": (LONGEST,), "DECIMAL": (10, 0), "TIME": (0,),
    "TIMESTAMP": (6,), "TIMESTAMP_LTZ": (6,),
}
_LONG = {"VARCHAR": "STRING", "VARBINARY": "BYTES"}
_TIME = re.compile(r"\s*\*\s*(ROWTIME|PROCTIME)\s*\*\s*", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class FlinkType(Struct, frozen=True):
    """One type. ``sizes``: length, or precision and scale, always told; ``fields``: names of a ROW's ``children``.

    ``detail`` holds what has no structure here: the unit of an INTERVAL, the texts of RAW, the class of STRUCTURED.
    """

    name: str
    sizes: tuple[int, ...] = ()
    children: tuple[FlinkType, ...] = ()
    fields: tuple[str, ...] = ()
    nullable: bool = True
    time: TimeAttribute | None = None
    detail: str = ""

    def __str__(self) -> str:
        """As SQL; a time attribute stands behind it between stars, as Flink's DESCRIBE prints it."""
        return self.sql + (f" *{self.time}*" if self.time else "")

    @property
    def sql(self) -> str:
        """The type as it may stand in DDL."""
        if self.name in ("ROW", "STRUCTURED"):
            named = [f"`{n.replace('`', '``')}` {c.sql}" for n, c in zip(self.fields, self.children, strict=True)]
            text = f"{self.name}<{', '.join([self.detail] * bool(self.detail) + named)}>"
        elif self.children:
            text = f"{self.name}<{', '.join(child.sql for child in self.children)}>"
        elif self.name in _LONG and self.sizes == (LONGEST,):
            text = _LONG[self.name]
        elif self.detail:
            text = f"INTERVAL {self.detail}" if self.name == "INTERVAL" else self.detail
        else:
            text = self.name + (f"({', '.join(map(str, self.sizes))})" if self.sizes else "")
        return text if self.nullable else f"{text} NOT NULL"


def type_of(node: exp.DataType) -> FlinkType:
    """The value of a node that this dialect parsed.

    :raises ValueError: where it is a type of another dialect that Flink has not.
    """
    if not isinstance(node, e.FlinkType):
        return parse_type(node.sql(dialect="flink"))
    nullable = node.args.get("nullable") is not False
    name = _NAMES.get(str(node.this), str(node.this))
    inner, params = node.expressions, node.args.get("params") or []
    if name in ("ROW", "STRUCTURED"):
        fields = [f for f in inner if isinstance(f, exp.ColumnDef)]
        children = tuple(type_of(field.args["kind"]) for field in fields)
        detail = params[0].sql(dialect="flink") if name == "STRUCTURED" else ""
        return FlinkType(name, (), children, tuple(field.name for field in fields), nullable, None, detail)
    if name in ("ARRAY", "MULTISET", "MAP"):
        return FlinkType(name, (), tuple(type_of(child) for child in inner), (), nullable)
    if name in ("INTERVAL", "RAW", "USER"):
        bare = node.copy()
        bare.set("nullable", None)
        return FlinkType(name, nullable=nullable, detail=bare.sql(dialect="flink").removeprefix("INTERVAL "))
    if str(node.args.get("zone") or "").startswith("WITH LOCAL"):
        name = "TIMESTAMP_LTZ"
    sizes = (LONGEST,) if node.this in ("STRING", "BYTES") else tuple(int(size.name) for size in params)
    default = _DEFAULTS.get(name, ())
    return FlinkType(name, sizes + default[len(sizes):], nullable=nullable)


def node_of(type_: FlinkType) -> e.FlinkType:
    """The node of a value; a time attribute is no part of it (WATERMARK and PROCTIME() make one)."""
    found = _node(type_.sql)
    if found is None:
        raise ValueError(f"{type_.sql} is no type of Flink")
    return found


def parse_type(text: str) -> FlinkType:
    """Reads a type as DDL or DESCRIBE write it: ``DECIMAL(10, 2) NOT NULL``, ``TIMESTAMP(3) *ROWTIME* NOT NULL``.

    :raises ValueError: where the text is no type of Flink.
    """
    time = _TIME.search(text)
    node = _node(_TIME.sub(" ", text))
    if node is None:
        raise ValueError(f"{text.strip() or 'an empty text'} is no type of Flink")
    found = type_of(node)
    if time is None:
        return found
    return replace(found, time="ROWTIME" if time.group(1).upper() == "ROWTIME" else "PROCTIME")


def _node(text: str) -> e.FlinkType | None:
    try:
        found = Flink().parse_into(exp.DataType, text)
    except SqlglotError:
        return None
    node = found[0] if len(found) == 1 else None
    return node if isinstance(node, e.FlinkType) else None
