"""Rules about SQL that Flink takes and that misbehaves: hazards of streams, waste, what nothing uses."""
