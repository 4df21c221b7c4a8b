"""Proofs by what the broker and the database hold beside a running job."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from stage import Proof, Seen, Stage, filled, start, table_of


def committed(stage: Stage, proof: Proof) -> Seen:
    """Lets both jobs read a topic and make a checkpoint, and asks the broker how far their groups are."""
    with stage.session(proof) as session:
        for side in ("harm", "repair"):
            job = start(session, stage.placed(proof[side]))
            stage.until(lambda job=job: stage.read(job) >= proof["read"], f"the rows of {side}")
            stage.checkpoint(job)
        # offsets are committed behind the checkpoint: those of the second job tell that the first had its time
        stage.until(lambda: offsets(stage, proof["repair_topic"]), "offsets of the repair's group")
        seen = {side: offsets(stage, proof[f"{side}_topic"]) for side in ("harm", "repair")}
        for row in stage.rest.jobs():
            if not row.has_ended:
                stage.rest.cancel(row.job_id)
    return {"committed": seen, "holds": seen == {"harm": [], "repair": [proof["read"]]}}


def offsets(stage: Stage, topic: str) -> list[int]:
    """The offsets that all groups of the broker have committed of a topic."""
    admin = KafkaAdminClient(bootstrap_servers=stage.servers)
    try:
        groups = [g["group_id"] for g in admin.list_groups()]
        found = [admin.list_group_offsets(group) for group in groups]
    finally:
        admin.close()
    return [o.offset for by_group in found for of_group in by_group.values() for p, o in of_group.items() if p.topic == topic]


def end_of(stage: Stage, topic: str) -> int:
    """Where the topic's only partition ends: its rows, and a mark for each transaction that was committed or aborted."""
    consumer = KafkaConsumer(bootstrap_servers=stage.servers)
    try:
        partition = TopicPartition(topic, 0)
        return int(consumer.end_offsets([partition])[partition])
    finally:
        consumer.close()


def transactions(stage: Stage, proof: Proof) -> Seen:
    """Makes a checkpoint of both jobs when the broker has ended the transaction of ``harm``, and reads what is committed."""
    seen: Seen = {}
    with stage.session(proof) as session:
        jobs = {side: start(session, stage.placed(proof[side])) for side in ("harm", "repair")}
        for side in jobs:
            stage.until(lambda side=side: end_of(stage, proof[f"{side}_topic"]) >= proof["read"], f"the rows of {side}")
        stage.until(lambda: end_of(stage, proof["harm_topic"]) > proof["read"], "the broker's end of the transaction")
        for job in jobs.values():
            stage.checkpoint(job)
        stage.until(lambda: end_of(stage, proof["repair_topic"]) > proof["read"], "the commit of the repair")
        for side, job in jobs.items():
            stage.rest.cancel(job)
            with session.execute(stage.placed(proof[f"{side}_read"])) as result:
                seen[side] = [list(r) for r in table_of(result)]
    return {"rows": seen, "holds": seen == {side: proof[f"{side}_rows"] for side in seen}}


def unseen(stage: Stage, proof: Proof) -> Seen:
    """Changes a row in the database, and asks both queries until ``repair`` tells the new value; what has ``harm`` told?"""
    told: dict[str, list[Any]] = {"harm": [], "repair": []}
    sent = 1
    with stage.session(proof) as one, stage.session(filled(proof)) as two:
        results = {side: session.execute(stage.placed(proof[side])) for side, session in (("harm", one), ("repair", two))}
        readers = [threading.Thread(target=_listen, args=(results[side], told[side]), daemon=True) for side in told]
        for reader in readers:
            reader.start()
        stage.until(lambda: all(told.values()), "the first row of both")
        stage.in_database(proof["change"])
        new = proof["new"]
        producer = KafkaProducer(bootstrap_servers=stage.servers)

        def asked() -> bool:
            nonlocal sent
            producer.send(proof["topic"], proof["ask"].encode()).get()
            sent += 1
            return new in told["repair"]

        stage.until(asked, "the new value")
        stage.until(lambda: len(told["harm"]) >= sent, "the rows of harm")
        producer.close()
        for result in results.values():
            result.cancel()
        for reader in readers:
            reader.join()
    seen = {side: _kinds(values) for side, values in told.items()}
    return {"told": seen, "holds": new not in seen["harm"] and new in seen["repair"]}


def _listen(result: Any, told: list[Any]) -> None:
    for row in result.rows_until(time.monotonic() + 120):
        told.append(row.values[0])


def _kinds(values: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(values))
