"""The analyser held against Flink's own planner: sound SQL, and sound SQL broken on purpose."""
