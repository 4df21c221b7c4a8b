"""Shows on a real Flink that what lint rules warn of does harm, and that the repair does not: ``make lint-proofs``.

Each file ``FS<code>.yml`` tells what is claimed and how it is shown (``kind``):

- ``state``: the state of the job ``harm`` grows with the rows that it reads, that of ``repair`` does not
- ``rows``: the two queries end with the rows of ``harm_rows`` and ``repair_rows``
- ``written``: the two INSERTs end, and their tables then hold these rows
- ``changes``: the queries end after more changes than ``harm_above``, and at most ``repair_below``
- ``plan``: the plans hold (``harm_has``, ``repair_has``) and lack (``harm_lacks``, ``repair_lacks``) some words,
  or hold them so often (``harm_counts``, ``repair_counts``)
- ``refused``: Flink refuses ``harm`` with the words of ``says``, and takes ``repair``
- ``fails``: the job ``harm`` fails with the words of ``says``, while ``repair`` gives rows
- ``silent``: ``harm`` gives no row, while ``repair`` gives some

What was seen is written to ``results.json`` (facts, no timings).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from stage import Stage, statements, table_of

from flinksql_runner.flink.errors import SqlError
from flinksql_runner.flink.gateway import Session
from flinksql_runner.services.control import down

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
Proof = Mapping[str, Any]
Seen = dict[str, Any]
FIRST = 4_000  # rows read until the first look at the state


def state(stage: Stage, proof: Proof) -> Seen:
    """Looks at the state after some rows, and again after three times as many more."""
    grown = {}
    for side in ("harm", "repair"):
        with stage.session(proof) as session:
            job = _start(session, stage.placed(proof[side]), proof.get(f"{side}_settings", {}))
            stage.until(lambda job=job: stage.read(job) >= FIRST, f"the first rows of {side}")
            early = stage.state_size(job)
            seen = stage.read(job)
            stage.until(lambda job=job, seen=seen: stage.read(job) >= 4 * seen, f"four times the rows of {side}")
            late = stage.state_size(job)
            stage.rest.cancel(job)
            grown[side] = late > 2 * early
    return {"state_grows": grown, "holds": grown == {"harm": True, "repair": False}}


def rows(stage: Stage, proof: Proof) -> Seen:
    """Runs both queries to their end."""
    seen: Seen = {}
    for side in ("harm", "repair"):
        with stage.session(proof) as session, session.execute(stage.placed(proof[side])) as result:
            seen[side] = [list(r) for r in table_of(result)]
    wanted = {side: sorted([list(r) for r in proof[f"{side}_rows"]], key=lambda r: str(tuple(r))) for side in seen}
    return {"rows": seen, "holds": seen == wanted}


def written(stage: Stage, proof: Proof) -> Seen:
    """Runs both INSERTs to their end and reads what they wrote."""
    seen: Seen = {}
    for side in ("harm", "repair"):
        with stage.session(proof) as session:
            job = _start(session, stage.placed(proof[side]), {})
            stage.until(lambda job=job: (d := stage.rest.job(job)) is not None and d.state == "FINISHED", f"the end of {side}")
            with session.execute(stage.placed(proof[f"{side}_read"])) as result:
                seen[side] = [list(r) for r in table_of(result)]
    return {"rows": seen, "holds": seen == {side: proof[f"{side}_rows"] for side in seen}}


def changes(stage: Stage, proof: Proof) -> Seen:
    """Counts the changes of both queries."""
    counts = {}
    for side in ("harm", "repair"):
        with stage.session(proof) as session, session.execute(stage.placed(proof[side])) as result:
            counts[side] = sum(1 for _ in result.rows)
    return {"changes": counts, "holds": counts["harm"] > proof["harm_above"] and counts["repair"] <= proof["repair_below"]}


def plan(stage: Stage, proof: Proof) -> Seen:
    """Compares the plans."""
    facts: dict[str, bool] = {}
    for side in ("harm", "repair"):
        with stage.session({**proof, "settings": {**proof.get("settings", {}), **proof.get(f"{side}_settings", {})}}) as session:
            text = str(session.run(f"EXPLAIN {stage.placed(proof[side])}")[0].values[0])
        text = text.partition("== Optimized Execution Plan ==")[2]
        facts |= {f"{side} has {word}": word in text for word in proof.get(f"{side}_has", ())}
        counts = proof.get(f"{side}_counts", {})
        facts |= {f"{side} has {n} times {word}": text.count(word) == n for word, n in counts.items()}
        facts |= {f"{side} lacks {word}": word not in text for word in proof.get(f"{side}_lacks", ())}
    return {"plan": facts, "holds": all(facts.values())}


def refused(stage: Stage, proof: Proof) -> Seen:
    """Asks the planner."""
    said = ""
    with stage.session(proof) as session:
        try:
            session.run(f"EXPLAIN {stage.placed(proof['harm'])}")
        except SqlError as error:
            said = str(error)
        session.run(f"EXPLAIN {stage.placed(proof['repair'])}")
    return {"refused": proof["says"] if proof["says"] in said else said[:200], "holds": proof["says"] in said}


def fails(stage: Stage, proof: Proof) -> Seen:
    """Waits for the failure of the one job, and for a row of the other."""
    with stage.session(proof) as session:
        job = _start(session, stage.placed(proof["harm"]), {})
        said = stage.until(lambda: stage.failure(job), "the failure")
        stage.rest.cancel(job)
        got = bool(_first_rows(session, stage.placed(proof["repair"]), 1, [])) if "repair" in proof else True
    return {"fails": proof["says"] if proof["says"] in said else said[:300], "repair_gives_rows": got,
            "holds": proof["says"] in said and got}


def silent(stage: Stage, proof: Proof) -> Seen:
    """Starts ``harm`` first, waits for rows of ``repair``, and looks whether ``harm`` has given any by then."""
    with stage.session(proof) as one, stage.session({k: v for k, v in proof.items() if k not in ("topics", "files")}
                                                    | {"topics": {}}) as two:
        heard: list[Any] = []
        result = one.execute(stage.placed(proof["harm"]))
        reader = threading.Thread(target=lambda: heard.extend(result.rows_until(time.monotonic() + 60)), daemon=True)
        reader.start()
        job = result.job_id
        assert job is not None
        stage.until(lambda: stage.read(job) >= proof["read"], "the rows of harm")
        got = _first_rows(two, stage.placed(proof["repair"]), 1, [])
        result.cancel()
        reader.join()
    return {"rows_of_harm": len(heard), "repair_gives_rows": bool(got), "holds": not heard and bool(got)}


def _first_rows(session: Session, sql: str, count: int, found: list[Any]) -> list[Any]:
    with session.execute(sql) as result:
        for row in result.rows_until(time.monotonic() + 60):
            found.append(row)
            if len(found) >= count:
                break
        result.cancel()
    return found


def _start(session: Session, insert: str, settings: Mapping[str, str]) -> str:
    for key, value in settings.items():
        session.run(f"SET '{key}' = '{value}'")
    inserts = statements(insert)
    text = inserts[0] if len(inserts) == 1 else "EXECUTE STATEMENT SET BEGIN " + "; ".join(inserts) + "; END"
    with session.execute(text) as result:
        list(result.rows)
        assert result.job_id is not None
        return result.job_id


KINDS: Mapping[str, Callable[[Stage, Proof], Seen]] = {
    "state": state, "rows": rows, "written": written, "changes": changes, "plan": plan, "refused": refused, "fails": fails,
    "silent": silent,
}


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
                if chosen and path.stem not in chosen:
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
