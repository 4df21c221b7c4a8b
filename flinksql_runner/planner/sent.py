"""A statement as it is sent, and the way back from Flink's line and column to the template."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from flinksql_runner.compiler.job import JobStatement
from flinksql_runner.planner.compiled import filled
from flinksql_runner.project.placeholders import names_in, placeholder

_LINES = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Sent:
    """``text`` goes to Flink: ``lead`` characters of ours, then the statement's SQL from ``skip`` on, placeholders filled.

    ``jumps`` are (offset in ``text``, offset in the unfilled SQL) at the start and behind each filled placeholder.
    """

    text: str
    statement: JobStatement
    lead: int = 0
    jumps: tuple[tuple[int, int], ...] = ((0, 0),)

    def offset(self, line: int, column: int) -> int:
        """The offset in ``text`` of a place as Calcite counts it: lines from 1, columns from 1 in UTF-16 units."""
        starts = [0, *(m.end() for m in _LINES.finditer(self.text))]
        start = starts[max(0, min(line, len(starts)) - 1)]
        units = 0
        for at in range(start, len(self.text)):
            if units >= column - 1:
                return at
            units += 2 if ord(self.text[at]) > 0xFFFF else 1
        return len(self.text)

    def rendered(self, offset: int) -> int:
        """The offset in the node's rendered text for one in ``text``; what we wrote ourselves stands for what follows it."""
        at = bisect_right([j[0] for j in self.jumps], max(offset, self.lead)) - 1
        here, there = self.jumps[max(at, 0)]
        sql = there + max(0, max(offset, self.lead) - here)
        if at + 1 < len(self.jumps):
            sql = min(sql, self.jumps[at + 1][1])
        return self.statement.origin + max(0, sql - self.statement.body)


def sent(statement: JobStatement, values: Mapping[str, str], lead: str = "", skip: int = 0) -> Sent:
    """``lead`` and then the statement's SQL from ``skip`` on, filled.

    :raises flinksql_runner.diagnostics.Failure: where a placeholder has no value.
    """
    sql = statement.sql
    parts, jumps = [lead], [(len(lead), skip)]
    length, at = len(lead), skip
    names = names_in(sql)
    pattern = re.compile("|".join(re.escape(placeholder(n)) for n in names)) if names else None
    for match in pattern.finditer(sql, skip) if pattern else ():
        value = filled(match.group(), values)
        parts += [sql[at:match.start()], value]
        length += match.start() - at
        jumps.append((length, match.start()))
        length += len(value)
        at = match.end()
        jumps.append((length, at))
    parts.append(sql[at:])
    return Sent("".join(parts), statement, len(lead), tuple(jumps))
