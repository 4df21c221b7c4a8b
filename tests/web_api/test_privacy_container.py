"""The web API in its container, locked up as one would run it: another user's, read-only, without any capability.

Where Docker answers and the image is there (``tests/web_api/image/build.py`` makes it; ``make test-heavy`` calls that).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from privacy_api.examples import example

from tests.web_api.conftest import Make, logged

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
IMAGE = os.environ.get("PRIVACY_API_IMAGE", "local/privacy-api:test")
LOG = "/var/log/api/access-gw-1.log"
BUILD = Path(__file__).parent / "image" / "build.py"


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60)


def image() -> str | None:
    """Why there is no image, None where there is one; where heavy tests are asked for it is built first."""
    if shutil.which("docker") is None or docker("version").returncode != 0:
        return "no Docker engine answers: the container of the web API was not tried"
    if os.environ.get("HEAVY_TESTS") and "PRIVACY_API_IMAGE" not in os.environ:
        subprocess.run([sys.executable, BUILD, IMAGE], check=True, timeout=800)
    if docker("image", "inspect", IMAGE).returncode != 0:
        return f"the image {IMAGE} is not there (tests/web_api/image/build.py makes it): the container was not tried"
    return None


@dataclass(frozen=True, slots=True)
class Container:
    """A container that answers at ``address``."""

    name: str
    address: str

    def logged(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Lines of the access log that are wanted; one has to come soon."""
        return logged(lambda: docker("exec", self.name, "cat", LOG).stdout.splitlines(), wanted)


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    why_not = image()
    if why_not is not None:
        pytest.skip(why_not)
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    running = DockerContainer(IMAGE).with_exposed_ports(8080).with_tmpfs_mount("/tmp").with_kwargs(
        read_only=True, cap_drop=["ALL"], security_opt=["no-new-privileges"]).waiting_for(
        LogMessageWaitStrategy("http://0.0.0.0:8080/").with_startup_timeout(60))
    try:
        running.start()
        yield Container(running.get_wrapped_container().name, f"http://127.0.0.1:{running.get_exposed_port(8080)}")
    finally:
        running.stop()


def test_it_answers_behind_its_gateway_and_tells_that_it_is_healthy(container: Container) -> None:
    answer = httpx.get(f"{container.address}/healthz", timeout=20)
    assert answer.status_code == 200
    (line,) = container.logged(lambda e: e["request_id"] == answer.headers["X-Request-Id"])
    assert (line["server"], line["path"], line["status"]) == ("gw-1", "/healthz", 200)
    assert line["upstream"].startswith("127.0.0.1:")
    until = time.monotonic() + 60
    while (told := docker("inspect", "-f", "{{.State.Health.Status}}", container.name).stdout.strip()) != "healthy":
        assert time.monotonic() < until, told
        time.sleep(0.2)


def test_a_photo_is_hidden_and_left_nowhere(container: Container) -> None:
    photo = example(3)
    answer = httpx.post(f"{container.address}/v1/blur", files={"photo": ("p.jpg", photo, "image/jpeg")}, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content != photo
    files = docker("exec", container.name, "find", "/tmp", "/var/log/api", "-type", "f", "-size", "+20k").stdout.split()
    assert files == []
    assert docker("diff", container.name).stdout.split() == []


def test_a_client_can_not_say_who_it_is(container: Container) -> None:
    answer = httpx.get(f"{container.address}/openapi.json", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=20)
    (line,) = container.logged(lambda e: e["request_id"] == answer.headers["X-Request-Id"])
    assert line["client"] != "203.0.113.9"


def test_the_gateway_refuses_what_is_too_large_and_what_comes_too_often(container: Container, photo: Make) -> None:
    with httpx.Client(base_url=container.address, timeout=30) as client:
        large = client.post("/v1/blur", content=b"\xff\xd8" + b"0" * 16_000_000, headers={"Content-Type": "image/jpeg"})
        assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
        seen = [client.get("/openapi.json").status_code for _ in range(200)]
    assert set(seen) == {200, 429}


def test_it_is_nobody_important_and_ends_when_it_is_told_to(container: Container) -> None:
    assert docker("exec", container.name, "id", "-un").stdout.strip() == "api"
    began = time.monotonic()
    assert docker("stop", "-t", "30", container.name).returncode == 0
    assert docker("inspect", "-f", "{{.State.ExitCode}}", container.name).stdout.strip() == "0"
    assert time.monotonic() - began < 25
