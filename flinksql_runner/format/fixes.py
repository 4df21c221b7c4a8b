"""Repairs: the edits that diagnostics carry, applied all or none, and only where the findings that they repair go by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flinksql_runner.diagnostics import Diagnostic, Edit
from flinksql_runner.format.edits import edits_of
from flinksql_runner.project.values import Project

Find = Callable[[Project], tuple[Diagnostic, ...]]
ROUNDS = 10
_Key = tuple[str, str, str]
_Chosen = Sequence[tuple[Diagnostic, tuple[Edit, ...]]]


@dataclass(frozen=True, slots=True)
class Fixes:
    """What came of repairing a project: its texts by now, what was repaired, and the findings that are left.

    ``refused`` are findings whose repair would not make them go, or leave a text that can't be rendered or parsed.
    """

    project: Project
    applied: tuple[Diagnostic, ...]
    refused: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]


def fix(project: Project, find: Find, wanted: Callable[[Diagnostic], bool]) -> Fixes:
    """Repairs what can be repaired, in memory; ``find`` tells the findings of a project, ``wanted`` which of them to repair.

    Repairs that overlap wait for the next round; there are at most ten rounds.
    """
    found = find(project)
    applied: list[Diagnostic] = []
    refused: dict[_Key, Diagnostic] = {}
    for _ in range(ROUNDS):
        chosen = _chosen(project, [d for d in found if wanted(d) and _key(d) not in refused])
        if not chosen:
            break
        for repair in _that_hold(project, found, find, chosen):
            project, found = repair.project, repair.found
            applied += repair.repaired
            refused.update((_key(d), d) for d in repair.refused)
    return Fixes(project, tuple(applied), tuple(refused.values()), found)


def _key(diagnostic: Diagnostic) -> _Key:
    """What makes a finding the same after an edit: all but its place in the file."""
    return diagnostic.code, diagnostic.message, diagnostic.span.file if diagnostic.span else ""


def _chosen(project: Project, found: Iterable[Diagnostic]) -> _Chosen:
    """Findings with their edits, none of which overlap, sorted by place."""
    taken: list[tuple[str, int, int]] = []
    chosen: list[tuple[Diagnostic, tuple[Edit, ...]]] = []
    editable = {f.path for f in project.files} | {m.path for m in project.macros}
    for diagnostic in found:
        edits = edits_of(diagnostic, project.texts)
        if not edits or edits[0].span.file not in editable:
            continue
        place = edits[0].span.file, min(e.span.start for e in edits), max(e.span.end for e in edits)
        if not any(place[0] == file and place[1] <= end and start <= place[2] for file, start, end in taken):
            taken.append(place)
            chosen.append((diagnostic, edits))
    return sorted(chosen, key=lambda c: (c[1][0].span.file, min(e.span.start for e in c[1])))


@dataclass(frozen=True, slots=True)
class _Repair:
    project: Project
    found: tuple[Diagnostic, ...]
    repaired: tuple[Diagnostic, ...] = ()
    refused: tuple[Diagnostic, ...] = ()


def _that_hold(project: Project, found: tuple[Diagnostic, ...], find: Find, chosen: _Chosen) -> Iterator[_Repair]:
    """The repairs together; where something is wrong then, in halves (the later places first), until those at fault are known."""
    after = with_texts(project, edited(project.texts, [e for _, edits in chosen for e in edits]))
    now = find(after)
    repaired = tuple(d for d, _ in chosen)
    if _holds(found, now, repaired):
        yield _Repair(after, now, repaired)
    elif len(chosen) == 1:
        yield _Repair(project, found, refused=repaired)
    else:
        half = len(chosen) // 2
        for part in (chosen[half:], chosen[:half]):
            for repair in _that_hold(project, found, find, part):
                project, found = repair.project, repair.found
                yield repair


def _holds(before: Sequence[Diagnostic], after: Sequence[Diagnostic], repaired: Sequence[Diagnostic]) -> bool:
    """Whether all that was to be repaired is gone, and every text can be rendered and parsed that could be before."""
    was, now = Counter(map(_key, before)), Counter(map(_key, after))
    if any(now[key] > was[key] - count for key, count in Counter(map(_key, repaired)).items()):
        return False
    broken = {d.node: _stage(d) for d in sorted(filter(_stage, before), key=_stage, reverse=True)}
    return all(now[_key(d)] <= was[_key(d)] or 0 < broken.get(d.node, 0) <= _stage(d) for d in after if _stage(d))


def _stage(diagnostic: Diagnostic) -> int:
    """1 where a text can't be rendered, 2 where it can't be parsed, else 0; the first such error of a file hides the next."""
    return int(diagnostic.code[2]) if diagnostic.is_error and diagnostic.code.startswith(("FS1", "FS2")) else 0


def edited(texts: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """The texts of the files that these edits (which do not overlap) change."""
    changed: dict[str, str] = {}
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end), reverse=True):
        text = changed.get(edit.span.file, texts[edit.span.file])
        changed[edit.span.file] = text[:edit.span.start] + edit.text + text[edit.span.end:]
    return changed


def with_texts(project: Project, texts: Mapping[str, str]) -> Project:
    """The project with other texts of some of its SQL files and macros."""
    return replace(
        project, texts={**project.texts, **texts},
        files=tuple(replace(f, text=texts[f.path]) if f.path in texts else f for f in project.files),
        macros=tuple(replace(m, text=texts[m.path]) if m.path in texts else m for m in project.macros))
