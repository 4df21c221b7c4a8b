"""The only door to Flink: SQL Gateway and REST API over HTTP."""
