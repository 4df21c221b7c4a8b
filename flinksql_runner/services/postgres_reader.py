"""A role of the project's own PostgreSQL that reads the jobs' tables and can do nothing else: dashboards ask as it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project import placeholders
from flinksql_runner.services import postgres
from flinksql_runner.services.folders import Folders, folders
from flinksql_runner.services.ports import LOOPBACK
from flinksql_runner.services.process import is_ours, read_record

READER = "flinksql_reader"
_SECONDS = 5
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
_ROLE = (
    "ALTER ROLE {role} SET default_transaction_read_only = on",
    "ALTER ROLE {role} SET statement_timeout = '60s'",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "GRANT TEMPORARY ON DATABASE {database} TO {owner}",
    # what jobs make later can be read as well
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {role}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {role}",
)
_SCHEMA = ("GRANT USAGE ON SCHEMA {schema} TO {role}", "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")


def reader_values(project_root: Path) -> Mapping[str, str]:
    """What the placeholders of the project's PostgreSQL stand for, for one who only reads; empty where it does not run.

    Starts nothing. Makes the role where it is missing.

    :raises Failure: where the server runs but refuses the role.
    """
    place = folders(project_root)
    record = read_record(place, "postgres")
    if record is None or not is_ours(place, record):
        return {}
    port = record.ports["postgres"]
    secret = _password(place)
    if not _can_enter(port, secret):
        _make(place, port, secret)
    return {
        placeholders.POSTGRES_URL: f"jdbc:postgresql://{LOOPBACK}:{port}/{postgres.DATABASE}",
        placeholders.POSTGRES_USER: READER, placeholders.POSTGRES_PASSWORD: secret,
    }


def _password(place: Folders) -> str:
    path = place.data / "postgres.reader.password"
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(24)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secret)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise Failure(f"can't write {path} ({os.strerror(problem.errno or 0)}): free some space on its disk") from None
    return secret


def _can_enter(port: int, secret: str) -> bool:
    try:
        with _connection(port, READER, secret):
            return True
    except psycopg.OperationalError:
        return False


def _make(place: Folders, port: int, secret: str) -> None:
    names = {n: sql.Identifier(v) for n, v in (("role", READER), ("owner", postgres.USER), ("database", postgres.DATABASE))}
    try:
        with _connection(port, postgres.USER, postgres.password(place)) as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,)).fetchone()
            verb = "ALTER" if known else "CREATE"
            statement = f"{verb} ROLE {{role}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 40 PASSWORD {{secret}}"
            connection.execute(sql.SQL(statement).format(**names, secret=sql.Literal(secret)))
            for statement in _ROLE:
                connection.execute(sql.SQL(statement).format(**names))
            for (schema,) in connection.execute(_SCHEMAS).fetchall():
                for statement in _SCHEMA:
                    connection.execute(sql.SQL(statement).format(**names, schema=sql.Identifier(str(schema))))
    except psycopg.errors.UniqueViolation:
        return  # another command has made it at this moment
    except psycopg.OperationalError:
        return  # it is only just starting, or ending: the next query asks again
    except psycopg.Error as problem:
        raise Failure(f"the project's PostgreSQL refuses a role for dashboards: {problem.diag.message_primary}") from None


def _connection(port: int, user: str, secret: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=LOOPBACK, port=port, user=user, password=secret, dbname=postgres.DATABASE, sslmode="disable",
                           connect_timeout=_SECONDS)
