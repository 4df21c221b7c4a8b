"""Flink's planner: check, explain, compiled plans; its errors led back to the template."""
