"""Simulated OBD-II telemetry of cars, with labelled faults."""
