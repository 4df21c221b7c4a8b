"""``flinksql demo``: whole demos, measured."""

from __future__ import annotations

from flinksql_runner.cli.subverbs import Subverbs

command = Subverbs({
    "vehicles": ("flinksql_runner.cli.demo_vehicles", "Cars, a scoring model, PostgreSQL and an archive."),
    "api_logs": ("flinksql_runner.cli.demo_api_logs", "Access logs, a log shipper, attacks, PostgreSQL and an archive."),
}, name="demo", help="Run a whole demo, count everything at both ends, and say whether anything was lost or doubled.")
