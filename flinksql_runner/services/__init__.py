"""Local processes: Flink, SQL Gateway, Kafka, PostgreSQL."""
