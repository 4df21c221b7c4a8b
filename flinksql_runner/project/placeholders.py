"""Placeholders ``${NAME}``: values that may not stand in anything written.

Two kinds: secrets (environment variables whose name starts with ``FLINKSQL_SECRET_`` or ``DBT_ENV_SECRET_``) and
addresses of embedded services (``FLINKSQL_SERVICE_...``), whose ports change with every start. Both stay ``${NAME}`` in
compiled SQL, manifests, plans, logs and errors, and are filled in, in memory, when a statement is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SECRET_PREFIXES = ("FLINKSQL_SECRET_", "DBT_ENV_SECRET_")
SERVICE_PREFIX = "FLINKSQL_SERVICE_"

KAFKA_SERVERS = "FLINKSQL_SERVICE_KAFKA_SERVERS"          # 127.0.0.1:41234
POSTGRES_URL = "FLINKSQL_SERVICE_POSTGRES_URL"            # jdbc:postgresql://127.0.0.1:41235/flinksql
POSTGRES_USER = "FLINKSQL_SERVICE_POSTGRES_USER"
POSTGRES_PASSWORD = "FLINKSQL_SECRET_SERVICE_POSTGRES_PASSWORD"
ARCHIVE_PATH = "FLINKSQL_SERVICE_ARCHIVE_PATH"            # file:///.../.flinksql/data/archive

EMBEDDED: Mapping[str, Mapping[str, str]] = {
    "kafka": {"servers": f"${{{KAFKA_SERVERS}}}"},
    "postgres": {"url": f"${{{POSTGRES_URL}}}", "user": f"${{{POSTGRES_USER}}}", "password": f"${{{POSTGRES_PASSWORD}}}"},
    "archive": {"path": f"${{{ARCHIVE_PATH}}}"},
}
"""What ``kafka: embedded`` and the like in profiles.yml stand for in templates (``target.kafka.servers`` ...)."""

_PLACEHOLDER = re.compile(r"\$\{((?:FLINKSQL_SECRET_|DBT_ENV_SECRET_|FLINKSQL_SERVICE_)[A-Za-z0-9_]+)\}")


def is_secret(name: str) -> bool:
    """Whether an environment variable of this name holds a secret."""
    return name.startswith(SECRET_PREFIXES)


def placeholder(name: str) -> str:
    """``${NAME}``."""
    return f"${{{name}}}"


def names_in(text: str) -> tuple[str, ...]:
    """The names of all placeholders in a text, in order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each placeholder replaced, quotes doubled since they stand in SQL string literals.

    :raises KeyError: with the name of the first placeholder that has no value.
    """
    return _PLACEHOLDER.sub(lambda m: values[m.group(1)].replace("'", "''"), text)


def scrub(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each value of a secret put back to its placeholder (for messages that come back from Flink)."""
    for name, value in sorted(values.items(), key=lambda kv: -len(kv[1])):
        if is_secret(name) and value:
            text = text.replace(value.replace("'", "''"), placeholder(name)).replace(value, placeholder(name))
    return text
