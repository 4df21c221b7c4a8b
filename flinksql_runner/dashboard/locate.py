"""Where the databases of dashboards are, found anew each time that one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from flinksql_runner.boards.values import Place
from flinksql_runner.dashboard.values import Address, AskFailed
from flinksql_runner.project.placeholders import names_in, placeholder

_PORTS = {"postgresql": 5432, "mysql": 3306}


def locate(place: Place, values: Callable[[], Mapping[str, str]]) -> Address:
    """The address of a database, with its placeholders filled in.

    :param values: what placeholders stand for now; an embedded service that does not run has none.
    :raises AskFailed: where one has no value.
    """
    known = values()
    url, user, password = (_filled(text, known) for text in (place.url, place.user, place.password))
    parts = urlsplit(url.removeprefix("jdbc:"))
    query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
    options: dict[str, str] = {}
    if place.database == "postgresql":
        options = {k: query[k] for k in ("sslmode", "sslrootcert") if k in query}
        if "currentSchema" in query:
            options["options"] = f"-c search_path={query['currentSchema']}"
    return Address(parts.hostname or "localhost", parts.port or _PORTS[place.database], unquote(parts.path.strip("/")),
                   user or query.get("user", ""), password or query.get("password", ""), options)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name in names_in(text):
        if name not in values:
            raise AskFailed("database", "the project's own PostgreSQL does not run" if "SERVICE" in name
                            else f"the secret {name} is not set")
        text = text.replace(placeholder(name), values[name])
    return text
