"""What came out, as lines for a terminal and as docs/analysis.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from truth.mutations import KINDS, Mutant

_NAMES = re.compile(r"'[^']*'|`[^`]*`|\"[^\"]*\"|\d+|<[^>]*>")
_PLACE = re.compile(r"^SQL validation failed\. |From line \d+, column \d+ to line \d+, column \d+: |At line \d+, column \d+: ")
_LONGEST = 110
MENDED = 3  # up to this seed


@dataclass(slots=True)
class Sound:
    """Counts over statements that people wrote."""

    accepted: int = 0
    undeclared: int = 0
    false: list[tuple[str, str, str, int]] = field(default_factory=list)
    refused: list[tuple[str, str, bool]] = field(default_factory=list)
    columns: Counter[str] = field(default_factory=Counter)
    other: list[tuple[str, str]] = field(default_factory=list)

    def told(self) -> str:
        """Some lines."""
        lines = [
            f"{self.accepted} statements that Flink accepts, {len(self.false)} false errors; columns: {dict(self.columns)}",
            *(f"  false: {origin}: {code} {message} (line {line})" for origin, code, message, line in self.false),
            *(f"  other type: {origin}: {name}" for origin, name in self.other),
            f"{len(self.refused)} that Flink refuses, {sum(known for _, _, known in self.refused)} of them refused here",
            *(f"  not refused: {origin}: {sentence(error)}" for origin, error, known in self.refused if not known),
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class Broken:
    """Counts over mutants, by kind."""

    made: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    false: list[tuple[str, str, str, str]] = field(default_factory=list)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    misplaced: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, mutant: Mutant, answer: dict[str, Any], errors: Sequence[tuple[str, str, int]]) -> None:
        """One mutant with what the planner and the analyser say."""
        kind = mutant.kind
        self.made[kind] += 1
        if answer["ok"]:
            if errors:
                self.false.append((kind, mutant.sample.origin, *errors[0][:2]))
            return
        self.refused[kind] += 1
        if not errors:
            self.missed.append((kind, mutant.sample.origin, sentence(answer["error"])))
            return
        self.found[kind] += 1
        right = set(range(mutant.lines[0], mutant.lines[1] + 1)) | ({answer["line"]} if "line" in answer else set())
        if right & {line for _, _, line in errors}:
            self.placed[kind] += 1
        else:
            told = f"{errors[0][0]} {errors[0][1]} at line {errors[0][2]}, not {sorted(right)}"
            self.misplaced.append((kind, mutant.sample.origin, told))

    def told(self) -> str:
        """Some lines."""
        total = sum(self.refused.values())
        lines = [
            f"{sum(self.made.values())} mutants of {len(self.made)} kinds, {total} refused by Flink, "
            f"{sum(self.found.values())} refused here, {sum(self.placed.values())} on the right line "
            f"({sum(self.placed.values()) / max(1, total):.1%})",
            *(f"  {kind}: {self.made[kind]} made, {self.refused[kind]} refused by Flink, {self.found[kind]} here, "
              f"{self.placed[kind]} on the line" for kind in self.made),
            f"{len(self.false)} refused here that Flink accepts",
            *(f"  false: {kind}: {origin}: {code} {message}" for kind, origin, code, message in self.false),
            *(f"  missed: {kind}: {origin}: {error}" for kind, origin, error in self.missed),
            *(f"  other line: {kind}: {origin}: {told}" for kind, origin, told in self.misplaced),
        ]
        return "\n".join(lines)


def sentence(error: str) -> str:
    """The heart of Flink's message, on one line."""
    lines = [line for line in error.splitlines() if line.strip()]
    text = next((line for line in lines if not line.startswith("SQL validation failed")), lines[0] if lines else "")
    if text is not lines[0] or "Invalid function call" in text:
        text = lines[0] if "SQL validation failed. " in lines[0] else text
    text = _PLACE.sub("", _PLACE.sub("", text)).replace("|", "/")
    return text if len(text) <= _LONGEST else text[:_LONGEST - 4] + " ..."


