"""The words that the formatter knows: which are keywords, which open a clause, which stand apart from a bracket."""

from __future__ import annotations

from collections.abc import Mapping

from flinksql_runner.dialect.reserved import RESERVED

# words that Flink does not reserve and that are keywords beside others: the word -> words before it, words behind it
CONTEXTUAL: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    word: (frozenset(before.split()), frozenset(after.split()))
    for word, before, after in (
        ("KEY", "PRIMARY", ""),
        ("SETS", "GROUPING", ""),
        ("ENFORCED", "NOT", ""),
        ("METADATA", "INCLUDING EXCLUDING OVERWRITING", "FROM VIRTUAL"),
        ("VIRTUAL", "METADATA", ""),
        ("IF", "", "NOT EXISTS"),
        ("REPLACE", "OR", ""),
        ("TEMPORARY", "CREATE REPLACE DROP ALTER", ""),
        ("VIEW", "CREATE TEMPORARY REPLACE DROP ALTER", ""),
        ("CATALOG", "CREATE DROP USE DESCRIBE", ""),
        ("DATABASE", "CREATE DROP USE DESCRIBE ALTER", ""),
        ("MODEL", "CREATE DROP TEMPORARY ALTER DESCRIBE", ""),
        ("CONNECTION", "CREATE DROP ALTER DESCRIBE TEMPORARY SYSTEM", ""),
        ("NULLS", "", "FIRST LAST"),
        ("FIRST", "NULLS FETCH", ""),
        ("LAST", "NULLS PAST", ""),
        ("AFTER", "", "MATCH"),
        ("PAST", "SKIP", ""),
        ("UNBOUNDED", "", "PRECEDING FOLLOWING"),
        ("PRECEDING", "UNBOUNDED ROW SECOND MINUTE HOUR DAY MONTH YEAR", ""),
        ("FOLLOWING", "UNBOUNDED ROW SECOND MINUTE HOUR DAY MONTH YEAR", ""),
        ("ORDINALITY", "WITH", ""),
        ("INCLUDING", "", "ALL CONSTRAINTS GENERATED METADATA OPTIONS PARTITIONS WATERMARKS DISTRIBUTION"),
        ("EXCLUDING", "", "ALL CONSTRAINTS GENERATED METADATA OPTIONS PARTITIONS WATERMARKS DISTRIBUTION"),
        ("OVERWRITING", "", "GENERATED METADATA OPTIONS WATERMARKS"),
        ("CONSTRAINTS", "INCLUDING EXCLUDING", ""),
        ("GENERATED", "INCLUDING EXCLUDING OVERWRITING", ""),
        ("OPTIONS", "INCLUDING EXCLUDING OVERWRITING", ""),
        ("PARTITIONS", "INCLUDING EXCLUDING SHOW", ""),
        ("OVERWRITE", "INSERT", ""),
        ("PARTITIONED", "", "BY"),
        ("CONFLICT", "ON", ""),
        ("DO", "CONFLICT", ""),
        ("NOTHING", "DO", ""),
        ("ERROR", "DO", ""),
        ("DEDUPLICATE", "DO", ""),
        ("IS", "", "NULL NOT TRUE FALSE UNKNOWN DISTINCT JSON"),
        ("JSON", "IS NOT", ""),
        ("OBJECT", "JSON", ""),
        ("SCALAR", "JSON", ""),
        ("JOIN", "LEFT RIGHT FULL INNER OUTER CROSS NATURAL SEMI ANTI", ""),
        ("SEMI", "", "JOIN"),
        ("ANTI", "", "JOIN"),
        ("ZONE", "TIME", ""),
        ("PLAN", "COMPILE EXECUTE EXPLAIN", ""),
        ("JAR", "USING ADD REMOVE SHOW", ""),
        ("JAVA", "LANGUAGE", ""),
        ("PYTHON", "LANGUAGE", ""),
    )
}

# what a statement may begin with, though Flink does not reserve all of it
FIRST = frozenset({"COMPILE", "LOAD", "UNLOAD", "ADD", "REMOVE", "ANALYZE"})

ALWAYS = RESERVED | {"JOIN"}
"""Words that are keywords or built-in functions wherever they stand unquoted, but behind a dot."""

UNITS = frozenset({
    "SECONDS", "MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "WEEK", "QUARTER", "MILLISECOND", "DAY",
    "HOUR", "MINUTE", "SECOND", "MONTH", "YEAR"})
"""What may follow the text of an INTERVAL."""

