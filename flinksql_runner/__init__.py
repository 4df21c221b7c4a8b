"""Declarative streaming SQL for Apache Flink: lint, compile, check, run and upgrade a folder of SQL files."""

__version__ = "0.1.0"
