"""Proofs by what jobs do while they run."""

from __future__ import annotations

import threading
import time
from typing import Any

from stage import Proof, Seen, Stage, filled, start

from flinksql_runner.flink.gateway import Session

FIRST = 4_000  # rows read until the first look at the state


def state(stage: Stage, proof: Proof) -> Seen:
    """Looks at the state after some rows, and again after three times as many more."""
    grown = {}
    for side in ("harm", "repair"):
        with stage.session(proof) as session:
            job = start(session, stage.placed(proof[side]), proof.get(f"{side}_settings", {}))
            stage.until(lambda job=job: stage.read(job) >= FIRST, f"the first rows of {side}")
            early = stage.checkpoint(job)
            seen = stage.read(job)
            stage.until(lambda job=job, seen=seen: stage.read(job) >= 4 * seen, f"four times the rows of {side}")
            late = stage.checkpoint(job)
            stage.rest.cancel(job)
            grown[side] = late > 2 * early
    return {"state_grows": grown, "holds": grown == {"harm": True, "repair": False}}


def fails(stage: Stage, proof: Proof) -> Seen:
    """Waits for the failure of the one job, and for a row of the other."""
    with stage.session(proof) as session:
        job = start(session, stage.placed(proof["harm"]), {})
        said = stage.until(lambda: stage.failure(job), "the failure")
        stage.rest.cancel(job)
        got = bool(_first_rows(session, stage.placed(proof["repair"]), 1, [])) if "repair" in proof else True
    return {"fails": proof["says"] if proof["says"] in said else said[:300], "repair_gives_rows": got,
            "holds": proof["says"] in said and got}


def silent(stage: Stage, proof: Proof) -> Seen:
    """Starts ``harm`` first, waits for rows of ``repair``, and looks whether ``harm`` has given any by then."""
    with stage.session(proof) as one, stage.session(filled(proof)) as two:
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


def slower(stage: Stage, proof: Proof) -> Seen:
    """Runs both jobs over few rows and over many; what the many take longer is free of what a start takes."""
    took = {"harm": 0, "repair": 0}
    with stage.session(proof) as session:
        # the first run starts the workers of Python and counts for nothing
        for side, rows, sign in (("harm", "few", 0), ("harm", "few", -1), ("repair", "few", -1), ("repair", "many", 1),
                                 ("harm", "many", 1)):
            job = start(session, stage.placed(proof[side]).replace("${ROWS}", rows))
            stage.end(job)
            took[side] += sign * stage.run_ms(job)
    slow = took["harm"] > proof["times"] * took["repair"]
    return {"at_least_times": proof["times"] if slow else took["harm"] / took["repair"], "holds": slow}
