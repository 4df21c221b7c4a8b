"""A rendered file becomes a node: what it defines, reads and uses.

Diagnostics of this stage::

    FS201  SQL that can't be parsed
    FS202  a file without a statement
    FS203  a statement that this kind of file can't hold
    FS204  a table whose name is not the file's name
    FS205  an INSERT into another table
    FS206  a statement too few or too many
    FS207  a table whose options say no connector
    FS208  a mistake in the columns or options of CREATE TABLE
    FS209  a reserved word in the place of a name
    FS510  a password, key or token in plain text
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flinksql_runner.diagnostics import Diagnostic, Edit, Related, Span, did_you_mean, error, warning
from flinksql_runner.dialect.reserved import RESERVED
from flinksql_runner.project.values import NodeKind
from flinksql_runner.syntax.contents import HELP_FOR, KNOWN_FIRST_WORDS, MUST_HOLD
from flinksql_runner.syntax.gaps import first_gap
from flinksql_runner.syntax.reads import names_used
from flinksql_runner.syntax.secrets import plain_secret
from flinksql_runner.syntax.statements import Mistake, Piece, split, tree_of
from flinksql_runner.syntax.table import Named, Option, Table, read_name, read_table
from flinksql_runner.syntax.values import Column, Node, OptionPlace, Statement, Use
from flinksql_runner.templating.values import Rendered


def parse(rendered: Rendered) -> Node:
    """Parses the SQL of one file; what is wrong stands in the node's ``diagnostics`` (those of rendering first)."""
    file = rendered.file
    before = tuple(d if d.node else replace(d, node=file.name) for d in rendered.diagnostics)
    if any(d.is_error for d in before):
        return Node(file.name, file.kind, file.path, rendered, diagnostics=before)
    reader = _Reader(rendered)
    reader.read()
    found = reader.found
    return Node(
        name=file.name, kind=file.kind, path=file.path, rendered=rendered, statements=tuple(found.statements),
        reads=tuple(found.reads), functions=tuple(found.functions), columns=found.columns, primary_key=found.primary_key,
        options=found.options, option_spans={k: p.value.span for k, p in found.option_places.items()},
        option_places=found.option_places, watermark=found.watermark,
        diagnostics=(*before, *found.diagnostics),
    )


@dataclass(slots=True)
class _Found:
    """What has been read of one file so far."""

    statements: list[Statement] = field(default_factory=list)
    reads: list[Use] = field(default_factory=list)
    functions: list[Use] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    watermark: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    option_places: Mapping[str, OptionPlace] = field(default_factory=dict)


