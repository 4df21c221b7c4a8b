from __future__ import annotations

import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient, NewTopic

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.topics import make_topics

pytestmark = pytest.mark.kafka


def test_those_that_are_missing_are_made(kafka, topic):
    admin = KafkaAdminClient(bootstrap_servers=kafka.servers)
    admin.create_topics([NewTopic(topic, 3, 1)])
    admin.close()
    other = f"{topic}-other"
    assert make_topics(kafka.servers, [other, topic]) == (other,)
    assert make_topics(kafka.servers, [other, topic]) == ()
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers)
    partitions = {name: len(consumer.partitions_for_topic(name)) for name in (topic, other)}
    consumer.close()
    assert partitions == {topic: 3, other: 1}


def test_a_name_that_kafka_refuses_is_told(kafka):
    with pytest.raises(Failure, match="no name/for a topic"):
        make_topics(kafka.servers, ["no name/for a topic"])
