"""The analyser held against Flink's planner, on sound SQL and on sound SQL broken on purpose; writes docs/analysis.md.

    python bench/analysis.py [--corpus FILE] [--only sound|broken] [--seed N] [--of-kind N] [--no-page]

Needs a JDK beside the setup of this folder. The planner's answers are kept in the user's cache, so a second run asks for new
statements only.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle.planner import flink_version  # noqa: E402
from oracle.verdicts import answers  # noqa: E402
from truth.judge import compare, said  # noqa: E402
from truth.mutations import Mutant, mutants  # noqa: E402
from truth.report import MENDED, Broken, Sound, page  # noqa: E402
from truth.samples import Sample  # noqa: E402
from truth.sources import of_corpus, of_project  # noqa: E402

CORPUS = ROOT / ".." / "shared" / "corpus" / "flink-sql.jsonl"
PROJECTS = (ROOT, ROOT / "tests" / "semantics", ROOT / "flinksql_runner" / "project" / "starter")
# refusals that come from the connector that stands for all others: it has no vectors and no buckets
OF_THE_ORACLE = ("AnyConnector", "distributed into buckets")
PAGE = ROOT / "docs" / "analysis.md"
GRID = ROOT / "tests" / "unit" / "builtin" / "agreement.json"


def samples(corpus: Path) -> list[Sample]:
    """All sound statements, each text over the same tables once."""
    found = [sample for project in PROJECTS for sample in of_project(project)]
    if corpus.is_file():
        found += of_corpus(corpus)
    once: dict[tuple[object, ...], Sample] = {}
    for sample in found:
        once.setdefault((sample.kind, sample.sql, tuple(sample.tables.items()), sample.sink), sample)
    return list(once.values())


def sound(found: list[Sample]) -> tuple[Sound, list[Sample]]:
    """What the analyser says of sound statements; and those that the planner accepts."""
    result, accepted = Sound(), []
    for sample, answer in zip(found, answers([sample.request() for sample in found]), strict=True):
        if not answer["ok"] and (answer["stage"] == "ddl" or any(text in answer["error"] for text in OF_THE_ORACLE)):
            result.undeclared += 1
            continue
        verdict = said(sample)
        if not answer["ok"]:
            result.refused.append((sample.origin, answer["error"], bool(verdict.errors)))
            continue
        accepted.append(sample)
        result.accepted += 1
        if verdict.errors:
            result.false.append((sample.origin, *verdict.errors[0]))
        if sample.kind == "select":
            for word, names in compare(answer["columns"], verdict).items():
                result.columns[word] += len(names)
                if word == "other":
                    result.other += [(sample.origin, name) for name in names]
    return result, accepted


def broken(accepted: list[Sample], seed: int, of_kind: int) -> Broken:
    """What the analyser says of mutants, ``of_kind`` of each kind at most."""
    chosen = random.Random(seed)
    kinds: dict[str, list[Mutant]] = {}
    for sample in accepted:
        for mutant in mutants(sample, chosen):
            kinds.setdefault(mutant.kind, []).append(mutant)
    drawn = [m for all_ in kinds.values() for m in (chosen.sample(all_, of_kind) if len(all_) > of_kind else all_)]
    result = Broken()
    for mutant, answer in zip(drawn, answers([mutant.sample.request() for mutant in drawn]), strict=True):
        verdict = said(mutant.sample)
        result.add(mutant, answer, verdict.errors)
    return result


def main() -> int:
    """Asks both, prints and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--only", choices=("sound", "broken"))
    parser.add_argument("--seed", type=int, default=MENDED + 1)
    parser.add_argument("--of-kind", type=int, default=50)
    parser.add_argument("--no-page", action="store_true")
    options = parser.parse_args()
    found = samples(options.corpus)
    whole, accepted = sound(found)
    print(whole.told(), flush=True)
    if options.only == "sound":
        return 0
    rest = broken(accepted, options.seed, options.of_kind)
    print(rest.told())
    if not options.no_page:
        grid = json.loads(GRID.read_text(encoding="utf-8"))
        PAGE.write_text(page(flink_version(), options.seed, whole, rest, grid), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
