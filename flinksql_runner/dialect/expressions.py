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


class FlinkType(exp.DataType):
    """A type as Flink writes it (rule ``ExtendedDataType``)."""

    arg_types = {  # noqa: RUF012
        "this": True,
        "params": False,
        "expressions": False,
        "nullable": False,
        "zone": False,
        "suffix": False,
        "round": False,
    }


class Options(exp.Expression):
    """``('k' = 'v', ...)`` (rule ``TableProperties``)."""

    arg_types = {"expressions": False}  # noqa: RUF012


class PartitionSpec(exp.Expression):
    """``PARTITION (p = 1)`` (rule ``PartitionSpecCommaList``)."""

    arg_types = {"expressions": False, "options": False}  # noqa: RUF012


class KeyConstraint(exp.Expression, exp.ColumnConstraintKind):
    """``PRIMARY KEY | UNIQUE [(a)] [NOT ENFORCED]`` (rules ``TableConstraint``, ``ColumnConstraint``)."""

    arg_types = {"this": False, "unique": False, "expressions": False, "enforced": False}  # noqa: RUF012


class PlacedColumn(exp.Expression):
    """A column with ``FIRST`` or ``AFTER c`` (rule ``AddOrModifyColumn``)."""

    arg_types = {"this": True, "after": False}  # noqa: RUF012


class Distribution(exp.Property):
    """``DISTRIBUTED BY HASH(a) INTO 4 BUCKETS`` (rule ``SqlDistribution``)."""

    arg_types = {"kind": False, "expressions": False, "buckets": False}  # noqa: RUF012


class StartMode(exp.Property):
    """``START_MODE = ...`` of a materialized table (rule ``SqlCreateMaterializedTable``)."""

    arg_types = {"this": True}  # noqa: RUF012


class Freshness(exp.Property):
    """``FRESHNESS = INTERVAL '1' MINUTE`` of a materialized table (rule ``SqlCreateMaterializedTable``)."""

    arg_types = {"this": True}  # noqa: RUF012


class RefreshMode(exp.Property):
    """``REFRESH_MODE = FULL`` of a materialized table (rule ``SqlCreateMaterializedTable``)."""

    arg_types = {"this": True}  # noqa: RUF012


class LikeOption(exp.Expression):
    """``INCLUDING ALL`` (rule ``SqlTableLikeOption``)."""

    arg_types = {"this": True, "what": True}  # noqa: RUF012


class Columns(exp.Expression):
    """``(a INT, ...)`` of a model's INPUT or OUTPUT (rules ``SqlCreateModel``, ``ExtendTable``)."""

    arg_types = {"expressions": False}  # noqa: RUF012


class CreateObject(exp.Expression):
    """``CREATE CATALOG | DATABASE | MODEL | CONNECTION`` (rules ``SqlCreateCatalog`` ...)."""

    arg_types = {  # noqa: RUF012
        "this": True,
        "kind": True,
        "exists": False,
        "temporary": False,
        "input": False,
        "output": False,
        "system": False,
        "comment": False,
        "options": False,
        "expression": False,
        "replace": False,
    }


class ReplaceTable(exp.Create):
    """``REPLACE TABLE t AS query`` (rule ``SqlReplaceTable``): refuses where CREATE OR REPLACE creates."""


class CreateFunction(exp.Expression):
    """``CREATE FUNCTION f AS 'class'`` (rule ``SqlCreateFunction``)."""

    arg_types = {  # noqa: RUF012
        "replace": False,
        "this": True,
        "temporary": False,
        "system": False,
        "exists": False,
        "class_name": False,
        "language": False,
        "resources": False,
        "options": False,
    }


class Resource(exp.Expression):
    """``JAR 'path'`` of a function (rule ``SqlResourceInfo``)."""

    arg_types = {"this": True, "kind": True}  # noqa: RUF012


class AlterStatement(exp.Expression):
    """``ALTER kind name action`` (rules ``SqlAlterTable``, ``SqlAlterMaterializedTable`` ...)."""

    arg_types = {  # noqa: RUF012
        "this": True,
        "kind": True,
        "temporary": False,
        "system": False,
        "exists": False,
        "partition": False,
        "action": False,
        "class_name": False,
        "language": False,
        "resources": False,
        "options": False,
    }