def page(version: str, seed: int, sound: Sound, broken: Broken, grid: Mapping[str, Any]) -> str:
    """docs/analysis.md; ``grid`` are the counts of scripts/probe_builtin.py."""
    columns, equal = sum(sound.columns.values()), sound.columns["equal"]
    total, placed = sum(broken.refused.values()), sum(broken.placed.values())
    return "\n".join([
        "# The analyser beside Flink's planner",
        "",
        f"`make bench-analysis` holds what `flinksql lint` says of SQL against the planner of Flink {version}. Written by",
        "bench/analysis.py.",
        "",
        "## Sound SQL",
        "",
        "The queries and INSERTs of this repository's projects and of a corpus of public Flink SQL whose tables are declared",
        "beside them; connectors are replaced by one that takes all types.",
        "",
        "| what | number |",
        "|---|---|",
        f"| statements that Flink accepts | {sound.accepted:,} |",
        f"| of them refused by the analyser (false errors) | {len(sound.false)} |",
        f"| columns of their queries | {columns:,} |",
        f"| of the same name, type and nullability | {equal:,} ({equal / max(1, columns):.1%}) |",
        f"| of another type | {sound.columns['other']} |",
        f"| not known to the analyser | {sound.columns['unknown']} |",
        "",
        *_list("False errors", [f"{code}: {message} ({origin})" for origin, code, message, _ in sound.false]),
        *_list("Columns of another type", [f"{name} ({origin})" for origin, name in sound.other]),
        "## Broken SQL",
        "",
        f"{sum(broken.made.values()):,} mutants of {len(broken.made)} kinds, drawn from the accepted statements (seed {seed}):",
        "one edit each. Of those that",
        f"Flink refuses ({total:,}), the analyser refuses {sum(broken.found.values()):,}, and {placed:,}"
        f" ({placed / max(1, total):.1%}) on the line of the edit or on the line that Flink names.",
        f"It refuses {len(broken.false)} that Flink accepts. What seeds 1 to {MENDED} missed was looked at and mended"
        + (";\nthis seed was drawn afterwards, and nothing was mended for it." if seed > MENDED else ", so another is fairer."),
        "",
        "| kind | made | refused by Flink | refused here | on the right line |",
        "|---|---|---|---|---|",
        *(f"| {kind} | {broken.made[kind]} | {broken.refused[kind]} | {broken.found[kind]} | {broken.placed[kind]} |"
          for kind in [*KINDS, *sorted(set(broken.made) - set(KINDS))] if broken.made[kind]),
        "",
        *_list("Refused here, accepted by Flink", [f"{kind}: {code} {message}" for kind, _, code, message in broken.false]),
        *_list("Missed", _counted([f"{kind}: {error}" for kind, _, error in broken.missed])),
        *_list("On another line", _counted([f"{kind}: {told}" for kind, _, told in broken.misplaced])),
        *_grid(grid),
        "## What Flink refuses as people wrote it",
        "",
        f"{len(sound.refused)} statements of the corpus are refused by Flink as they stand, of which the analyser refuses"
        f" {sum(known for _, _, known in sound.refused)}. Not refused:",
        "",
        *(f"- {text}" for text in _counted([sentence(error) for _, error, known in sound.refused if not known])),
        "",
    ])


def _grid(grid: Mapping[str, Any]) -> list[str]:
    agree, refused = grid["equal"] + grid["refused"], grid["probes"] - grid["accepted"]
    return [
        "## Functions, operators and casts",
        "",
        f"{grid['probes']:,} calls, each planned by Flink {grid['flink']}: every function of the table with each of its forms,",
        "one argument after the other through all types, and wrong numbers of arguments; operators and casts over pairs of types",
        "(scripts/probe_builtin.py). Names that only Flink's own plans use are left out.",
        "",
        "| what | number |",
        "|---|---|",
        f"| lint agrees with Flink | {agree:,} ({agree / grid['probes']:.1%}) |",
        f"| accepted by Flink | {grid['accepted']:,} |",
        f"| of the same type and nullability | {grid['equal']:,} |",
        f"| of another type, or not known | {grid.get('other type', 0) + grid.get('not known', 0)} |",
        f"| refused here | {grid.get('false refusal', 0)} |",
        f"| refused by Flink | {refused:,} |",
        f"| not refused here | {grid.get('missed', 0) + grid.get('silent', 0)} |",
        "",
    ]


def _list(title: str, items: Sequence[str]) -> list[str]:
    return [f"{title}:", "", *(f"- {item}" for item in items), ""] if items else []


def _counted(items: Sequence[str]) -> list[str]:
    """Alike sentences once, with their number."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(_NAMES.sub("_", item), []).append(item)
    return [same[0] + (f" ({len(same)} times)" if len(same) > 1 else "") for same in groups.values()]