class _Reader:
    """Reads one rendered file, statement by statement."""

    def __init__(self, rendered: Rendered) -> None:
        self.rendered = rendered
        self.text = rendered.text
        self.kind: NodeKind = rendered.file.kind
        self.name = rendered.file.name
        self.found = _Found()

    def read(self) -> None:
        """Fills ``found``; a statement that is wrong does not stop the next one."""
        pieces, mistake = split(self.text)
        if mistake is not None:
            self._say("FS201", mistake)
            return
        if not pieces:
            self._wrong("FS202", "this file holds no statement", 0, 0, MUST_HOLD[self.kind])
            return
        for piece in pieces:
            if not self._statement(piece):
                return
        if not any(d.is_error for d in self.found.diagnostics):
            self._count(pieces)

    def _statement(self, piece: Piece) -> bool:
        """Reads one statement; False where the rest of the file makes no sense after it."""
        kind = statement_kind(piece)
        if kind == "create_table" and self.kind != "transform":
            self._create_table(piece)
        elif kind == "insert" and self.kind == "sink":
            self._insert(piece)
        elif kind == "select" and self.kind == "transform":
            self._query(piece, "select")
        else:
            return self._refuse(piece, kind)
        return True

    def _refuse(self, piece: Piece, kind: str) -> bool:
        first = piece.tokens[0]
        if kind == "unknown":
            said = first.text if len(first.text) <= 40 else first.text[:37] + "..."
            self._wrong("FS201", f"no statement of SQL starts with `{said}`", first.start, first.end + 1,
                        did_you_mean(said, KNOWN_FIRST_WORDS) or MUST_HOLD[self.kind])
            return False
        help = HELP_FOR.get((self.kind, kind)) or HELP_FOR.get(("", kind)) or MUST_HOLD[self.kind]
        label = kind.upper().replace("_", " ")
        self._wrong("FS203", f"{label} can't stand in a {self.kind}", first.start, first.end + 1, help)
        return kind not in ("begin", "execute")

    def _create_table(self, piece: Piece) -> None:
        table = read_table(piece, self.text)
        if isinstance(table, Mistake):
            self._say("FS201", table)
            return
        tree, mistake = tree_of(piece, self.text)
        mistake = first_gap(piece) or mistake
        if mistake is not None:
            self._say("FS201", mistake)
            return
        for wrong in table.mistakes:
            self._say("FS208", wrong)
        self._table_name(table)
        if table.as_query is not None:
            self._wrong("FS203", f"CREATE TABLE ... AS can't stand in a {self.kind}", table.as_query.start,
                        table.as_query.end + 1, "write CREATE TABLE, and an INSERT INTO in a sink")
        if any(s.kind == "create_table" for s in self.found.statements):
            self._wrong("FS206", f"a second CREATE TABLE in a {self.kind}", piece.start, piece.tokens[0].end + 1,
                        "put each table into a file of its own")
            return
        self._connector(table)
        self._secrets(table)
        self.found.columns, self.found.primary_key, self.found.watermark = table.columns, table.primary_key, table.watermark
        self.found.options = {o.key: o.value for o in table.options}
        self.found.option_places = {o.key: self._option_place(o) for o in table.options}
        if table.like is not None:
            self.found.reads.append(self._use(table.like, "like"))
        if tree is not None:
            _, functions = names_used(tree, None, self.text)
            self.found.functions.extend(self._use(f) for f in functions)
        self.found.statements.append(
            Statement("create_table", self.text[piece.start:piece.end], piece.start, piece.end, tree, table.named.end))

    def _table_name(self, table: Table) -> None:
        named = table.named
        if named.name == self.name:
            return
        if named.parts > 1:
            help = f"write `{self.name}` alone: flinksql declares each table in the session of its job"
        elif named.name.lower() == self.name.lower():
            help = f"Flink tells upper from lower case: write `{self.name}`, or rename the file"
        else:
            help = f"name the table `{self.name}`, or rename the file to {named.name}.sql"
        self._wrong("FS204", f"the table `{named.name}` stands in the file of `{self.name}`", named.start, named.end, help,
                    instead=self._written())

    def _written(self) -> str:
        """The name of the file as SQL writes it."""
        return f"`{self.name}`" if self.name.upper() in RESERVED else self.name

    def _connector(self, table: Table) -> None:
        if table.like is None and not any(o.key == "connector" for o in table.options):
            near = did_you_mean("connector", (o.key for o in table.options))
            help = f"{near[:-1]} instead of 'connector'?" if near else "add WITH ('connector' = '...')"
            self._wrong("FS207", f"the table `{table.named.name}` has no 'connector'", table.named.start, table.named.end, help)

    def _secrets(self, table: Table) -> None:
        for option in table.options:
            if plain_secret(option.key, option.value):
                self._wrong("FS510", f"'{option.key}' holds a secret in plain text", option.start, option.end,
                            "write '{{ env_var(\"FLINKSQL_SECRET_...\") }}', or take it from the target: then the value "
                            "stands in nothing that flinksql writes")

    def _insert(self, piece: Piece) -> None:
        at = 3 if piece.words(3)[2:] == ("TABLE",) else 2
        target, _ = read_name(piece.tokens, at)
        if target is not None and target.name != self.name:
            help = f"write INSERT INTO {self.name}, or move it to the file of `{target.name}`"
            instead = None
            if target.name.lower() == self.name.lower():
                help = f"Flink tells upper from lower case: write INSERT INTO {self.name}"
                instead = self._written()
            self._wrong("FS205", f"this INSERT writes into `{target.name}`, the file is the sink `{self.name}`", target.start,
                        target.end, help, instead=instead)
        self._query(piece, "insert")

    def _query(self, piece: Piece, kind: str) -> None:
        tree, mistake = tree_of(piece, self.text)
        mistake = first_gap(piece) or mistake
        if mistake is not None:
            self._say("FS201", mistake)
            return
        if tree is not None:
            tables, functions = names_used(tree, piece, self.text)
            self.found.reads.extend(self._use(t) for t in tables)
            self.found.functions.extend(self._use(f) for f in functions)
        self.found.statements.append(Statement(
            "insert" if kind == "insert" else "select", self.text[piece.start:piece.end], piece.start, piece.end, tree))

    def _count(self, pieces: Sequence[Piece]) -> None:
        kinds = [s.kind for s in self.found.statements]
        if self.kind == "transform" and len(kinds) > 1:
            second = pieces[1]
            self._wrong("FS206", "a transform holds one query, this is a second", second.start, second.tokens[0].end + 1,
                        "put it into a file of its own, or join the two with UNION ALL")
        elif self.kind == "sink" and "create_table" not in kinds:
            self._wrong("FS206", f"the sink `{self.name}` has no CREATE TABLE", pieces[0].start, pieces[0].tokens[0].end + 1,
                        f"start the file with CREATE TABLE {self.name} (...) WITH (...);")
        elif self.kind == "sink" and "insert" not in kinds:
            last = pieces[-1]
            self._wrong("FS206", f"nothing is written into the sink `{self.name}`", last.start, last.tokens[0].end + 1,
                        f"end the file with INSERT INTO {self.name} SELECT ...")

    def _use(self, named: Named, via: str = "query") -> Use:
        origin = self.rendered.map.origin(named.start, named.end)
        return Use(named.name, origin.span, named.start, named.end, "like" if via == "like" else "query", origin.calls,
                   named.parts)

    def _option_place(self, option: Option) -> OptionPlace:
        origin = self.rendered.map.origin
        return OptionPlace(origin(option.key_start, option.key_end), origin(option.start, option.end))

    def _place(self, start: int, end: int) -> tuple[Span, tuple[Related, ...]]:
        origin = self.rendered.map.origin(start, end)
        return origin.span, tuple(Related(call, "called here") for call in origin.calls)

    def _say(self, code: str, mistake: Mistake) -> None:
        code = mistake.code or code
        if mistake.is_warning:
            span, related = self._place(mistake.start, mistake.end)
            self.found.diagnostics.append(warning(code, mistake.message, span, mistake.help, node=self.name, related=related))
        else:
            self._wrong(code, mistake.message, mistake.start, mistake.end, mistake.help, instead=mistake.instead)

    def _wrong(self, code: str, message: str, start: int, end: int, help: str | None, *, instead: str | None = None) -> None:
        """A mistake; ``instead`` is what to write in its place, where only one thing can be meant."""
        span, related = self._place(start, end)
        fix = (Edit(span, instead),) if instead is not None else ()
        self.found.diagnostics.append(error(code, message, span, help, node=self.name, related=related, fix=fix))


def statement_kind(piece: Piece) -> str:
    """``create_table``, ``insert``, ``select``; else the first words in lower case, or ``unknown``."""
    words = piece.words(5)
    first = words[0]
    if first in ("SELECT", "WITH", "VALUES", "(", "TABLE"):
        return "select"
    if first == "INSERT" and words[1:2] in (("INTO",), ("OVERWRITE",)):
        return "insert"
    if first == "CREATE":
        rest = [w for w in words[1:] if w not in ("OR", "REPLACE", "TEMPORARY", "SYSTEM", "MATERIALIZED")]
        return "create_table" if rest[:1] == ["TABLE"] else f"create_{rest[0].lower()}" if rest[:1] and \
            rest[0] in ("VIEW", "FUNCTION", "CATALOG", "DATABASE", "MODEL") else "unknown"
    return first.lower() if first in KNOWN_FIRST_WORDS else "unknown"
