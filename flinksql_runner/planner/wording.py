"""Flink's messages in a user's words, with what to look for where a message has no place.

Codes by kind::

    FS600  anything else            FS606  grouping and aggregates     FS611  options of a table
    FS601  syntax                   FS607  columns of a sink           FS612  time attributes, watermarks
    FS602  unknown table            FS608  keys of a sink              FS613  primary keys
    FS603  unknown column, name     FS609  changelog of a sink         FS690  not checked (info)
    FS604  functions                FS610  connectors, formats
    FS605  types
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from flinksql_runner.diagnostics import did_you_mean

SAME_AS_LINT = frozenset({"FS600", "FS601", "FS602", "FS603", "FS604", "FS605", "FS606", "FS607", "FS612"})
"""What lint looks for too, at the place of the mistake in the template."""

SeekKind = Literal["option", "word", "pattern", "projection", "into", "connector"]


@dataclass(frozen=True, slots=True)
class Seek:
    """One thing to look for in the node's text: an option's key, a word, a regular expression (its group 1), the column of
    the query by its number from 1, the name behind INSERT INTO, the value of 'connector'."""

    kind: SeekKind
    what: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message in our words and where its place may be, the best first."""

    code: str
    message: str
    help: str | None = None
    seeks: tuple[Seek, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Names to suggest from."""

    columns: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


def said(message: str, known: Known | None = None) -> Said:
    """Flink's message of one cause in our words."""
    message, known = plain(message), known or Known()
    for pattern, make in _RULES:
        found = pattern.search(message)
        if found is not None:
            return make(found, known)
    first = message.split("\n\n")[0].strip()
    one = " ".join(first.split())
    one = one if len(one) <= 400 else one[:397] + "..."
    named = tuple(Seek("option", n) for n in _quoted(message)) + tuple(Seek("word", n) for n in _quoted(message))
    return Said("FS600", one[:1].lower() + one[1:] if one[1:2].islower() else one, None, named)


_PLACE = re.compile(r"(?:\b[Ff]rom line \d+, column \d+ to line \d+, column \d+|\b[Aa]t line \d+, column \d+)(?::\s*)?")
_NOISE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(?:SQL validation failed\.\s*|SQL parse failed\.\s*)+"), ""),
    (re.compile(r"`?default_catalog`?\.`?default_database`?\."), ""),
    (re.compile(r"\borg\.apache\.[\w.]*\.([A-Z]\w*)"), r"\1"),
    (re.compile(r"\bVARCHAR\(2147483647\)"), "STRING"),
    (re.compile(r"\bVARBINARY\(2147483647\)"), "BYTES"),
    (re.compile(r"\bINTEGER\b"), "INT"),
    (re.compile(r"\bRecordType:?(?:peek_no_expand|peek_fields\w*)?\("), "ROW("),
    (re.compile(r"_UTF-16LE'"), "'"),
    (re.compile(r"\$(TUMBLE|HOP|SESSION)\b"), r"\1"),
    (re.compile(r"\s\*(?:ROWTIME|PROCTIME)\*"), ""),
)


def plain(message: str) -> str:
    """A message without packages, the default catalog, and the place that stands in front of it."""
    for pattern, by in _NOISE:
        message = pattern.sub(by, message)
    return re.sub(rf"^{_PLACE.pattern}", "", message).strip()


def _quoted(message: str) -> tuple[str, ...]:
    """Names in quotes or brackets, in order."""
    found = re.findall(r"'([^'\n]{1,80})'|`([^`\n]{1,80})`|\"([^\"\n]{1,80})\"|\[([\w., ]{1,80})\]", message)
    names = [p.strip() for group in found for part in group if part for p in (part, *part.split(","), part.rpartition(".")[2])]
    return tuple(dict.fromkeys(n for n in names if n))


