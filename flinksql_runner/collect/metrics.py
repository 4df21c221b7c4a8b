"""What a collector has done, for Prometheus: an address on this machine that answers with counters."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from flinksql_runner.collect.run import Progress
from flinksql_runner.diagnostics import Failure


class _Told:
    """Prometheus asks it; the collector is never slowed down by that."""

    def __init__(self, progress: Callable[[], Progress]) -> None:
        self._progress = progress

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        now = self._progress()
        yield CounterMetricFamily("flinksql_collect_lines", "Lines that Kafka has acknowledged.", now.lines)
        yield CounterMetricFamily("flinksql_collect_bytes", "Bytes of these lines in their files.", now.bytes)
        yield CounterMetricFamily("flinksql_collect_batches", "Batches that were sent.", now.batches)
        yield CounterMetricFamily("flinksql_collect_lost_files", "Files that went away before they were read.", now.lost_files)
        yield GaugeMetricFamily("flinksql_collect_behind_bytes", "Bytes in files that were not sent yet.", now.behind)
        yield GaugeMetricFamily("flinksql_collect_files", "Files that are read.", now.files)


def serve_metrics(port: int, progress: Callable[[], Progress]) -> WSGIServer:
    """Serves ``http://127.0.0.1:PORT/metrics`` in a thread; port 0 takes a free one.

    :raises Failure: where the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(_Told(progress))
    try:
        server, _ = start_http_server(port, "127.0.0.1", registry)
    except OSError as problem:
        taken = "is taken; choose another" if problem.errno == errno.EADDRINUSE else "can't be opened; choose another"
        raise Failure(f"--metrics: the port {port} {taken}.") from None
    return server
