"""Trees back to Flink SQL."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp, generator

from flinksql_runner.dialect.expressions import Descriptor, MetadataColumn, OnConflictDo, TableArgument


class FlinkGenerator(generator.Generator):
    """Writes Flink SQL."""

    TRANSFORMS: ClassVar = {
        **generator.Generator.TRANSFORMS,
        Descriptor: lambda self, e: self.descriptor_sql(e),
        MetadataColumn: lambda self, e: self.metadatacolumn_sql(e),
        OnConflictDo: lambda self, e: self.onconflictdo_sql(e),
        TableArgument: lambda self, e: self.tableargument_sql(e),
    }

    def metadatacolumn_sql(self, expression: MetadataColumn) -> str:
        """``METADATA FROM 'key' VIRTUAL``."""
        source = self.sql(expression, "this")
        return "METADATA" + (f" FROM {source}" if source else "") + (" VIRTUAL" if expression.args.get("virtual") else "")

    def descriptor_sql(self, expression: Descriptor) -> str:
        """``DESCRIPTOR(ts)``."""
        return f"DESCRIPTOR({self.expressions(expression, flat=True)})"

    def tableargument_sql(self, expression: TableArgument) -> str:
        """``TABLE t PARTITION BY a``."""
        inner = self.sql(expression, "this")
        if isinstance(expression.this, exp.Query):
            inner = f"({inner})"
        partition = ", ".join(self.sql(e) for e in expression.args.get("partition_by") or ())
        order = self.sql(expression, "order").strip()
        return f"TABLE {inner}" + (f" PARTITION BY {partition}" if partition else "") + (f" {order}" if order else "")

    def onconflictdo_sql(self, expression: OnConflictDo) -> str:
        """``ON CONFLICT DO NOTHING``."""
        return f"ON CONFLICT DO {self.sql(expression, 'this')}"