def _syntax(m: re.Match[str], known: Known) -> Said:
    word = m.group(1)
    if word == "<EOF>":
        return Said("FS601", "the statement ends too early", "something is still open, or a part is missing")
    word = word.split("\n")[0].strip()
    help = f"if it is a name, write it in backticks: `{word}`" if word.isidentifier() else None
    return Said("FS601", f"unexpected `{word}`", help, (Seek("word", word),))


def _no_column(m: re.Match[str], known: Known) -> Said:
    name, table = m.group(1), m.group(2)
    where = f"in `{table}`" if table else "in any table that is read here"
    return Said("FS603", f"there is no column `{name}` {where}", did_you_mean(name.rpartition(".")[2], known.columns),
                (Seek("word", name), Seek("word", name.rpartition(".")[2])))


def _unknown(m: re.Match[str], known: Known) -> Said:
    name = m.group(1)
    return Said("FS603", f"`{name}` is not known here", did_you_mean(name, known.columns), (Seek("word", name),))


def _ambiguous(m: re.Match[str], known: Known) -> Said:
    return Said("FS603", f"the column `{m.group(1)}` is in more than one of the tables",
                f"write the table before it: t.{m.group(1)}", (Seek("word", m.group(1)),))


def _no_table(m: re.Match[str], known: Known) -> Said:
    name = m.group(1)
    return Said("FS602", f"there is no table `{name}`", did_you_mean(name, known.tables), (Seek("word", name),))


def _no_function(m: re.Match[str], known: Known) -> Said:
    name, types = m.group(1), m.group(2).replace("<", "").replace(">", "")
    return Said("FS604", f"there is no function `{name}` for ({types})", did_you_mean(name, known.functions),
                (Seek("word", name),))


def _arguments(m: re.Match[str], known: Known) -> Said:
    count = m.group(2)
    return Said("FS604", f"`{m.group(1)}` takes {count} argument{'' if count == '1' else 's'}", None, (Seek("word", m.group(1)),))


def _types(m: re.Match[str], known: Known) -> Said:
    forms = " or ".join(dict.fromkeys(re.findall(r"'([^'\n]+)'", m.group(3) or "")))
    shown = m.group(2).replace("<", "").replace(">", "")
    name = m.group(1)
    return Said("FS605", f"`{name}` can't be applied to {shown}",
                f"it takes {forms.replace('<', '').replace('>', '')}" if forms else None, (Seek("word", name),))


def _grouped(m: re.Match[str], known: Known) -> Said:
    name = m.group(1).replace("`", "")
    return Said("FS606", f"`{name}` is neither grouped nor aggregated", f"add it to GROUP BY, or write an aggregate: MAX({name})",
                (Seek("word", name.rpartition(".")[2]),))


def _sink_columns(m: re.Match[str], known: Known) -> Said:
    sink, cause, query, columns = m.group(1), m.group(2), _names(m.group(3)), _names(m.group(4))
    given, wanted = ", ".join(f"{n} {t}" for n, t in query), ", ".join(f"{n} {t}" for n, t in columns)
    found = re.search(r"sink column '(.+?)' at position (\d+)", cause)
    if found is None or not (0 < int(found.group(2)) <= min(len(query), len(columns))):
        return Said("FS607", f"the query gives {len(query)} columns, the sink `{sink}` has {len(columns)}",
                    f"the query gives ({given}); the sink has ({wanted})", (Seek("into"),))
    at = int(found.group(2))
    name, kind = columns[at - 1]
    return Said("FS607", f"column {at} of the query is {query[at - 1][1]}, `{name}` of the sink `{sink}` is {kind}",
                f"columns go by position: cast it, or change their order to ({wanted})",
                (Seek("projection", str(at)), Seek("word", query[at - 1][0]), Seek("into")))


