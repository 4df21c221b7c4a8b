"""Messages to Kafka by librdkafka: acknowledged by all replicas, in order, no message twice within one run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from flinksql_runner.diagnostics import Failure

_SETTINGS: Mapping[str, Any] = {
    "acks": "all", "enable.idempotence": True, "linger.ms": 20, "batch.size": 1 << 20, "compression.type": "lz4",
    "queue.buffering.max.messages": 500_000, "queue.buffering.max.kbytes": 1 << 17, "message.max.bytes": 1_000_000,
    "message.timeout.ms": 0,  # a broker that is away is waited for, however long
}
_QUIET = logging.Logger("librdkafka", logging.CRITICAL)  # what matters of it comes as an error, and is told
_TELL_AFTER = 5.0   # seconds without an answer
_WAIT = 1.0


class Sender:
    """Sends batches to one topic.

    :param settings: librdkafka's, over those of ours: addresses, encryption, passwords.
    :param tell: is told when Kafka is away and when it is back.
    :param is_stopped: whether nobody waits for an answer any more.
    """

    def __init__(
        self, topic: str, settings: Mapping[str, str], tell: Callable[[str], None], is_stopped: Callable[[], bool],
    ) -> None:
        self._topic, self._tell, self._is_stopped = topic, tell, is_stopped
        self._failed: KafkaError | None = None
        self._last = ""
        try:
            self._producer = Producer({**_SETTINGS, **settings, "error_cb": self._error, "on_delivery": self._delivered},
                                      logger=_QUIET)
        except KafkaException as problem:
            raise Failure(f"Kafka's client refuses its settings: {problem.args[0].str()}.") from None

    def send(self, messages: Iterable[tuple[bytes, bytes]]) -> bool:
        """Sends keys and values, and returns True when all of them are acknowledged, however long that takes.

        False where it was stopped before that: some may have arrived, and all have to be sent again.

        :raises Failure: where the broker refuses one for good (no such topic, not allowed, too large).
        """
        for key, value in messages:
            while True:
                try:
                    self._producer.produce(self._topic, value, key)
                    break
                except BufferError:
                    if self._is_stopped():
                        return self._dropped()
                    self._producer.poll(_WAIT)
        began, is_told = time.monotonic(), False
        while self._producer.flush(_WAIT) and self._failed is None:
            if self._is_stopped():
                return self._dropped()
            if not is_told and time.monotonic() - began > _TELL_AFTER:
                is_told = True
                self._tell(f"Kafka does not answer{self._last}; waiting, nothing is lost")
        if self._failed is not None:
            raise Failure(f"Kafka does not take messages for the topic {self._topic}: {self._failed.str()}.")
        if is_told:
            self._tell("Kafka answers again")
        return True

    def _dropped(self) -> bool:
        """Lets go what waits to be sent, or the end of the process would wait for it."""
        self._producer.purge()
        self._producer.flush(_WAIT)
        return False

    def _delivered(self, problem: KafkaError | None, message: Message) -> None:
        if problem is not None and problem.code() not in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT):
            self._failed = problem

    def _error(self, problem: KafkaError) -> None:
        self._last = f" ({problem.str()})"
        if problem.fatal():
            self._failed = problem
