"""ALTER and DROP of each kind (rules ``SqlAlterTable``, ``SqlAlterMaterializedTable``, ``SqlDropTable`` ...)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.create import CreateParser
from flinksql_runner.dialect.words import ELEMENTS, ELEMENTS_TOLD, placed

# what the grammar lets an ALTER of each kind do, and the kinds that may stand behind IF EXISTS
_ACTIONS = {
    "TABLE": ("RENAME", "SET", "RESET", "ADD", "MODIFY", "DROP"),
    "MATERIALIZED TABLE": ("SET", "RESET", "AS", "SUSPEND", "RESUME", "REFRESH", "ADD", "MODIFY", "DROP"),
    "VIEW": ("RENAME", "AS"),
    "CATALOG": ("SET", "RESET", "COMMENT"),
    "DATABASE": ("SET",),
    "MODEL": ("SET", "RESET", "RENAME"),
    "CONNECTION": ("SET", "RESET", "RENAME"),
}
_IF_EXISTS = frozenset({"TABLE", "FUNCTION", "MODEL", "CONNECTION"})


class AlterParser(CreateParser):
    """Parses ALTER and DROP."""

    def _statement_alter(self) -> exp.Expr | None:
        temporary = self._word("TEMPORARY")
        system = temporary and self._word("SYSTEM")
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(ELEMENTS)
        if kind is None or (temporary and kind != "FUNCTION"):
            self.raise_error("Expecting " + ("FUNCTION" if temporary else ELEMENTS_TOLD))
            return None
        exists = kind in _IF_EXISTS and self._if_exists()
        name = self._identifier() if kind == "CATALOG" else self._name()
        node = e.AlterStatement(kind=kind, temporary=temporary, system=system, exists=exists, this=name)
        if kind == "FUNCTION":
            self._expect("AS")
            return self._function_body(node, altered=True)
        node.set("action", self._alter_action(kind))
        return node

    @placed
    def _alter_action(self, kind: str) -> exp.Expr | None:
        verb = self._one_of(_ACTIONS[kind])
        if verb == "RENAME":
            return self._alter_rename(kind)
        if verb == "SET":
            return self._alter_set(kind)
        if verb == "RESET":
            return e.ResetOptions(expressions=self._list(self._text))
        if verb == "COMMENT":
            return e.SetComment(this=self._text())
        if verb == "AS":
            return e.AsQuery(this=self._query())
        if verb == "SUSPEND":
            return e.Suspend()
        if verb == "RESUME":
            return e.Resume(options=self._with())
        if verb == "REFRESH":
            return e.Refresh(partition=self._partition())
        if verb in ("ADD", "MODIFY"):
            return self._alter_add(verb, kind)
        if verb == "DROP":
            return self._alter_drop(kind)
        self.raise_error(f"Expecting {', '.join(_ACTIONS[kind])} to alter the {kind.lower()}")
        return None

    def _alter_rename(self, kind: str) -> exp.Expr:
        column = None if kind != "TABLE" or self._peek("TO") else self._dotted()
        self._expect("TO")
        return e.RenameTo(this=self._name() if column is None else self._dotted(), column=column)

    def _alter_set(self, kind: str) -> exp.Expr:
        word = self._one_of(("REFRESH_MODE", "FRESHNESS")) if kind == "MATERIALIZED TABLE" else None
        if word is None:
            return e.SetOptions(this=self._options())
        self._expect("=")
        return e.SetClause(this=word, value=self._freshness() if word == "FRESHNESS" else self._mode(word))

    def _alter_add(self, verb: str, kind: str) -> exp.Expr:
        if kind == "TABLE" and verb == "ADD":
            exists = self._if_exists(negated=True)
            if exists or self._peek("PARTITION"):
                if not self._peek("PARTITION"):
                    self.raise_error("Expecting PARTITION")
                parts = []
                while (spec := self._partition()) is not None:
                    spec.set("options", self._with())
                    parts.append(spec)
                return e.AddPartitions(expressions=parts, exists=exists)
        distribution = self._distribution("DISTRIBUTION")
        if distribution is not None:
            return e.ChangeSchema(this=verb, expressions=[distribution], bare=True)
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            return e.ChangeSchema(this=verb, expressions=self._elements("ALTER"))
        element = self._element(placed=True)
        column = element.this if isinstance(element, e.PlacedColumn) else element
        if isinstance(column, exp.ColumnDef) and not column.args.get("kind") and not column.args.get("constraints"):
            self.raise_error("Expecting a type behind the column", self._prev)
        return e.ChangeSchema(this=verb, expressions=[element], bare=True)

    def _alter_drop(self, kind: str) -> exp.Expr:
        exists = kind == "TABLE" and self._if_exists()
        if kind == "TABLE" and (exists or self._peek("PARTITION")):
            if not self._peek("PARTITION"):
                self.raise_error("Expecting PARTITION")
            parts = [self._partition()]
            while self._match(TokenType.COMMA):
                if not self._peek("PARTITION"):
                    self.raise_error("Expecting PARTITION")
                parts.append(self._partition())
            return e.DropPart(this="PARTITION", expressions=parts, exists=exists)
        if self._match(TokenType.PRIMARY_KEY) or self._word("PRIMARY", "KEY"):
            return e.DropPart(this="PRIMARY KEY")
        if self._word("WATERMARK"):
            return e.DropPart(this="WATERMARK")
        if self._word("DISTRIBUTION"):
            return e.DropPart(this="DISTRIBUTION")
        if self._word("CONSTRAINT"):
            return e.DropPart(this="CONSTRAINT", expressions=[self._identifier()])
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            return e.DropPart(this="COLUMNS", expressions=self._list(self._dotted, empty=False))
        return e.DropPart(this="COLUMN", expressions=[self._dotted()])

    def _statement_drop(self) -> exp.Expr | None:
        temporary = self._word("TEMPORARY")
        system = self._word("SYSTEM")
        kind = "MATERIALIZED TABLE" if self._word("MATERIALIZED", "TABLE") else self._one_of(ELEMENTS)
        if kind is None:
            self.raise_error(f"Expecting {ELEMENTS_TOLD}")
            return None
        self._scope(f"DROP {kind}", kind, temporary, system)
        exists = self._if_exists()
        name = self._name()
        ending = self._one_of(("CASCADE", "RESTRICT")) if kind == "DATABASE" else None
        return exp.Drop(
            this=name,
            kind=f"SYSTEM {kind}" if system else kind,
            exists=exists,
            temporary=temporary,
            cascade=ending == "CASCADE",
            restrict=ending == "RESTRICT",
        )
