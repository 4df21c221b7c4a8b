"""The room builtin beside recorded verdicts of Flink's planner on functions, operators and casts over types.

They were recorded from plans of Flink 2.3.0 (scripts/probe_builtin.py --record writes a new record). The room alone is asked
here: what only the query around tells (GROUPING, LEAD) is not refused.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from expressions import RefusedError, plainly, type_of
from sqlglot.errors import SqlglotError

# Flink compares these in another order than `=` asks for, and stumbles over nearly all of their kind
STRANGE = ("NULLIF(1e0, 1) = s", "NULLIF(s, 1) = NULL")
RECORD = Path(__file__).resolve().parent / "verdicts.txt"


def _verdict(expression: str, grouped: bool, told: str) -> str:
    try:
        found = type_of(expression, grouped)
    except (RefusedError, SqlglotError) as refused:
        return "refused" if told == "!" else f"refused, though Flink takes it: {refused}"
    if told == "!" or found is None:
        return "not refused" if told == "!" else "not known"
    return "equal" if plainly(found) == plainly(told) else f"{found}, not {told}"


def test_nothing_that_flink_takes_is_refused_and_types_are_equal() -> None:
    """Each line: ``g`` where it was asked under GROUP BY, the expression, the planner's type or ``!``."""
    words: Counter[str] = Counter()
    wrong: list[str] = []
    for line in RECORD.read_text(encoding="utf-8").splitlines():
        expression, _, told = line[2:].rpartition(" => ")
        word = _verdict(expression, line.startswith("g"), told)
        words[word if word in ("equal", "refused", "not refused", "not known") else "wrong"] += 1
        if word.startswith("refused,") or ", not " in word:
            wrong.append(f"{expression}: {word}")
    accepted = words["equal"] + words["not known"] + words["wrong"]
    assert accepted > 1_000
    assert [text for text in wrong if "though Flink takes it" in text and not text.startswith(STRANGE)] == []
    assert len(wrong) <= accepted // 500, "\n".join(wrong)
    assert words["equal"] >= accepted * 0.95
    assert words["refused"] > words["not refused"] * 15
