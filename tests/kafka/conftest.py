"""A real Kafka for tests: by testcontainers where Docker and its image are there, else our own broker as a plain process.

``KAFKA_TEST_BROKER`` = ``docker`` | ``process`` | ``auto`` (default) chooses; ``KAFKA_IMAGE`` names the image, which must be
there already (nothing is pulled). Each case has the way in its name: ``test_round_trip[docker]``.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from flinksql_runner import services
from flinksql_runner.services.control import remove

IMAGE = os.environ.get("KAFKA_IMAGE", "local/cp-kafka:8.4.0")


@dataclass(frozen=True)
class Broker:
    """A broker that answers: ``servers`` is host:port, ``way`` is ``docker`` or ``process``."""

    servers: str
    way: str


@lru_cache(maxsize=1)
def broker_way() -> str:
    mode = os.environ.get("KAFKA_TEST_BROKER", "auto")
    if mode != "auto":
        return mode
    try:
        seen = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        seen = False
    return "docker" if seen else "process"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kafka" in metafunc.fixturenames:
        metafunc.parametrize("kafka", [broker_way()], indirect=True, scope="session")


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One broker for the session; every test takes topics of its own."""
    if request.param == "docker":
        yield from _container()
    else:
        yield from _process(tmp_path_factory.mktemp("kafka"))


@pytest.fixture
def topic() -> str:
    return f"t-{uuid.uuid4().hex[:12]}"


def _process(root: Path) -> Iterator[Broker]:
    running = services.ensure(root, frozenset({"kafka"}))
    assert running.kafka_servers is not None
    yield Broker(running.kafka_servers, "process")
    remove(root)


def _container() -> Iterator[Broker]:
    from testcontainers.community.kafka import KafkaContainer

    exited = ["docker", "ps", "-aq", "--filter", "label=org.testcontainers=true", "--filter", "status=exited"]
    if stale := subprocess.run(exited, capture_output=True, text=True).stdout.split():  # left by a session that was killed
        subprocess.run(["docker", "rm", "-fv", *stale], capture_output=True)
    container = KafkaContainer(IMAGE).with_kraft()
    try:
        container.start(timeout=90)
        yield Broker(container.get_bootstrap_server(), "docker")
    finally:
        container.stop()
