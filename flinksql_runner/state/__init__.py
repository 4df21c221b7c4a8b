"""Releases of jobs: what ran, from which plan, resumable from which savepoint."""
