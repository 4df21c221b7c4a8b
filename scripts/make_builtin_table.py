"""Writes flinksql_runner/builtin/functions.txt from the definitions inside of the installed Flink.

    python scripts/make_builtin_table.py

Needs a JDK. What reflection can't tell (results that Calcite computes in code) stands in the tables below; the probes of
scripts/probe_builtin.py hold all of it against the planner.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from oracle.planner import Planner, flink_version  # noqa: E402

TARGET = ROOT / "flinksql_runner" / "builtin" / "functions.txt"
HEAD = """\
# Functions of Apache Flink {version} that SQL can call. Written by scripts/make_builtin_table.py from Flink's classes
# BuiltInFunctionDefinitions and FlinkSqlOperatorTable; do not edit.
#
# name ; kind and marks ; what it takes, alternatives behind | ; what it gives
# kinds: scalar, aggregate, table, over (needs OVER), window (of GROUP BY), pattern (of MATCH_RECOGNIZE)
# marks: nondeterministic; dynamic (one value a query in batch); time (tells the time of day)
# takes: FAMILY of Calcite, <FAMILY> of Flink, =ROOT with implicit casts, 'TYPE' with implicit casts; ... behind one: once or more
# gives: 'TYPE', ARG0, or a rule of builtin/results.py, then what becomes of NULL, from left to right
"""
# operators that have their own syntax: builtin/operators.py types them
LEFT_OUT = re.compile(r"^\$|^AGG_DECIMAL|^HIVE_AGG|[a-z]|^(AS|DESC|DOT|ITEM|CASE|CAST|TRY_CAST|IN|EXISTS|CURSOR|SEARCH)$")
SYNTAXES = ("FUNCTION", "FUNCTION_ID", "FUNCTION_STAR")
SPECIAL = {"ROW", "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_OBJECT", "JSON_ARRAY", "TRIM", "OVERLAY", "POSITION", "FLOOR",
           "CEIL", "EXTRACT", "TIMESTAMPADD", "TIMESTAMPDIFF", "NULLIF", "MOD", "IF"}

OPERANDS = {
    "NILADIC": "", "ANY_NUMERIC": "ANY, NUMERIC", "NUMERIC_NUMERIC": "NUMERIC, NUMERIC", "NUMERIC_INTEGER": "NUMERIC, INTEGER",
    "EXACT_NUMERIC_EXACT_NUMERIC": "EXACT_NUMERIC, EXACT_NUMERIC", "ONE_OR_MORE": "ANY...", "VARIADIC": "ANY*",
    "NUMERIC_OR_INTERVAL": "NUMERIC | INTERVAL", "COMPARABLE_ORDERED": "ORDERED", "COLLECTION_OR_MAP": "COLLECTION | MAP",
    "POSITIVE_INTEGER_LITERAL": "POSITIVE_LITERAL", "DATETIME_INTERVAL": "DATETIME, INTERVAL",
    "DATETIME_INTERVAL_TIME": "DATETIME, INTERVAL, TIME", "DATETIME_INTERVAL_INTERVAL": "DATETIME, INTERVAL, INTERVAL",
    "DATETIME_INTERVAL_INTERVAL_TIME": "DATETIME, INTERVAL, INTERVAL, TIME", "ANY_NUMERIC_ANY": "ANY, NUMERIC, ANY",
    "STRING_SAME_SAME": "STRING, STRING", "STRING_SAME_SAME_INTEGER": "STRING, STRING, INTEGER",
    "COMPARABLE_UNORDERED_COMPARABLE_UNORDERED": "COMPARABLE, COMPARABLE",
}
# functions whose checkers or results are written in code
TAKES = {
    **dict.fromkeys(("YEAR", "QUARTER", "MONTH", "WEEK", "DAYOFYEAR", "DAYOFMONTH", "DAYOFWEEK", "HOUR", "MINUTE", "SECOND"),
                    "DATETIME | INTERVAL"),
    "TO_TIMESTAMP_LTZ": "<NUMERIC> | <CHARACTER_STRING> | <NUMERIC>, <INTEGER_NUMERIC> | <CHARACTER_STRING>, <CHARACTER_STRING>"
                        " | <CHARACTER_STRING>, <CHARACTER_STRING>, <CHARACTER_STRING>",
    "CURRENT_WATERMARK": "TIMESTAMP",
    "ELT": "<INTEGER_NUMERIC>, <CHARACTER_STRING>... | <INTEGER_NUMERIC>, <BINARY_STRING>...",
    "LISTAGG": "CHARACTER | CHARACTER, CHARACTER LITERAL", "LEAD": "ANY | ANY, NUMERIC | ANY, NUMERIC, ANY",
    "LAG": "ANY | ANY, NUMERIC | ANY, NUMERIC, ANY", "MATCH_ROWTIME": " | ANY",
    **dict.fromkeys(("FIRST", "LAST", "PREV", "NEXT"), "ANY | ANY, NUMERIC"),
}
GIVES = {
    **dict.fromkeys(("NOW", "CURRENT_TIMESTAMP", "CURRENT_ROW_TIMESTAMP"), "'TIMESTAMP_LTZ(3) NOT NULL'"),
    "LOCALTIMESTAMP": "'TIMESTAMP(3) NOT NULL'", "CURRENT_TIME": "'TIME(0) NOT NULL'", "LOCALTIME": "'TIME(0) NOT NULL'",
    "PROCTIME": "'TIMESTAMP_LTZ(3) *PROCTIME* NOT NULL'", "MATCH_PROCTIME": "'TIMESTAMP_LTZ(3) *PROCTIME* NOT NULL'",
    "MATCH_ROWTIME": "MATCH_ROWTIME", "STR_TO_MAP": "'MAP<STRING, STRING>'", "ROUND": "ROUND null_if_any",
    "TRUNCATE": "ROUND null_if_any", "LEAD": "LAG", "LAG": "LAG", "AUXILIARY_GROUP": "ARG0",
    **dict.fromkeys(("SUBSTRING", "SUBSTR", "LEFT", "RIGHT"), "ARG0 varying nullable"),
    **dict.fromkeys(("TUMBLE_START", "TUMBLE_END", "HOP_START", "HOP_END", "SESSION_START", "SESSION_END"), "WINDOW_BOUND"),
    **dict.fromkeys(("TUMBLE_ROWTIME", "HOP_ROWTIME", "SESSION_ROWTIME"), "WINDOW_ROWTIME"),
    **dict.fromkeys(("TUMBLE_PROCTIME", "HOP_PROCTIME", "SESSION_PROCTIME"), "WINDOW_PROCTIME"),
}
RETURNS = {
    "DOUBLE_NULLABLE": "'DOUBLE NOT NULL' null_if_any", "BOOLEAN": "'BOOLEAN NOT NULL'", "BIGINT": "'BIGINT NOT NULL'",
    "BOOLEAN_NULLABLE": "'BOOLEAN NOT NULL' null_if_any", "BIGINT_NULLABLE": "'BIGINT NOT NULL' null_if_any",
    "INTEGER_NULLABLE": "'INT NOT NULL' null_if_any", "DATE": "'DATE NOT NULL'", "DOUBLE": "'DOUBLE NOT NULL'",
    "VARCHAR_2000": "'VARCHAR(2000) NOT NULL'", "ARG0": "ARG0", "ARG0_NULLABLE": "ARG0 null_if_any",
    "ARG1_NULLABLE": "ARG1 null_if_any", "ARG2_NULLABLE": "ARG2 null_if_any", "ARG0_NULLABLE_IF_EMPTY": "ARG0 null_if_empty",
    "RANK": "'BIGINT NOT NULL'", "FRACTIONAL_RANK": "'DOUBLE NOT NULL'", "TO_MULTISET": "MULTISET_OF",
    "MULTISET_ELEMENT_NULLABLE": "ELEMENT null_if_any", "AGG_SUM": "AGG_SUM null_if_empty",
    "AVG_AGG_FUNCTION": "AGG_AVG null_if_empty",
    "TO_ARRAY": "ARRAY_OF", "TO_NULLABLE": "null_if_any", "FORCE_NULLABLE": "nullable", "TO_NOT_NULLABLE": "not_null",
    "TO_VARYING": "varying",
}
TIMELY = {"NOW", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "CURRENT_ROW_TIMESTAMP",
          "PROCTIME", "MATCH_PROCTIME", "UNIX_TIMESTAMP"}
PATTERN = {"FIRST", "LAST", "PREV", "NEXT", "CLASSIFIER", "MATCH_ROWTIME", "MATCH_PROCTIME"}
WINDOW = re.compile(r"^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$")
TABLE = {"TUMBLE", "HOP", "CUMULATE", "SESSION", "ML_EVALUATE", "VECTOR_SEARCH", "ML_PREDICT", "TO_CHANGELOG", "FROM_CHANGELOG"}

Told = tuple[str, dict[str, Any]]


def read(text: str) -> Any:
    """``Name(key=value, ...)``, ``[a, b]``, ``'text'`` and words, as Definitions.java writes them."""
    value, rest = _value(text)
    assert not rest, f"{rest!r} is left of {text!r}"
    return value


def _value(text: str) -> tuple[Any, str]:
    if text.startswith("["):
        items, rest = [], text[1:].lstrip()
        while not rest.startswith("]"):
            item, rest = _value(rest)
            items.append(item)
            rest = rest.lstrip(", ")
        return items, rest[1:]
    if text.startswith("'"):
        end = text.index("'", 1)
        return text[:end + 1], text[end + 1:]
    word = re.match(r"[^(),\]=]*", text)
    assert word is not None
    name, rest = word.group(), text[word.end():]
    if not rest.startswith("("):
        return name, rest
    fields: dict[str, Any] = {}
    rest = rest[1:]
    while not rest.startswith(")"):
        key = re.match(r"(\w+(?:\$\d+)?)=", rest)
        if key is None:
            item, rest = _value(rest)
            fields[str(len(fields))] = item
        else:
            fields[key.group(1)], rest = _value(rest[key.end():])
        rest = rest.lstrip(", ")
    return (name, fields), rest[1:]


# what Flink's strategies say


def input_text(told: Any) -> str:
    """What a function takes, of its InputTypeStrategy."""
    if isinstance(told, str):
        return "" if told == "NO_ARGS" else told
    name, fields = told
    if name == "SequenceInputTypeStrategy":
        return ", ".join(map(argument_text, fields["argumentStrategies"]))
    if name == "OrInputTypeStrategy":
        return " | ".join(map(input_text, fields["inputStrategies"]))
    if name == "VaryingSequenceInputTypeStrategy":
        first = [argument_text(item) for item in fields["constantArgumentStrategies"]]
        return ", ".join([*first, argument_text(fields["varyingArgumentStrategy"]) + "*"])
    if name == "WildcardInputTypeStrategy":
        return "<ANY>*"
    if name == "ComparableTypeStrategy":
        return "<COMPARABLE>..."
    if name in ("CommonArrayInputTypeStrategy", "CommonMapInputTypeStrategy"):
        count = fields["argumentCount"][1]
        one = f"<COMMON {fields['logicalTypeRoot']}>"
        return ", ".join([one] * 2) if count["maxCount"] == "2" else f"{one}..."
    return str(name)


def argument_text(told: Any) -> str:
    """What one argument takes, of its ArgumentTypeStrategy."""
    if isinstance(told, str):
        return f"<{told}>"
    name, fields = told
    if name == "FamilyArgumentTypeStrategy":
        return f"<{fields['expectedFamily']}>"
    if name == "RootArgumentTypeStrategy":
        return f"={fields['expectedRoot']}"
    if name == "ExplicitArgumentTypeStrategy":
        return str(fields["expectedDataType"])
    if name == "AndArgumentTypeStrategy":
        return " & ".join(argument_text(item) for item in fields["argumentStrategies"])
    if name == "OrArgumentTypeStrategy":
        return " / ".join(argument_text(item) for item in fields["argumentStrategies"])
    return f"<{name.removesuffix('ArgumentTypeStrategy')}>"


def output_text(told: Any) -> str:
    """What a function gives, of its TypeStrategy."""
    if isinstance(told, str):
        return told
    name, fields = told
    if name == "ExplicitTypeStrategy":
        return str(fields["explicitDataType"])
    if name == "NullableIfArgsTypeStrategy":
        count = fields["includedArguments"][1]
        first = count["maxCount"] == "0"
        word = "first" if first else "all" if fields["nullableIfAllArgsNullable"] == "true" else "any"
        inner = output_text(fields["initialStrategy"])
        return inner if inner.endswith(word) else f"{inner} null_only_if_{word}"
    if name == "ForceNullableTypeStrategy":
        return output_text(fields["initialStrategy"]) + " nullable"
    if name == "ArgumentMappingTypeStrategy":
        return f"ARG{fields['pos']}"
    if name == "CommonTypeStrategy":
        return f"COMMON_{fields['argumentRange'][1]['minCount']}"
    return str(name)


# what Calcite's checkers and inferences say


def operand_text(told: Any) -> str:
    """What an operator takes, of its SqlOperandTypeChecker."""
    if isinstance(told, str):
        return OPERANDS.get(told, told)
    name, fields = told
    if name == "FamilyOperandTypeChecker":
        return ", ".join(fields["families"])
    if name in ("CompositeOperandTypeChecker", "CompositeSingleOperandTypeChecker"):
        rules = [operand_text(rule) for rule in fields["allowedRules"]]
        if fields["composition"] == "REPEAT":
            return f"{rules[0]}..."
        return (" | " if fields["composition"] == "OR" else " & " if fields["composition"] == "AND" else ", ").join(rules)
    return str(name)


def return_text(told: Any) -> str:
    """What an operator gives, of its SqlReturnTypeInference."""
    if isinstance(told, str):
        return RETURNS.get(told, told)
    name, fields = told
    if name == "SqlTypeTransformCascade":
        return " ".join([return_text(fields["rule"]), *(RETURNS[t] for t in fields["transforms"])])
    if name == "ExplicitReturnTypeInference":
        kind = fields["protoType"]
        if isinstance(kind, tuple) and "arg$1" in kind[1]:
            parts = list(kind[1].values())
            base = {"INTEGER": "INT", "TIMESTAMP_WITH_LOCAL_TIME_ZONE": "TIMESTAMP_LTZ"}.get(parts[0], parts[0])
            sizes = [p for p in parts[1:] if p.isdigit()]
            if not sizes and base in ("VARCHAR", "VARBINARY"):
                base = {"VARCHAR": "STRING", "VARBINARY": "BYTES"}[base]
            return f"'{base}{'(' + ', '.join(sizes) + ')' if sizes else ''} NOT NULL'"
    return str(name)


def definition_row(told: dict[str, Any]) -> tuple[str, str, str, str]:
    """One row of a BuiltInFunctionDefinition."""
    kind = {"PROCESS_TABLE": "table"}.get(told["kind"], told["kind"].lower())
    marks = "" if told["deterministic"] else " nondeterministic"
    name = told["name"].upper()
    return name, kind + marks, TAKES.get(name) or input_text(read(told["input"])), output_text(read(told["output"]))


def operator_row(told: dict[str, Any]) -> tuple[str, str, str, str]:
    """One row of an operator of FlinkSqlOperatorTable."""
    name = told["name"]
    kind = ("over" if told["over"] else "aggregate" if told["aggregate"] else "pattern" if name in PATTERN
            else "window" if WINDOW.match(name) else "table" if name in TABLE else "scalar")
    marks = [mark for mark, on in (("nondeterministic", not told["deterministic"]), ("dynamic", told["dynamic"]),
                                   ("time", name in TIMELY)) if on]
    takes = "SPECIAL" if name in SPECIAL or kind == "table" else TAKES.get(name) or operand_text(read(told["checker"]))
    gives = "SPECIAL" if name in SPECIAL or kind == "table" else GIVES.get(name) or return_text(read(told["returns"]))
    return name, " ".join([kind, *marks]), takes, gives


def rows(dump: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """All rows by name; a definition with a runtime of its own comes before an operator of its name, as in Flink's look-up."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for told in dump["operators"]:
        if told["syntax"] in SYNTAXES and not LEFT_OUT.search(told["name"]):
            found.setdefault(told["name"], operator_row(told))
    for told in dump["functions"]:
        if told["runtime"] and not told["internal"] and not LEFT_OUT.search(told["name"].upper()):
            row = definition_row(told)
            found[row[0]] = row
    return [found[name] for name in sorted(found)]


def main() -> int:
    """Writes the table."""
    with Planner() as planner:
        dump = planner.dump()
    lines = [" ; ".join(row).rstrip() for row in rows(dump)]
    TARGET.write_text(HEAD.format(version=flink_version()) + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(lines)} functions")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
