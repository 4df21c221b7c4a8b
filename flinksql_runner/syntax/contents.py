"""What each kind of file holds, and what to do with a statement that it can't hold."""

from __future__ import annotations

from collections.abc import Mapping

from flinksql_runner.project.values import NodeKind

MUST_HOLD: Mapping[NodeKind, str] = {
    "source": "a source holds one CREATE TABLE with the name of the file",
    "transform": "a transform holds one query (SELECT, WITH or VALUES); it becomes the view with the name of the file",
    "sink": "a sink holds one CREATE TABLE with the name of the file, then one or more INSERT INTO it",
}
"""Help texts by kind of file."""

KNOWN_FIRST_WORDS = frozenset({
    "ADD", "ALTER", "ANALYZE", "BEGIN", "CALL", "COMPILE", "CREATE", "DELETE", "DESC", "DESCRIBE", "DROP", "END",
    "EXECUTE", "EXPLAIN", "INSERT", "LOAD", "REMOVE", "REPLACE", "RESET", "SELECT", "SET", "SHOW", "STOP", "TRUNCATE",
    "UNLOAD", "UPDATE", "USE", "VALUES", "WITH",
})
"""Words that a statement of Flink SQL starts with."""

_QUERY_ONLY = "write the query alone: the tool makes the view with the name of the file"
_SETTINGS = "settings of a job stand in project.yml, under jobs: <job>: settings:"
_SET_OF_STATEMENTS = "write the INSERT statements alone: the tool puts all of a job into one statement set"
_MOVE_QUERY = "put the query into sql/transforms/, a file by itself"

HELP_FOR: Mapping[tuple[str, str], str] = {
    ("transform", "create_view"): _QUERY_ONLY,
    ("transform", "create_table"): "put the table into sql/sources/ (it is read) or sql/sinks/ (it is written)",
    ("transform", "insert"): "write the SELECT alone, and an INSERT INTO in a file of sql/sinks/",
    ("source", "insert"): "a table that is written belongs into sql/sinks/",
    ("source", "select"): _MOVE_QUERY,
    ("sink", "select"): _MOVE_QUERY + ", or write INSERT INTO before it",
    ("", "create_view"): _MOVE_QUERY,
    ("", "create_function"): "put the Python function into udfs/ under @udf: it is declared by itself",
    ("", "set"): _SETTINGS,
    ("", "reset"): _SETTINGS,
    ("", "add"): "name the jar in project.yml, under dependencies: jars:",
    ("", "begin"): _SET_OF_STATEMENTS,
    ("", "execute"): _SET_OF_STATEMENTS,
    ("", "end"): _SET_OF_STATEMENTS,
    ("", "drop"): "leave it out: each job has a session of its own, in which nothing is declared yet",
    ("", "explain"): "leave it out and run `flinksql explain JOB`",
}
"""(kind of file, or empty for all; kind of statement) -> what to do."""
