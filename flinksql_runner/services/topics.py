"""Topics in the Kafka of the project's own services: a job that reads one fails while it is not there."""

from __future__ import annotations

from collections.abc import Collection

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from flinksql_runner.diagnostics import Failure

_PATIENCE_MS = 10_000
_BROKERS_DEFAULT = -1


def make_topics(servers: str, names: Collection[str]) -> tuple[str, ...]:
    """Makes those topics that are not there, with the broker's defaults; returns their names.

    :param servers: ``host:port``, several by commas.
    :raises Failure: where Kafka does not answer, or refuses a name.
    """
    try:
        admin = KafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=_PATIENCE_MS)
        try:
            missing = sorted(set(names) - set(admin.list_topics()))
            for name in missing:
                try:
                    admin.create_topics([NewTopic(name, _BROKERS_DEFAULT, _BROKERS_DEFAULT)])
                except TopicAlreadyExistsError:
                    continue  # another command was faster
        finally:
            admin.close()
    except KafkaError as problem:
        raise Failure(f"the topics {', '.join(sorted(names))} can't be made: {problem}") from None
    return tuple(missing)
