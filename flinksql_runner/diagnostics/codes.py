"""Every code of a diagnostic and what it says: the one place where these texts stand.

``docs/diagnostics.md`` is written from this table (``make docs``), and ``flinksql explain-rule CODE`` prints from it. The
rules of ``lint/`` are not here: each tells its own code and text, in its class. What the analyser and the options of
connectors tell, and what can be wrong with files, templates and names, has a page each in ``pages/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """The codes that one stage of the tool gives: code -> what is wrong, in a few words."""

    title: str
    codes: Mapping[str, str]


STAGES: tuple[Stage, ...] = (
    Stage("Project files", {
        "FS001": "a file can't be read: not UTF-8, binary, too large, a link in a circle",
        "FS002": "a file is not YAML",
        "FS003": "an unknown key, or a folder of `config:` that is not there",
        "FS004": "a value of the wrong kind",
        "FS005": "a key is missing",
        "FS006": "a key stands twice",
        "FS007": "an unknown profile or target",
        "FS008": "a password, key or token in plain text in profiles.yml",
        "FS010": "a file below sql/ that is not read, or whose name can't be a table's",
    }),
    Stage("Templates", {
        "FS101": "Jinja can't read the template: a tag, a block that is never closed",
        "FS102": "a name, filter or test that does not exist",
        "FS103": "an environment variable without value and default",
        "FS104": "a variable without value and default",
        "FS105": "the template asks for too much: rounds, text, calls, depth, time",
        "FS106": "a macro raised a mistake by `exceptions.raise_compiler_error()`",
        "FS107": "a function of templates called in a wrong way",
        "FS108": "anything else that fails while the template runs",
        "FS109": "a character that the source map needs for itself",
        "FS110": "two macros of one name",
    }),
    Stage("Layout (`flinksql format`)", {
        "FS150": "a file that stays as it was, and why (warning)",
        "FS151": "a file that `flinksql format` would lay out otherwise (`--check`)",
    }),
    Stage("SQL text", {
        "FS201": "SQL that can't be parsed",
        "FS202": "a file without a statement",
        "FS203": "a statement that this kind of file can't hold",
        "FS204": "a table whose name is not the file's name",
        "FS205": "an INSERT into another table",
        "FS206": "a statement too few or too many",
        "FS207": "a table without a connector",
        "FS208": "a mistake in the columns or options of CREATE TABLE",
        "FS209": "a reserved word in the place of a name",
    }),
    Stage("Names and jobs", {
        "FS301": "a table that nothing declares",
        "FS302": "two files with one name",
        "FS303": "nodes that read each other in a circle",
        "FS304": "a node that reads itself",
        "FS305": "a sink that is read",
        "FS306": "`ref()` or `source()` of a name that does not exist",
        "FS307": "`source()` of a node that is no source",
        "FS308": "a table of a catalog outside the project",
        "FS310": "a job whose selection holds no sink",
        "FS311": "a job that needs a node with an error",
        "FS312": "a job whose selection can't be read",
    }),
    Stage("Columns, types and times", {
        "FS320": "a column that no table has",
        "FS321": "a table or alias that the query does not have",
        "FS322": "a column that several tables have",
        "FS323": "a field that a ROW does not have",
        "FS324": "a function that does not exist",
        "FS325": "arguments that a function does not take: their number or a type",
        "FS326": "operands that do not go together: `STRING + INT`, a comparison of a text with a number",
        "FS327": "a condition that is no BOOLEAN",
        "FS328": "an alias that stands twice in a FROM",
        "FS329": "names behind an alias that are too few or too many",
        "FS330": "a column that is neither grouped nor aggregated",
        "FS331": "an aggregate where none can stand, or inside of another",
        "FS332": "a function that needs OVER",
        "FS333": "a window that the query does not define",
        "FS334": "OVER in WHERE, ON, GROUP BY or HAVING",
        "FS335": "TUMBLE_START and its like without the same window in GROUP BY",
        "FS336": "branches of UNION, or rows of VALUES, of different width",
        "FS337": "branches of UNION, or rows of VALUES, whose types do not mix",
        "FS338": "ORDER BY of SELECT DISTINCT over what is not in its list",
        "FS339": "ORDER BY with the number of a column that is not there",
        "FS340": "a window over a column that is no time attribute, or has lost it",
        "FS341": "wrong arguments of a window function: DESCRIPTOR, sizes, their number",
        "FS342": "a stream sorted by something else than its time",
        "FS343": "an OVER that Flink's streams do not have: its order, its frame, several different ones",
        "FS344": "two columns of one name in a view",
        "FS345": "an INSERT with too few or too many columns",
        "FS346": "an INSERT of a type that does not become the column's type by itself",
        "FS347": "a column in the list of an INSERT that the sink does not have",
        "FS348": "a query with several columns in the place of a value",
        "FS349": "a NULL without a type",
        "FS350": "a temporal join without a time attribute, or without a versioned table and its key",
        "FS351": "a temporal join that is a RIGHT or FULL JOIN",
        "FS352": "MATCH_RECOGNIZE that is not ordered by a time attribute",
        "FS353": "a pattern that Flink can't run: a greedy end, PREV and NEXT",
        "FS354": "an aggregate that Flink does not have for streams",
        "FS355": "a primary key that a table can't have",
        "FS356": "a watermark for what is no time of the table",
        "FS360": "a sink without the primary key that an updating query needs",
        "FS361": "changes that a sink can't take",
        "FS362": "an upsert key that differs from the sink's primary key, without ON CONFLICT",
        "FS363": "ON CONFLICT into a sink that takes no upserts",
        "FS364": "ON CONFLICT DO NOTHING or DO ERROR over a source without a watermark",
        "FS365": "an operator that takes inserts alone, over rows that change",
        "FS366": "a temporal join with a view that has no versions",
        "FS367": "a processing-time join with a table that can't be asked for a row",
    }),
    Stage("Python functions", {
        "FS400": "Python can't read the file",
        "FS401": "a type hint is missing",
        "FS402": "a type that Flink does not have",
        "FS403": "arguments that SQL can't give: `*args`, keyword-only, defaults",
        "FS404": "a function that SQL can't call: async, nested, under another decorator",
        "FS405": "two functions of one name",
        "FS406": "`@udf` called in a wrong way",
        "FS407": "a vectorised function whose hints do not say what a Series or DataFrame holds",
        "FS410": "a package that the module imports is missing",
        "FS411": "the module raises when it is imported",
        "FS412": "importing ends the process, or does not end",
        "FS413": "Flink refuses the function",
        "FS414": "a model or asset that is not there",
    }),
    Stage("Connectors and tables", {
        "FS501": "a connector or format that nobody provides: declare its jar under `dependencies: jars:`",
        "FS502": "a JDBC address without a driver",
        "FS503": "two versions of one jar",
        "FS504": "no version for this Flink",
        "FS505": "two jars that provide one factory",
        "FS510": "a password, key or token in plain text in WITH",
        "FS521": "a column that the database can't keep",
        "FS522": "an index over a column that is not there",
        "FS523": "the table is in the database already, with other columns",
        "FS530": "an option that the connector or format does not have",
        "FS531": "an option that must be given is missing",
        "FS532": "a value that is none of the option's type",
        "FS533": "options that contradict each other",
        "FS534": "an option that needs another one",
        "FS535": "an option of another format than the table's",
        "FS536": "an option that does nothing on this side (warning)",
        "FS537": "a connector or format that can't be read from or written into",
        "FS538": "an option under its old name (warning)",
        "FS539": "a table whose columns or key the connector can't take",
    }),
    Stage("What Flink's planner refuses (`flinksql check`)", {
        "FS600": "anything else, in the planner's words",
        "FS601": "syntax",
        "FS602": "an unknown table",
        "FS603": "an unknown or ambiguous column",
        "FS604": "an unknown function, or wrong arguments",
        "FS605": "types that don't fit",
        "FS606": "grouping and aggregates",
        "FS607": "columns of the query against those of the sink",
        "FS608": "keys of the query against those of the sink",
        "FS609": "a changelog that the sink can't take",
        "FS610": "connectors and formats",
        "FS611": "options of a table",
        "FS612": "time attributes and watermarks",
        "FS613": "primary keys",
        "FS690": "not checked, since a node upstream has an error (info)",
    }),
    Stage("Unit tests", {
        "FS700": "a test that failed or could not run (`flinksql test --output github`)",
        "FS701": "a test names a node that is not there",
        "FS702": "a test gives rows to an input that its node does not read",
        "FS703": "a row names a column that is not there, or the clock (`PROCTIME()`)",
        "FS704": "a value that its column can't hold, an event time that is missing",
        "FS705": "two tests of one name",
        "FS706": "a fixture that is not there",
        "FS707": "a watermark, or late rows, of an input that has no watermark; rows behind a watermark in a test with "
                 "`parallelism`",
        "FS708": "a tested node, or one upstream of it, has errors",
        "FS709": "a test names no node",
        "FS710": "rows as text (CSV, SQL, JSON) that can't be read",
        "FS712": "a stub of no Python function, or of another type than the function's",
        "FS713": "what can't be the rows of a table that is looked up in",
        "FS714": "changes (`op`) that can't come in this order, or not from this table",
        "FS715": "a test of a node whose result hangs on the machine's clock (windows of processing time)",
        "FS716": "a test of a query that is not in the node's WITH",
        "FS717": "an `order` that does not fit the inputs of its test",
    }),
    Stage("Settings of lint rules", {
        "FS892": "a setting of a lint rule that can't be used",
    }),
    Stage("Running jobs", {
        "FS901": "the job fails again and again: its root cause, at the node and, for a Python function, the line",
    }),
    Stage("Dashboards", {
        "FS910": "a value or key that a dashboard, parameter or tile can't use",
        "FS911": "`ref()` of what is no sink",
        "FS912": "`ref()` of a sink that is not in a database",
        "FS913": "a query over sinks in different databases",
        "FS914": "`param()` of a parameter that is not declared",
        "FS915": "a query that can't be read",
        "FS916": "a parameter in quotes, which would be text and not its value",
        "FS917": "a column that a sink's table does not have, or that the query does not give",
        "FS918": "a column of a type that the tile can't show, or none of the type that it needs",
        "FS919": "a parameter that no tile uses (warning)",
        "FS920": "a query that is more, or something else, than one SELECT",
        "FS921": "a table by a plain name that is nearly a sink's (warning)",
        "FS922": "a query that the database refuses",
        "FS923": "no index serves the query (warning)",
        "FS924": "a query that the database could not be asked about (info)",
    }),
)
"""All stages in the order of their codes."""


@dataclass(frozen=True, slots=True)
class PageGroup:
    """The codes from ``first`` to ``last``, each with a page in ``pages/``; together they are a page of docs/rules.

    ``foretold`` are those that Flink would refuse as well, None for all of them: what its planner says of their examples is
    recorded. The others are about what the planner never sees.
    """

    name: str
    title: str
    first: str
    last: str
    foretold: frozenset[str] | None = None

    def foretells(self, code: str) -> bool:
        """Whether the code, which is one of the group, is told before Flink would tell it."""
        return self.foretold is None or code in self.foretold


_NOTHING: frozenset[str] = frozenset()


PAGES: tuple[PageGroup, ...] = (
    PageGroup("project-files", "Project files", "FS001", "FS010", _NOTHING),
    PageGroup("templates", "Templates and layout", "FS101", "FS151", _NOTHING),
    PageGroup("sql-files", "SQL files", "FS201", "FS209", frozenset({"FS201", "FS207", "FS208", "FS209"})),
    PageGroup("names-and-jobs", "Names and jobs", "FS301", "FS312", frozenset({"FS301", "FS308"})),
    PageGroup("names-and-types", "Names, types and times", "FS320", "FS356"),
    PageGroup("streams-and-keys", "Streams and keys", "FS360", "FS367"),
    PageGroup("connector-options", "Options of connectors", "FS530", "FS539"),
    PageGroup("dashboards", "Dashboards", "FS910", "FS924", _NOTHING),
)


def all_codes() -> Mapping[str, str]:
    """Every code of the table with what it says."""
    return {code: says for stage in STAGES for code, says in stage.codes.items()}
