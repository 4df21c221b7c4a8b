"""The plugin for pytest: SQL unit tests as its items, and the fixture ``flinksql`` for tests written in Python."""
