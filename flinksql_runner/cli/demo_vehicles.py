"""``flinksql demo vehicles``: a whole demo, measured."""

from __future__ import annotations

import signal
from dataclasses import replace

import click

from flinksql_runner.cli.demo_beside import DemoBeside
from flinksql_runner.cli.demo_progress import DemoLine
from flinksql_runner.cli.jobs import placed
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import message, output_option, print_json, print_table
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
    if restart_at is not None and restart_at >= duration:
        raise click.UsageError("--restart-at must be less than --duration")
    if no_restart and restart_at is not None:
        raise click.UsageError("--restart-at and --no-restart contradict each other")
    moment = None if no_restart else duration / 2 if restart_at is None else restart_at
    run = new_run()
    options = replace(options, vars={**options.vars, **variables(run)})
    project = open_project(options)
    beside = DemoBeside(options, project, JOB)
    line = DemoLine(is_quiet=options.quiet)
    spec = DemoSpec(cars, duration, seed, moment, time_scale, keep)
    signal.signal(signal.SIGTERM, signal.default_int_handler)     # `kill` ends it as Ctrl-C does: with everything it started
    with placed(project):
        try:
            result = run_vehicles(build(project, [JOB]), run, spec, line, beside.page, beside.cars)
        finally:
            line.close()
    if output == "json":
        print_json(result.to_json())
    else:
        _print(result, options)
    for mistake in result.mistakes:
        message(f"does not balance: {mistake}", options)
    return 1 if result.mistakes else 0


def _print(result: DemoResult, options: Globals) -> None:
    faults, all_of, calm = result.faults, result.latency_ms, result.latency_ms_undisturbed
    sign = "" if not result.mistakes else "  <- does not balance"
    rows: list[tuple[str, str]] = [
        ("records sent", f"{result.produced:,}, and {result.duplicates:,} of them twice"),
        ("archived", f"{result.archived:,}"),
        ("scored", f"{result.scored:,}, {result.late:,} of them late{sign}"),
        ("malformed messages", f"{result.malformed:,} sent, {result.dead_letter:,} dead letters"),
        ("faults", f"{faults.injected} injected, {faults.found} found (recall {_share(faults.recall)})"),
        ("alerts", f"{faults.alerts}, {faults.right} of them right (precision {_share(faults.precision)})"),
        ("latency, event sent to row visible", f"p50 {all_of['p50']} ms, p95 {all_of['p95']} ms, p99 {all_of['p99']} ms"),
    ]
    if result.restarted:
        rows.append(("  without the restart's records", f"p50 {calm['p50']} ms, p95 {calm['p95']} ms, p99 {calm['p99']} ms"))
        rows.append(("restart from savepoint", f"{result.seconds.get('restart', 0):.1f} s"))
    rows.append(("records per second", f"{result.records_per_second:,.0f}"))
    rows += [(f"rows in {sink}", f"{count:,}") for sink, count in result.sinks.items()]
    print_table(("vehicles", ""), rows, options)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
