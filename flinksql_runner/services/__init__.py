"""Local processes: Flink's session cluster, its SQL Gateway, Kafka, PostgreSQL.

The whole of it is four functions: ``ensure`` makes services run, ``status`` looks, ``down`` ends them, ``touch`` says
that they are in use.
"""

from flinksql_runner.services.control import down, ensure, status, touch
from flinksql_runner.services.values import Progress, Running, ServiceStatus

__all__ = ["Progress", "Running", "ServiceStatus", "down", "ensure", "status", "touch"]