# keywords with a blank before the bracket that follows; other words stand close to it, as functions and types do
APART = (RESERVED & {
    "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "COLUMN", "COMMENT", "CONSTRAINT", "CROSS", "DEFINE", "DESCRIBE",
    "DISTINCT", "ELSE", "EXCEPT", "EXISTS", "EXPLAIN", "FILTER", "FOR", "FROM", "FULL", "GROUP", "HAVING", "ILIKE", "IN",
    "INNER", "INTERSECT", "INTERVAL", "INTO", "LATERAL", "LIKE", "LIMIT", "MATCH_RECOGNIZE", "MEASURES", "MINUS", "NATURAL",
    "NOT", "OF", "OFFSET", "ON", "OR", "ORDER", "OUTER", "OVER", "PARTITION", "PATTERN", "PRIMARY", "QUALIFY", "RLIKE",
    "SELECT", "SET", "SIMILAR", "SOME", "SYMMETRIC", "THEN", "TO", "UNION", "UNIQUE", "USING", "VALUES", "WHEN", "WHERE",
    "WINDOW", "WITH", "WITHIN", "ROLLUP", "CUBE",
}) | {"JOIN", "KEY", "IS", "ADD", "MODIFY", "RENAME", "PASSING", "SETS", "DROP", "RESET"}

OPERAND_WANTED = (APART - {"KEY", "ALL", "PATTERN"}) | {
    "SELECT", "END_OF", "BY", "TABLE", "INSERT", "CREATE", "DELETE", "UPDATE", "ALTER", "DROP"}
"""Words behind which something must follow: what comes on the next line belongs to them."""

QUERY_FIRST = frozenset({"SELECT", "WITH", "VALUES"})

# heads of clauses: the words, and how the rest of the clause is laid out
CLAUSES: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    heads[0][0][0]: heads for heads in (
        ((("SELECT", "DISTINCT"), "list"), (("SELECT", "ALL"), "list"), (("SELECT",), "list")),
        ((("FROM",), "tables"),),
        ((("WHERE",), "condition"),),
        ((("HAVING",), "condition"),),
        ((("QUALIFY",), "condition"),),
        ((("GROUP", "BY", "DISTINCT"), "list"), (("GROUP", "BY"), "list")),
        ((("ORDER", "BY"), "list"),),
        ((("PARTITION", "BY"), "list"),),
        ((("CLUSTER", "BY"), "list"),),
        ((("WINDOW",), "list"),),
        ((("LIMIT",), "plain"),),
        ((("OFFSET",), "plain"),),
        ((("FETCH",), "plain"),),
        ((("VALUES",), "list"),),
        ((("UNION", "ALL"), "plain"), (("UNION", "DISTINCT"), "plain"), (("UNION",), "plain")),
        ((("INTERSECT", "ALL"), "plain"), (("INTERSECT", "DISTINCT"), "plain"), (("INTERSECT",), "plain")),
        ((("EXCEPT", "ALL"), "plain"), (("EXCEPT", "DISTINCT"), "plain"), (("EXCEPT",), "plain")),
        ((("MINUS", "ALL"), "plain"), (("MINUS",), "plain")),
        ((("INSERT", "INTO"), "plain"), (("INSERT", "OVERWRITE"), "plain")),
        ((("DELETE", "FROM"), "plain"),),
        ((("UPDATE",), "plain"),),
        ((("ON", "CONFLICT"), "plain"),),
        ((("MATCH_RECOGNIZE",), "plain"),),
        ((("JOIN",), "join"),),
        ((("CROSS", "JOIN"), "join"),),
        ((("INNER", "JOIN"), "join"),),
        ((("LEFT", "OUTER", "JOIN"), "join"), (("LEFT", "SEMI", "JOIN"), "join"), (("LEFT", "ANTI", "JOIN"), "join"),
         (("LEFT", "JOIN"), "join")),
        ((("RIGHT", "OUTER", "JOIN"), "join"), (("RIGHT", "JOIN"), "join")),
        ((("FULL", "OUTER", "JOIN"), "join"), (("FULL", "JOIN"), "join")),
        ((("NATURAL", "LEFT", "JOIN"), "join"), (("NATURAL", "INNER", "JOIN"), "join"), (("NATURAL", "JOIN"), "join")),
    )
}

# clauses of MATCH_RECOGNIZE
MATCH_CLAUSES: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    **{word: CLAUSES[word] for word in ("PARTITION", "ORDER")},
    "MEASURES": ((("MEASURES",), "open list"),),
    "ONE": ((("ONE", "ROW", "PER", "MATCH"), "plain"),),
    "ALL": ((("ALL", "ROWS", "PER", "MATCH"), "plain"),),
    "AFTER": ((("AFTER", "MATCH"), "plain"),),
    "PATTERN": ((("PATTERN",), "plain"),),
    "WITHIN": ((("WITHIN",), "plain"),),
    "SUBSET": ((("SUBSET",), "list"),),
    "DEFINE": ((("DEFINE",), "open list"),),
}

# clauses of a window: OVER (...), WINDOW w AS (...)
WINDOW_CLAUSES: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    **{word: CLAUSES[word] for word in ("PARTITION", "ORDER")},
    "ROWS": ((("ROWS",), "plain"),),
    "RANGE": ((("RANGE",), "plain"),),
}
