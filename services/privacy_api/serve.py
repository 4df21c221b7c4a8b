"""The API's processes: servers (gunicorn), each with its log, and nginx in front of them where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2

from privacy_api.settings import Settings

LOOPBACK = "127.0.0.1"
_UP_SECONDS, _DOWN_SECONDS = 30.0, 15.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run: ``servers`` processes behind a gateway on ``port`` (0: any), or each on a port of its own from ``port`` on;
    logs go to ``logs``. ``nginx`` is the program, None where the servers face clients themselves."""

    host: str
    port: int
    servers: int
    threads: int
    logs: Path
    work: Path
    nginx: str | None


class StartError(Exception):
    """One sentence: why the API does not run."""


def find_nginx() -> str | None:
    """The program, also where only root's PATH has it."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def run(plan: Plan, settings: Settings) -> int:
    """Runs until SIGTERM or Ctrl-C, and ends all that it has started; 1 where a process has ended by itself.

    :raises StartError: where a port is taken, a folder can't be written, or a server does not answer.
    """
    try:
        plan.logs.mkdir(parents=True, exist_ok=True)
        plan.work.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StartError(f"{problem.filename} can't be made ({os.strerror(problem.errno or 0).lower()})") from None
    is_over: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _: is_over.append(got))
    first = 0 if plan.nginx else plan.port
    ports = [_free(plan.host if not plan.nginx else LOOPBACK, first and first + n) for n in range(plan.servers)]
    started = [_server(plan, number, port) for number, port in enumerate(ports, 1)]
    try:
        _until_up(ports, started, is_over)
        port = ports[0]
        if plan.nginx and not is_over:
            port = _free(plan.host, plan.port)
            started.append(_gateway(plan, plan.nginx, port, ports, settings))
            _until_up([port], started, is_over)
        if not is_over:
            print(f"http://{plan.host}:{port}/", flush=True)
        while not is_over:
            if any(process.poll() is not None for process in started):
                print("privacy_api: a process has ended by itself; its words are above", file=sys.stderr)
                return 1
            time.sleep(0.2)
        return 0
    finally:
        _end(started)


def gateway_config(plan: Plan, port: int, ports: Sequence[int], settings: Settings) -> str:
    """nginx's configuration: keys, limits, ids of requests, and the log that the job reads."""
    template = jinja2.Template(files("privacy_api").joinpath("nginx.conf.j2").read_text(encoding="utf-8"),
                               undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return str(template.render(
        host=plan.host, port=port, servers=[f"{LOOPBACK}:{p}" for p in ports], log=plan.logs / "access-gw-1.log", work=plan.work,
        server="gw-1", trusted=[str(n) for n in settings.trusted], max_bytes=settings.max_bytes + 100_000,
        is_root=os.geteuid() == 0))


def _server(plan: Plan, number: int, port: int) -> subprocess.Popen[bytes]:
    name = f"api-{number}"
    # behind the gateway its log counts; the servers' own would count every request twice
    log = ["--access-logfile", str(plan.logs / f"access-{name}.log")] if plan.nginx is None else []
    env = {**os.environ, "PRIVACY_API_SERVER": name}
    if plan.nginx is not None:      # the gateway on this machine is a proxy, and says who the client is
        env["PRIVACY_API_TRUSTED"] = f"{LOOPBACK},{env.get('PRIVACY_API_TRUSTED', '')}"
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(files("privacy_api").joinpath("gunicorn_config.py")), "--bind",
         f"{plan.host if plan.nginx is None else LOOPBACK}:{port}", "--threads", str(plan.threads), *log,
         "privacy_api.wsgi:app"], env=env)


def _gateway(plan: Plan, nginx: str, port: int, ports: Sequence[int], settings: Settings) -> subprocess.Popen[bytes]:
    path = plan.work / "nginx.conf"
    path.write_text(gateway_config(plan, port, ports, settings), encoding="utf-8")
    return subprocess.Popen([nginx, "-p", str(plan.work), "-e", "stderr", "-c", str(path)], env={**os.environ, "TZ": "UTC"})


def _free(host: str, port: int) -> int:
    """The port, or any where it is 0.

    :raises StartError: where it is taken.
    """
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, port))
        except OSError as problem:
            why = os.strerror(problem.errno or 0).lower()
            raise StartError(f"port {port} of {host} can't be used ({why}): choose another by --port") from None
        return int(found.getsockname()[1])


def _until_up(ports: Sequence[int], started: Sequence[subprocess.Popen[bytes]], is_over: Sequence[int]) -> None:
    until = time.monotonic() + _UP_SECONDS
    waiting = list(ports)
    while waiting and not is_over:
        try:
            socket.create_connection((LOOPBACK, waiting[0]), timeout=1).close()
            waiting.pop(0)
        except OSError:
            if any(process.poll() is not None for process in started):
                raise StartError("a process of the API has ended at once; its words are above") from None
            if time.monotonic() > until:
                raise StartError(f"nothing answers at port {waiting[0]} after {_UP_SECONDS:.0f} s") from None
            time.sleep(0.05)


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in reversed(started):
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + _DOWN_SECONDS
    for process in started:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
