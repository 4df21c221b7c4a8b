from __future__ import annotations

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

pytestmark = pytest.mark.kafka


def test_round_trip(kafka, topic):
    """What goes in comes out: in order, with keys, once, through a consumer group."""
    producer = KafkaProducer(bootstrap_servers=kafka.servers, acks="all")
    for number in range(500):
        producer.send(topic, key=b"k", value=str(number).encode())
    producer.flush(30)
    producer.close()
    consumer = KafkaConsumer(
        topic, bootstrap_servers=kafka.servers, group_id=f"{topic}-group", auto_offset_reset="earliest",
        consumer_timeout_ms=20_000)
    got = [(r.key, int(r.value)) for _, r in zip(range(500), consumer, strict=False)]
    consumer.close()
    assert got == [(b"k", number) for number in range(500)]


def test_topics_have_the_partitions_that_were_asked_for(kafka, topic):
    admin = KafkaAdminClient(bootstrap_servers=kafka.servers)
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    admin.close()
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers)
    assert consumer.partitions_for_topic(topic) == {0, 1, 2}
    consumer.close()
