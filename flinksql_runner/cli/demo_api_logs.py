"""``flinksql demo api_logs``: a whole demo, measured."""

from __future__ import annotations

from dataclasses import replace

import click

from flinksql_runner.cli.demo_beside import DemoBeside
from flinksql_runner.cli.demo_progress import DemoLine
from flinksql_runner.cli.demo_running import latencies, moment_of, rows_of_sinks, run_demo, share
from flinksql_runner.cli.geo_databases import geo_databases
from flinksql_runner.cli.opening import open_project
from flinksql_runner.cli.output import output_option
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.demo.api_logs import JOB, run_api_logs
from flinksql_runner.demo.api_logs_values import LogsResult, LogsSpec
from flinksql_runner.demo.places import new_run, variables
from flinksql_runner.pipeline import build
from flinksql_runner.simulate.api_logs.addresses import read_addresses


@verb("api_logs")
@click.option("--rate", type=click.FloatRange(1, 100_000), default=200.0, show_default=True, metavar="N",
              help="Lines a second, attacks not counted.")
@click.option("--duration", type=click.FloatRange(10, 86_400), default=60.0, show_default=True, metavar="SECONDS",
              help="How long servers log requests.")
@click.option("--attacks", type=click.FloatRange(0, 600), default=14.0, show_default=True, metavar="N",
              help="Attacks a minute, of seven kinds in turn, and each at least once; 0: none.")
@click.option("--http", type=click.FloatRange(0, 1000), default=3.0, show_default=True, metavar="N",
              help="Requests a second to the web API itself, on top; 0: none.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same lines.")
@click.option("--restart-at", type=click.FloatRange(0), metavar="SECONDS",
              help="When to stop the job with a savepoint and resume it; by default in the middle.")
@click.option("--no-restart", is_flag=True, help="Let the job run through.")
@click.option("--kill-collector-at", type=click.FloatRange(0), metavar="SECONDS",
              help="When to kill the collector (kill -9) and start it again; by default after a third.")
@click.option("--no-kill", is_flag=True, help="Let the collector run through.")
@click.option("--keep", is_flag=True,
              help="Let it go on afterwards: services, job, servers and the page; `flinksql down` ends them.")
@output_option
def command(
    options: Globals, rate: float, duration: float, attacks: float, http: float, seed: int, restart_at: float | None,
    no_restart: bool, kill_collector_at: float | None, no_kill: bool, keep: bool, output: str,
) -> int:
    """Run the demo `api_logs`: a web API, servers' log files, the log shipper, Kafka, Flink, PostgreSQL and an archive.

    It starts what it needs, counts everything at both ends, holds alerts against the attacks that were made, and says whether
    anything was lost or doubled (exit code 1). Topic, tables and archive are this run's own. A page with a world map shows it as
    it runs: its address is printed.
    """
    spec = LogsSpec(rate, duration, seed, attacks, moment_of("--restart-at", restart_at, "--no-restart", no_restart, duration, 2),
                    moment_of("--kill-collector-at", kill_collector_at, "--no-kill", no_kill, duration, 3), keep, http)
    run = new_run()
    options = replace(options, vars={**options.vars, **variables(run, JOB)})
    project = open_project(options)
    beside = DemoBeside(options, project, JOB)

    def measured(line: DemoLine) -> LogsResult:
        book = read_addresses(geo_databases(project), seed)
        return run_api_logs(build(project, [JOB]), run, spec, book, line, beside.page, beside)

    return run_demo(options, project, output, measured, _rows, JOB)


def _rows(result: LogsResult) -> list[tuple[str, str]]:
    attacks = result.all_attacks
    sign = "" if not result.mistakes else "  <- does not balance"
    rows: list[tuple[str, str]] = [
        ("requests logged", f"{result.produced:,}, and {result.duplicates:,} of them twice"),
        ("  of them by the web API", f"{result.answered:,} requests answered, {result.logged:,} logged"),
        ("lines sent again by the collector", f"{result.repeated:,}"),
        ("archived", f"{result.archived:,}"),
        ("counted", f"{result.consumed:,}, {result.in_windows:,} in windows and {result.late:,} late{sign}"),
        ("malformed lines", f"{result.malformed:,} written, {result.dead_letter:,} dead letters"),
        ("attacks", f"{attacks.injected} made, {attacks.found} found (recall {share(attacks.recall)})"),
        ("alerts", f"{attacks.alerts}, {attacks.right} of them right (precision {share(attacks.precision)})"),
    ]
    rows += [(f"  {kind.replace('_', ' ')}", f"{f.injected} made, {f.found} found; {f.alerts} alerts, {f.right} right")
             for kind, f in result.attacks.items()]
    rows += [("  wrong", f"{alert.kind.replace('_', ' ')} of {alert.subject}: {alert.evidence}") for alert in result.wrong]
    rows.append(("latency, line written to line counted", latencies(result.latency_ms)))
    if result.restarted:
        rows.append(("  without the restart's lines", latencies(result.latency_ms_undisturbed)))
        rows.append(("restart from savepoint", f"{result.seconds.get('restart', 0):.1f} s"))
    rows.append(("requests per second", f"{result.records_per_second:,.0f}"))
    return rows + rows_of_sinks(result.sinks)