class RenameTo(exp.Expression):
    """``RENAME [column] TO name`` (rules ``SqlAlterTableRename``, ``SqlAlterTableRenameColumn``)."""

    arg_types = {"this": True, "column": False}  # noqa: RUF012


class SetClause(exp.Expression):
    """``SET FRESHNESS = ...``, ``SET REFRESH_MODE = ...`` (rule ``SqlAlterMaterializedTable``)."""

    arg_types = {"this": True, "value": True}  # noqa: RUF012


class SetOptions(exp.Expression):
    """``SET ('k' = 'v')`` (rule ``SqlAlterTableOptions``)."""

    arg_types = {"this": True}  # noqa: RUF012


class ResetOptions(exp.Expression):
    """``RESET ('k')`` (rule ``SqlAlterTableReset``)."""

    arg_types = {"expressions": False}  # noqa: RUF012


class SetComment(exp.Expression):
    """``COMMENT 'text'`` of ALTER CATALOG (rule ``SqlAlterCatalogComment``)."""

    arg_types = {"this": True}  # noqa: RUF012


class AsQuery(exp.Expression):
    """``AS query`` of ALTER VIEW or MATERIALIZED TABLE (rules ``SqlAlterViewAs``, ``SqlAlterMaterializedTableAsQuery``)."""

    arg_types = {"this": True}  # noqa: RUF012


class Suspend(exp.Expression):
    """``SUSPEND`` (rule ``SqlAlterMaterializedTableSuspend``)."""

    arg_types = {}  # noqa: RUF012


class Resume(exp.Expression):
    """``RESUME [WITH (...)]`` (rule ``SqlAlterMaterializedTableResume``)."""

    arg_types = {"options": False}  # noqa: RUF012


class Refresh(exp.Expression):
    """``REFRESH [PARTITION (...)]`` (rule ``SqlAlterMaterializedTableRefresh``)."""

    arg_types = {"partition": False}  # noqa: RUF012


class Compact(exp.Expression):
    """``COMPACT`` (rule ``SqlAlterTableCompact``)."""

    arg_types = {}  # noqa: RUF012


class AddPartitions(exp.Expression):
    """``ADD [IF NOT EXISTS] PARTITION (...)`` (rule ``SqlAddPartitions``)."""

    arg_types = {"expressions": True, "exists": False}  # noqa: RUF012


class ChangeSchema(exp.Expression):
    """``ADD | MODIFY`` columns, keys, watermark, distribution (rules ``SqlAlterTableAdd``, ``SqlAlterTableModify``)."""

    arg_types = {"this": True, "expressions": False, "bare": False}  # noqa: RUF012


class DropPart(exp.Expression):
    """``DROP`` a column, key, watermark, distribution or partition (rules ``SqlAlterTableDropColumn`` ...)."""

    arg_types = {"this": True, "expressions": False, "exists": False}  # noqa: RUF012


class Show(exp.Expression):
    """``SHOW ...`` with its filters (rules ``SqlShow*``)."""

    arg_types = {  # noqa: RUF012
        "kind": True,
        "this": False,
        "partition": False,
        "link": False,
        "source": False,
        "negated": False,
        "like": False,
        "pattern": False,
    }


class UseStatement(exp.Expression):
    """``USE [CATALOG | MODULES]`` (rules ``SqlUse*``)."""

    arg_types = {"kind": False, "expressions": True}  # noqa: RUF012


class DescribeStatement(exp.Expression):
    """``DESCRIBE [kind] [EXTENDED] name`` (rules ``SqlRichDescribe*``)."""

    arg_types = {"kind": False, "extended": False, "this": True, "column": False}  # noqa: RUF012


class Explain(exp.Expression):
    """``EXPLAIN [details] statement`` (rule ``SqlRichExplain``)."""

    arg_types = {"this": True, "plan": False, "details": False}  # noqa: RUF012


