"""INSERT, UPSERT, UPDATE, DELETE, MERGE (rules ``RichSqlInsert``, ``SqlUpdate``, ``SqlDelete``, ``SqlMerge``)."""

from __future__ import annotations

from sqlglot import TokenType, exp

from flinksql_runner.dialect import expressions as e
from flinksql_runner.dialect.hints import HintParser


class ChangeParser(HintParser):
    """Parses statements that change tables."""

    def _statement_insert(self, upsert: bool = False) -> exp.Expr:
        """``INSERT INTO | OVERWRITE t [(typed)] [PARTITION (...)] [(columns)] query [ON CONFLICT ...]`` (``RichSqlInsert``)."""
        overwrite = not upsert and self._word("OVERWRITE")
        if not overwrite:
            self._expect("INTO")
        table = self._with_hints(self._name())
        typed = self._typed_columns()
        if typed:
            table.set("extend", e.Columns(expressions=typed))
        partition = self._partition()
        if partition is not None:
            table.set("partition", exp.Partition(expressions=partition.expressions))
        columns = self._insert_columns()
        target = exp.Schema(this=table, expressions=columns) if columns else table
        source = self._parse_derived_table_values(allow_value_synonym=True) or self._parse_ddl_select()
        if source is None:
            self.raise_error("Expecting a query or VALUES")
        kind = e.Upsert if upsert else exp.Insert
        return kind(this=target, expression=source, overwrite=overwrite, conflict=self._parse_on_conflict())

    def _statement_upsert(self) -> exp.Expr:
        return self._statement_insert(upsert=True)

    def _insert_columns(self) -> list[exp.Expr]:
        after = self._next
        if not self._curr or self._curr.token_type is not TokenType.L_PAREN or after is None:
            return []
        if after.token_type in (TokenType.SELECT, TokenType.WITH, TokenType.VALUES, TokenType.TABLE, TokenType.L_PAREN):
            return []
        return self._list(self._dotted, empty=False)

    def _statement_update(self) -> exp.Expr:
        target = self._parse_table(alias_tokens=self.UPDATE_ALIAS_TOKENS)
        self._expect("SET")
        assignments = [self._assignment()]
        while self._match(TokenType.COMMA):
            assignments.append(self._assignment())
        return exp.Update(this=target, expressions=assignments, where=self._parse_where())

    def _assignment(self, dotted: bool = False) -> exp.Expr:
        name = self._dotted() if dotted else self._identifier()
        if not self._match(TokenType.EQ):
            self.raise_error("Expecting =")
        value = self._parse_disjunction()
        if value is None:
            self.raise_error("Expecting an expression")
        return exp.EQ(this=exp.column(name), expression=value)

    def _statement_delete(self) -> exp.Expr:
        self._expect("FROM")
        return exp.Delete(this=self._parse_table(), where=self._parse_where())

    def _statement_merge(self) -> exp.Expr:
        """``MERGE INTO t USING u ON a [WHEN MATCHED THEN UPDATE ...] [WHEN NOT MATCHED THEN INSERT ...]``."""
        self._expect("INTO")
        target = self._parse_table(alias_tokens=self.UPDATE_ALIAS_TOKENS)
        self._expect("USING")
        source = self._parse_table()
        self._expect("ON")
        condition = self._value()
        whens: list[exp.Expr] = []
        if self._word("WHEN", "MATCHED"):
            self._expect("THEN", "UPDATE", "SET")
            then = exp.Update(expressions=self._parse_csv(lambda: self._assignment(dotted=True)))
            whens.append(exp.When(matched=True, then=then))
        if self._word("WHEN", "NOT", "MATCHED"):
            self._expect("THEN", "INSERT")
            columns = self._insert_columns()
            wrapped = self._match(TokenType.L_PAREN)
            self._expect("VALUES")
            row = self._parse_value()
            if wrapped:
                self._match_r_paren()
            then_insert = exp.Insert(this=exp.Tuple(expressions=columns) if columns else None, expression=row)
            whens.append(exp.When(matched=False, then=then_insert))
        if not whens:
            self.raise_error("Expecting WHEN MATCHED or WHEN NOT MATCHED")
        return exp.Merge(this=target, using=source, on=condition, whens=exp.Whens(expressions=whens))
