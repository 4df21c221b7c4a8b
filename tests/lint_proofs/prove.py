"""Shows on a real Flink that what lint rules warn of does harm, and that the repair does not: ``make lint-proofs``.

Each file ``FS<code>.yml`` (a second one ``FS<code>-<what>.yml``) tells what is claimed and how it is shown (``kind``):

- ``state``: the state of the job ``harm`` grows with the rows that it reads, that of ``repair`` does not
- ``rows``: the two queries end with the rows of ``harm_rows`` and ``repair_rows``
- ``written``: the two INSERTs end (``ends: FAILED``: after a failure), and their tables then hold these rows
- ``runs``: of several runs over the same rows those of ``harm`` write different tables, those of ``repair`` do not
- ``changes``: the queries end after more changes than ``harm_above``, and at most ``repair_below``
- ``plan``: the plans hold (``harm_has``, ``repair_has``) and lack (``harm_lacks``, ``repair_lacks``) some words,
  or hold them so often (``harm_counts``, ``repair_counts``)
- ``refused``: Flink refuses ``harm`` with the words of ``says``, and takes ``repair``
- ``fails``: the job ``harm`` fails with the words of ``says``, while ``repair`` gives rows
- ``silent``: ``harm`` gives no row, while ``repair`` gives some
- ``slower``: the job ``harm`` takes at least so many ``times`` as long as ``repair``
- ``committed``: behind a checkpoint the broker knows how far the group of ``repair`` is, and nothing of ``harm``
- ``transactions``: the checkpoint comes when the broker has given up the transaction of ``harm``: these rows are committed then
- ``unseen``: a row of the database changes; ``repair`` tells the new value, ``harm`` the old one for as long

What was seen is written to ``results.json`` (facts, no timings).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import brokers
import jobs
import queries
import yaml
from stage import Proof, Seen, Stage

from flinksql_runner.flink.errors import SqlError
from flinksql_runner.services.control import down

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"


KINDS: Mapping[str, Callable[[Stage, Proof], Seen]] = {kind.__name__: kind for kind in (
    jobs.state, jobs.fails, jobs.silent, jobs.slower, queries.rows, queries.written, queries.runs, queries.changes, queries.plan,
    queries.refused, brokers.committed, brokers.transactions, brokers.unseen)}


def main() -> int:
    """Runs the proofs, all or those of some codes; 1 where one does not hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("codes", nargs="*")
    chosen = options.parse_args().codes
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="flinksql-proofs-") as folder:
        stage = Stage(Path(folder))
        try:
            for path in sorted(FOLDER.glob("FS*.yml")):
                if chosen and path.stem.partition("-")[0] not in chosen:
                    continue
                proof = yaml.safe_load(path.read_text(encoding="utf-8"))
                try:
                    seen = KINDS[proof["kind"]](stage, proof)
                except (SqlError, TimeoutError) as failed:
                    seen = {"failed": str(failed)[:300], "holds": False}
                results[path.stem] = {"claim": proof["claim"], "kind": proof["kind"], **seen}
                wrong += not seen["holds"]
                print(path.stem, "holds" if seen["holds"] else f"DOES NOT HOLD: {seen}", file=sys.stderr)
        finally:
            down(stage.root)
    text = json.dumps(dict(sorted(results.items())), indent=1, ensure_ascii=False, default=str)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
