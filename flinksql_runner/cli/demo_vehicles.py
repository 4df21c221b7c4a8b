"""``flinksql demo vehicles``: a whole demo, measured."""

from __future__ import annotations

from dataclasses import replace

import click

from flinksql_runner.cli.demo_beside import DemoBeside
from flinksql_runner.cli.demo_progress import DemoLine
from flinksql_runner.cli.demo_running import latencies, moment_of, rows_of_sinks, run_demo, share
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import output_option
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.demo.places import new_run, variables
from flinksql_runner.demo.values import DemoResult, DemoSpec
from flinksql_runner.demo.vehicles import JOB, run_vehicles
from flinksql_runner.pipeline import build


@verb("vehicles")
@click.option("--cars", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="How many cars drive.")
@click.option("--duration", type=click.FloatRange(3, 86_400), default=60.0, show_default=True, metavar="SECONDS",
              help="How long they send records.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed drives the same way.")
@click.option("--restart-at", type=click.FloatRange(0), metavar="SECONDS",
              help="When to stop the job with a savepoint and resume it; by default in the middle.")
@click.option("--no-restart", is_flag=True, help="Let the job run through.")
@click.option("--time-scale", type=click.FloatRange(0.1, 100), metavar="N",
              help="Seconds of driving in one second; by default ten minutes of driving are shown, at most 20.")
@click.option("--keep", is_flag=True,
              help="Let it go on afterwards: services, job, cars and the page; `flinksql down` ends them.")
@output_option
def command(
    options: Globals, cars: int, duration: float, seed: int, restart_at: float | None, no_restart: bool,
    time_scale: float | None, keep: bool, output: str,
) -> int:
    """Run the demo `vehicles`: simulated cars, Kafka, Flink with a scoring model, PostgreSQL and an archive.

    It starts what it needs, counts everything at both ends, and says whether anything was lost or doubled (exit code 1).
    Topic, tables and archive are this run's own. A page shows it as it runs: its address is printed.
    """
    moment = moment_of("--restart-at", restart_at, "--no-restart", no_restart, duration, 2)
    run = new_run()
    options = replace(options, vars={**options.vars, **variables(run)})
    project = open_project(options)
    beside = DemoBeside(options, project, JOB)
    spec = DemoSpec(cars, duration, seed, moment, time_scale, keep)

    def measured(line: DemoLine) -> DemoResult:
        return run_vehicles(build(project, [JOB]), run, spec, line, beside.page, beside.cars)

    return run_demo(options, project, output, measured, _rows, JOB)


def _rows(result: DemoResult) -> list[tuple[str, str]]:
    faults = result.faults
    sign = "" if not result.mistakes else "  <- does not balance"
    rows: list[tuple[str, str]] = [
        ("records sent", f"{result.produced:,}, and {result.duplicates:,} of them twice"),
        ("archived", f"{result.archived:,}"),
        ("scored", f"{result.scored:,}, {result.late:,} of them late{sign}"),
        ("malformed messages", f"{result.malformed:,} sent, {result.dead_letter:,} dead letters"),
        ("faults", f"{faults.injected} injected, {faults.found} found (recall {share(faults.recall)})"),
        ("alerts", f"{faults.alerts}, {faults.right} of them right (precision {share(faults.precision)})"),
        ("latency, event sent to row visible", latencies(result.latency_ms)),
    ]
    if result.restarted:
        rows.append(("  without the restart's records", latencies(result.latency_ms_undisturbed)))
        rows.append(("restart from savepoint", f"{result.seconds.get('restart', 0):.1f} s"))
    rows.append(("records per second", f"{result.records_per_second:,.0f}"))
    return rows + rows_of_sinks(result.sinks)
