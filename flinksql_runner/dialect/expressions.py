"""Nodes of the tree that sqlglot has no class for, each with the rule of Flink's grammar that it stands for."""

from __future__ import annotations

from sqlglot import exp


class MetadataColumn(exp.Expression, exp.ColumnConstraintKind):
    """``METADATA [FROM 'key'] [VIRTUAL]`` of a column (rule ``MetadataColumn``)."""

    arg_types = {"this": False, "virtual": False}  # noqa: RUF012 - sqlglot's way to declare arguments


class Descriptor(exp.Expression, exp.Func):
    """``DESCRIPTOR(ts)``: names of columns as an argument of a window function (rule ``TableFunction``)."""

    arg_types = {"expressions": True}  # noqa: RUF012
    is_var_len_args = True
    _sql_names = ["DESCRIPTOR"]  # noqa: RUF012


class TableArgument(exp.Expression):
    """``TABLE t [PARTITION BY ...] [ORDER BY ...]`` as an argument of a function (rule ``TableFunction``)."""

    arg_types = {"this": True, "partition_by": False, "order": False}  # noqa: RUF012


class OnConflictDo(exp.Expression):
    """``ON CONFLICT DO NOTHING | ERROR | DEDUPLICATE`` behind an INSERT (rule ``RichSqlInsert``)."""

    arg_types = {"this": True}  # noqa: RUF012
