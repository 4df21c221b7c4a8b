"""Proofs by what queries give, and by what the planner says of them."""

from __future__ import annotations

from stage import Proof, Seen, Stage, filled, start, statements, table_of

from flinksql_runner.flink.errors import SqlError


def rows(stage: Stage, proof: Proof) -> Seen:
    """Runs both queries to their end."""
    seen: Seen = {}
    for side in ("harm", "repair"):
        with stage.session(proof) as session, session.execute(stage.placed(proof[side])) as result:
            seen[side] = [list(r) for r in table_of(result)]
    wanted = {side: sorted([list(r) for r in proof[f"{side}_rows"]], key=lambda r: str(tuple(r))) for side in seen}
    return {"rows": seen, "holds": seen == wanted}


def written(stage: Stage, proof: Proof) -> Seen:
    """Runs both INSERTs to their end (a failure where ``ends`` says so), and reads what they wrote."""
    seen: Seen = {}
    for side in ("harm", "repair"):
        with stage.session(proof if side == "harm" else filled(proof)) as session:
            stage.end(start(session, stage.placed(proof[side]), proof.get("job_settings")), proof.get("ends", "FINISHED"))
            with session.execute(stage.placed(proof[f"{side}_read"])) as result:
                seen[side] = [list(r) for r in table_of(result)]
    return {"rows": seen, "holds": seen == {side: proof[f"{side}_rows"] for side in seen}}


def runs(stage: Stage, proof: Proof) -> Seen:
    """Runs both INSERTs several times over the same rows, and looks whether their tables are the same each time."""
    seen: dict[str, bool] = {}
    with stage.session(proof) as session:
        for side in ("harm", "repair"):
            tables = set()
            for _ in range(proof["times"]):
                for statement in statements(proof["before_each"]):
                    stage.in_database(statement)
                stage.end(start(session, stage.placed(proof[side])))
                with session.execute(stage.placed(proof["read"])) as result:
                    tables.add(tuple(table_of(result)))
            seen[side] = len(tables) > 1
    return {"runs_differ": seen, "holds": seen == {"harm": True, "repair": False}}


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
