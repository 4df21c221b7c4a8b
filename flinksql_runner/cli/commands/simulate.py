"""``flinksql simulate``: events to Kafka or to files."""

from __future__ import annotations

from flinksql_runner.cli.subverbs import Subverbs

command = Subverbs({
    "vehicles": ("flinksql_runner.cli.simulate_vehicles", "OBD-II records of cars, with faults that build up."),
    "api_logs": ("flinksql_runner.cli.simulate_api_logs", "Access logs of a web API, with attacks."),
}, name="simulate", help="Make events: to Kafka or to files. The same seed gives the same ones.")