class StatementSet(exp.Expression):
    """``STATEMENT SET BEGIN ... END`` (rule ``SqlStatementSet``)."""

    arg_types = {"expressions": False}  # noqa: RUF012


class BeginStatementSet(exp.Expression):
    """``BEGIN STATEMENT SET`` (rule ``SqlBeginStatementSet``)."""

    arg_types = {}  # noqa: RUF012


class EndStatementSet(exp.Expression):
    """``END`` (rule ``SqlEndStatementSet``)."""

    arg_types = {}  # noqa: RUF012


class SetOption(exp.Expression):
    """``SET 'k' = 'v'`` (class ``SetOperation``)."""

    arg_types = {"this": False, "value": False}  # noqa: RUF012


class ResetOption(exp.Expression):
    """``RESET 'k'`` (class ``ResetOperation``)."""

    arg_types = {"this": False}  # noqa: RUF012


class ClientCommand(exp.Expression):
    """``QUIT``, ``CLEAR``, ``HELP`` of the SQL client (class ``QuitOperation`` ...)."""

    arg_types = {"this": True}  # noqa: RUF012


class JarStatement(exp.Expression):
    """``ADD | REMOVE JAR 'path'`` (rules ``SqlAddJar``, ``SqlRemoveJar``)."""

    arg_types = {"kind": True, "this": True}  # noqa: RUF012


class Module(exp.Expression):
    """``LOAD | UNLOAD MODULE m`` (rules ``SqlLoadModule``, ``SqlUnloadModule``)."""

    arg_types = {"kind": True, "this": True, "options": False}  # noqa: RUF012


class AnalyzeTable(exp.Expression):
    """``ANALYZE TABLE t COMPUTE STATISTICS`` (rule ``SqlAnalyzeTable``)."""

    arg_types = {"this": True, "partition": False, "all": False, "expressions": False}  # noqa: RUF012


class CallProcedure(exp.Expression):
    """``CALL p(...)`` (rule ``SqlProcedureCall``)."""

    arg_types = {"this": True, "expressions": False}  # noqa: RUF012


class StopJob(exp.Expression):
    """``STOP JOB 'id'`` (rule ``SqlStopJob``)."""

    arg_types = {"this": True, "savepoint": False, "drain": False}  # noqa: RUF012


class TruncateStatement(exp.Expression):
    """``TRUNCATE TABLE t`` (rule ``SqlTruncateTable``)."""

    arg_types = {"this": True}  # noqa: RUF012


class CompilePlan(exp.Expression):
    """``COMPILE [AND EXECUTE] PLAN 'path' FOR ...`` (rules ``SqlCompilePlan``, ``SqlCompileAndExecutePlan``)."""

    arg_types = {"path": True, "execute": False, "exists": False, "this": True}  # noqa: RUF012


class ExecutePlan(exp.Expression):
    """``EXECUTE PLAN 'path'`` (rule ``SqlExecutePlan``)."""

    arg_types = {"this": True}  # noqa: RUF012


class Execute(exp.Expression):
    """``EXECUTE statement`` (rule ``SqlExecute``)."""

    arg_types = {"this": True}  # noqa: RUF012


class TypedLiteral(exp.Expression, exp.Condition):
    """``DATE '...'``, ``TIME '...'``, ``TIMESTAMP '...'`` (rule ``DateTimeLiteral``)."""

    arg_types = {"this": True, "kind": True}  # noqa: RUF012


class ModelArgument(exp.Expression):
    """``MODEL m`` as an argument of a function (rule ``TableFunction``)."""

    arg_types = {"this": True}  # noqa: RUF012


class MiscFunction(exp.Expression, exp.Condition):
    """A function with words between its arguments: ``EXTRACT``, ``TRIM``, ``JSON_VALUE`` (rule ``BuiltinFunctionCall``).

    No ``exp.Func``: another dialect would write it under a name that nobody knows; so it refuses it.
    """

    arg_types = {"this": True, "expressions": False}  # noqa: RUF012


class MatchRecognize(exp.MatchRecognize):
    """``MATCH_RECOGNIZE (...)`` with WITHIN and SUBSET (rule ``MatchRecognize``)."""

    arg_types = {**exp.MatchRecognize.arg_types, "within": False, "subset": False}  # noqa: RUF012


