"""Lets a gateway that has just started load its planner while its task manager, Kafka and the caller are not ready yet.

The first statement of a gateway takes seconds, nearly all of them for loading classes. A gateway answers about two seconds
before the task manager has registered, on a machine with two cores as well, and would do nothing until then.
"""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Thread

from flinksql_runner.diagnostics import Failure
from flinksql_runner.flink.errors import GatewayGone
from flinksql_runner.flink.gateway import Gateway, Session

_PATIENCE = 30.0  # seconds
_AGAIN = 0.1
_STATEMENTS = (
    "CREATE TEMPORARY TABLE t (k INT, v STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen')",
    "EXPLAIN SELECT k, COUNT(*), MAX(JSON_VALUE(v, '$.a')) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS n"
    " FROM t) WHERE n = 1 GROUP BY k",
)


def warm_up(url: str) -> Thread:
    """Begins to plan a small query on the gateway at ``url`` once it answers; what goes wrong there is nobody's business.

    The thread that is returned need not be awaited: an exit of this process lets the gateway go on alone.
    """
    thread = Thread(target=_plan, args=(url,), name="warm-up", daemon=True)
    thread.start()
    return thread


def _plan(url: str) -> None:
    with suppress(Failure):
        session = _opened(url)
        if session is not None:
            with session:
                for statement in _STATEMENTS:
                    session.run(statement)


def _opened(url: str) -> Session | None:
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        try:
            return Gateway(url).open()
        except GatewayGone:
            time.sleep(_AGAIN)
    return None
