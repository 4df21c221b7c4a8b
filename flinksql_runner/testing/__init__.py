"""SQL unit tests: YAML files in dbt's shape, run by a real Flink in streaming mode with event time under control."""