class ExplicitTable(exp.Select):
    """``TABLE t`` as a query (rule ``ExplicitTable``): as ``SELECT * FROM t``."""


class Upsert(exp.Insert):
    """``UPSERT INTO t ...`` (rule ``RichSqlInsert``)."""


class ContextValue(exp.Expression, exp.Condition):
    """A reserved word that is a value: ``USER``, ``LOCALTIME``, ``UNKNOWN`` ... (rule ``ContextVariable``)."""

    arg_types = {"this": True}  # noqa: RUF012


class Plus(exp.Unary):
    """``+a`` (rule ``PrefixRowOperator``)."""


class Infix(exp.Expression, exp.Binary, exp.Predicate):
    """``a MEMBER OF b``, ``a MULTISET UNION b``, ``a RLIKE b`` (rule ``BinaryMultisetOperator``, ``BinaryRowOperator``)."""

    arg_types = {"this": True, "expression": True, "operator": True}  # noqa: RUF012


class IsTest(exp.Expression, exp.Predicate):
    """``a IS [NOT] UNKNOWN | A SET | EMPTY`` (rule ``PostfixRowOperator``)."""

    arg_types = {"this": True, "kind": True, "negated": False}  # noqa: RUF012


class StringParts(exp.Expression, exp.Condition):
    """``'a' 'b'``: one literal in parts (rule ``CharacterStringLiteral``); ``this`` is the whole text where all are plain."""

    arg_types = {"this": False, "expressions": True}  # noqa: RUF012


class AllOf(exp.Expression):
    """``ALL a`` as arguments: what a call without DISTINCT means (rule ``FunctionParameterList``)."""

    arg_types = {"expressions": True}  # noqa: RUF012


class MultisetOf(exp.Expression, exp.Condition):
    """``MULTISET[1, 2]`` (rule ``MultisetConstructor``)."""

    arg_types = {"expressions": True}  # noqa: RUF012


class SequenceValue(exp.Expression, exp.Condition):
    """``NEXT VALUE FOR s``, ``CURRENT VALUE FOR s`` (rule ``SequenceExpression``)."""

    arg_types = {"this": True, "kind": True}  # noqa: RUF012


class MatchSemantics(exp.Expression, exp.Condition):
    """``RUNNING f(a)``, ``FINAL f(a)`` (rule ``MatchRecognizeFunctionCall``)."""

    arg_types = {"this": True, "kind": True}  # noqa: RUF012


class JdbcLiteral(exp.Expression, exp.Condition):
    """``{d '2020-01-01'}``, ``{t '...'}``, ``{ts '...'}`` (rule ``DateTimeLiteral``)."""

    arg_types = {"this": True, "kind": True}  # noqa: RUF012


class JdbcFunction(exp.Expression, exp.Condition):
    """``{fn LCASE(a)}`` (rule ``JdbcFunctionCall``)."""

    arg_types = {"this": True}  # noqa: RUF012


class WhenValues(exp.Expression):
    """``1, 2`` of ``CASE a WHEN 1, 2 THEN`` (rule ``CaseExpression``)."""

    arg_types = {"expressions": True}  # noqa: RUF012


class WithinDistinct(exp.Expression, exp.Condition):
    """``f(a) WITHIN DISTINCT (b)`` (rule ``withinDistinct``)."""

    arg_types = {"this": True, "expressions": True}  # noqa: RUF012


class PartialWindow(exp.Window):
    """A window with ``ALLOW PARTIAL`` or ``DISALLOW PARTIAL`` (rule ``WindowSpecification``)."""

    arg_types = {**exp.Window.arg_types, "partial": True}  # noqa: RUF012


class SafeCast(exp.TryCast):
    """``SAFE_CAST(a AS INT)``: TRY_CAST under another name (rule ``BuiltinFunctionCall``)."""


class UniqueQuery(exp.Expression, exp.Predicate):
    """``UNIQUE (query)``: whether no row stands twice in it (rule ``AtomicRowExpression``)."""

    arg_types = {"this": True}  # noqa: RUF012