def _names(schema: str) -> list[tuple[str, str]]:
    """``a: INT, r: ROW<x INT, y INT>`` as pairs."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(schema + ","):
        depth += (sign in "<(") - (sign in ">)")
        if sign == "," and depth == 0:
            name, _, kind = schema[start:at].strip().partition(": ")
            parts.append((name, kind.replace(" NOT NULL", "")))
            start = at + 1
    return parts


def _upsert_key(m: re.Match[str], known: Known) -> Said:
    key = ", ".join(k for k in re.findall(r"\[(.*?)\]", m.group(3)) if k)
    rows = f"rows of the query are told apart by ({key})" if key else "rows of the query have no key of their own"
    return Said("FS608", f"the sink `{m.group(1)}` has the primary key ({m.group(2)}), but {rows}",
                "make the keys the same, or end the INSERT with ON CONFLICT DO DEDUPLICATE (the newest row stays; keeps state), "
                "DO NOTHING (the first row stays) or DO ERROR; or set table.exec.sink.require-on-conflict to false for the job",
                (Seek("into"),))


def _conflict(m: re.Match[str], known: Known) -> Said:
    return Said("FS608", "ON CONFLICT has no meaning here: this sink gets new rows only", "leave ON CONFLICT out",
                (Seek("pattern", r"(?i)(ON\s+CONFLICT)"), Seek("into")))


def _changes(m: re.Match[str], known: Known) -> Said:
    who, kinds, node = m.group(1), m.group(2), m.group(3)
    what = {"update": "updates", "delete": "deletes", "update and delete": "updates and deletes"}.get(kinds.strip(), "changes")
    sink = re.match(r"Table sink '(.+?)'", who)
    name = f"the sink `{sink.group(1)}`" if sink else f"`{who}`"
    return Said("FS609", f"{name} takes new rows only, but the query makes {what} (by {node})",
                "use a connector with a primary key (jdbc, upsert-kafka), or a window, which writes each result once",
                (Seek("into"),) if sink else (Seek("pattern", rf"(?i)({re.escape(node)})"), Seek("into")))


def _factory(m: re.Match[str], known: Known) -> Said:
    name, what = m.group(1), m.group(2)
    listed = tuple(re.findall(r"^([\w-]+)$", m.string[m.end():], re.MULTILINE))
    known_here = tuple(n for n in listed if not n.startswith(("python-", "legacy-")))
    help = did_you_mean(name, known_here) or ("its jar is not loaded: `flinksql deps` fetches those of known connectors"
                                              + (f"; here are {', '.join(known_here)}" if known_here else ""))
    return Said("FS610", f"there is no {'format' if 'ormat' in what else 'connector'} `{name}`", help,
                (Seek("pattern", rf"'(?:connector|(?:key\.|value\.)?format)'\s*=\s*('{re.escape(name)}')"), Seek("connector")))


def _format_factory(m: re.Match[str], known: Known) -> Said:
    return _factory(re.match(r"(.*?)\0(.*)", f"{m.group(1)}\0format") or m, known)


def _direction(m: re.Match[str], known: Known) -> Said:
    return Said("FS610", f"the connector `{m.group(1)}` can't be {'read' if m.group(2) == 'sink' else 'written'}: "
                f"it is a {m.group(2)} only", None, (Seek("connector"),))


def _unsupported(m: re.Match[str], known: Known) -> Said:
    wrong = m.group(2).split()
    supported = m.group(3).split()
    return Said("FS611", f"the connector `{m.group(1)}` has no option '{wrong[0]}'", did_you_mean(wrong[0], supported)
                or f"it has {', '.join(s for s in supported[:12])}", tuple(Seek("option", w) for w in wrong))


def _missing(m: re.Match[str], known: Known) -> Said:
    names = m.group(1).split()
    listed = ", ".join(f"'{n}'" for n in names)
    return Said("FS611", f"the table needs the option{'s' if len(names) > 1 else ''} {listed}", f"add {listed} to WITH (...)",
                (Seek("connector"),))


def _bad_value(m: re.Match[str], known: Known) -> Said:
    return Said("FS611", f"'{m.group(1)}' is no value for '{m.group(2)}'", None, (Seek("option", m.group(2)),))


def _bad_choice(m: re.Match[str], known: Known) -> Said:
    value, key = re.escape(m.group(1)), re.escape(m.group(2))
    return Said("FS611", f"'{m.group(1)}' is no value for '{m.group(2)}'", f"it may be {m.group(3)}",
                (Seek("option", m.group(2)), Seek("pattern", rf"'[\w.-]*{key}'\s*=\s*('{value}')")))


def _time_column(m: re.Match[str], known: Known) -> Said:
    return Said("FS612", f"the time column of this window is {m.group(1)} and no time attribute",
                "window over a column with a WATERMARK, or PROCTIME(); a view or CAST that changes the column loses it",
                (Seek("pattern", r"(?i)DESCRIPTOR\s*\(\s*([^)\s]+)"),))


def _watermark_type(m: re.Match[str], known: Known) -> Said:
    return Said("FS612", f"the time column of a watermark is {m.group(1)}; it must be TIMESTAMP(3) or TIMESTAMP_LTZ(3) at most",
                "declare it so, or add a computed column: ts AS TO_TIMESTAMP_LTZ(ms, 3)",
                (Seek("pattern", r"(?i)WATERMARK\s+FOR\s+(\S+)"),))


def _rowtime_missing(m: re.Match[str], known: Known) -> Said:
    columns = re.findall(r"'([^']+)'", m.string[m.end():])
    return Said("FS612", f"the watermark's column `{m.group(1)}` is not in the table", did_you_mean(m.group(1), columns),
                (Seek("pattern", r"(?i)WATERMARK\s+FOR\s+(\S+)"),))


def _sorted(m: re.Match[str], known: Known) -> Said:
    return Said("FS612", "a stream can only be sorted by a time attribute, ascending, first",
                "leave ORDER BY out, or keep the first N rows with ROW_NUMBER() or LIMIT",
                (Seek("pattern", r"(?i)(ORDER\s+BY)"),))


def _match_time(m: re.Match[str], known: Known) -> Said:
    return Said("FS612", "ORDER BY of MATCH_RECOGNIZE must start with a time attribute", "order by the column with the WATERMARK",
                (Seek("pattern", r"(?is)MATCH_RECOGNIZE\s*\(.*?(ORDER\s+BY)"), Seek("pattern", r"(?i)(MATCH_RECOGNIZE)")))


def _temporal(m: re.Match[str], known: Known) -> Said:
    lacks = m.group(1)
    return Said("FS612", f"FOR SYSTEM_TIME AS OF needs a versioned table on its right side; this one has no {lacks}",
                "declare PRIMARY KEY (...) NOT ENFORCED and, for event time, a WATERMARK",
                (Seek("pattern", r"(?i)(FOR\s+SYSTEM_TIME)"),))


def _not_enforced(m: re.Match[str], known: Known) -> Said:
    return Said("FS613", "a primary key must be NOT ENFORCED: Flink does not own the data",
                "write PRIMARY KEY (...) NOT ENFORCED", (Seek("pattern", r"(?i)(PRIMARY\s+KEY)"),))


def _key_column(m: re.Match[str], known: Known) -> Said:
    return Said("FS613", f"the primary key's column `{m.group(1)}` is not in the table", did_you_mean(m.group(1), known.columns),
                (Seek("pattern", r"(?i)PRIMARY\s+KEY\s*\(([^)]*)"),))


def _twice(m: re.Match[str], known: Known) -> Said:
    name = re.escape(m.group(1))
    return Said("FS603", f"the column `{m.group(1)}` is declared twice", None,
                (Seek("pattern", rf"(?s)\b{name}\b.*?[,\n]\s*(`?{name}`?)\b"), Seek("word", m.group(1))))


def _metadata(m: re.Match[str], known: Known) -> Said:
    return Said("FS610", "this connector gives no metadata columns", None, (Seek("pattern", r"(?i)(METADATA)"),))


def _hop(m: re.Match[str], known: Known) -> Said:
    return Said("FS612", f"the size of a {m.group(1)} window must be a multiple of its {m.group(2)}: "
                f"{m.group(3)} ms and {m.group(4)} ms", None, (Seek("pattern", rf"(?i)\b({m.group(1)})\s*\("),))


_Maker = Callable[[re.Match[str], Known], Said]


def _rules(rows: Iterable[tuple[str, _Maker]]) -> tuple[tuple[re.Pattern[str], _Maker], ...]:
    return tuple((re.compile(pattern, re.DOTALL), make) for pattern, make in rows)


_RULES = _rules((
    (r"^Encountered \"(.+?)\" at line", _syntax),
    (r"^Incorrect syntax near the keyword '(.+?)'", _syntax),
    (r"^Column '(.+?)' not found in (?:any table|table '(.+?)')", _no_column),
    (r"^Unknown identifier '(.+?)'", _unknown),
    (r"^Unknown target column '(.+?)'", _unknown),
    (r"^Column '(.+?)' is ambiguous", _ambiguous),
    (r"^(?:Object|Table) '(.+?)' not found", _no_table),
    (r"^No match found for function signature (\S+?)\((.*)\)", _no_function),
    (r"^Invalid number of arguments to function '(.+?)'\. Was expecting (\d+)", _arguments),
    (r"^Cannot apply '(.+?)' to arguments of type '(.+?)'\.(?: Supported form\(s\): (.*))?", _types),
    (r"^Expression '(.+?)' is not being grouped", _grouped),
    (r"^Column types of query result and sink for '(.+?)' do not match\.\s*Cause: (.+?)\n\s*Query schema:\s*\[(.*?)\]\s*"
     r"Sink schema:\s*\[(.*)\]", _sink_columns),
    (r"upsert key that differs from the primary key of the sink table '(.+?)'\. Primary key: \[(.*?)\], upsert key: (.*?)\. ",
     _upsert_key),
    (r"ON CONFLICT clause is only allowed for upsert sinks", _conflict),
    (r"^(.+?) doesn't support consuming (.+?) changes which is produced by node (\w+)", _changes),
    (r"Could not find any factory for identifier '(.+?)' that implements '(.+?)'[^\n]*", _factory),
    (r"Could not find any format factory for identifier '(.+?)'", _format_factory),
    (r"^Connector '(.+?)' can only be used as a (sink|source)", _direction),
    (r"Unsupported options found for '(.+?)'\.\s*Unsupported options:\s*(.*?)\s*Supported options:\s*(.*)", _unsupported),
    (r"Missing required options are:\s*(.*)", _missing),
    (r"Could not parse value '(.*?)' for key '(.+?)'", _bad_value),
    (r"^(?:Invalid|Unsupported) value '(.*?)' for (?:option )?'?([\w.-]+?)'?\. Supported values are \[(.*?)\]", _bad_choice),
    (r"requires the timecol (?:is|to be) .*?, but is ([\w() ]+)", _time_column),
    (r"Invalid data type of time field for watermark definition.*time field type is (.+)$", _watermark_type),
    (r"rowtime attribute field '(.+?)' is not defined", _rowtime_missing),
    (r"^Sort on a non-time-attribute field", _sorted),
    (r"You must specify either rowtime or proctime for order by", _match_time),
    (r"Temporal Table Join requires.*?no (primary key|row time attribute) can be found", _temporal),
    (r"doesn't support ENFORCED mode for PRIMARY KEY", _not_enforced),
    (r"^Primary key column '(.+?)' is not defined", _key_column),
    (r"^A regular Column named '(.+?)' already exists", _twice),
    (r"declares metadata columns, but the underlying", _metadata),
    (r"^(HOP|CUMULATE) table function based aggregate requires \S+ must be an integral multiple of (\w+), but got \S+ (?:size )?"
     r"(\d+) ms and \w+ (\d+) ms", _hop),
))
