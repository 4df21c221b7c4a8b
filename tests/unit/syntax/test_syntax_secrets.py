"""Which options hold a secret in plain text, and which only sound like it."""

from __future__ import annotations

import pytest

from flinksql_runner.syntax.secrets import plain_secret


@pytest.mark.parametrize(("key", "value"), [
    ("password", "hunter2"),
    ("properties.ssl.keystore.password", "x"),
    ("secret-key", "x"),
    ("s3.access-key", "x"),
    ("api_key", "x"),
    ("apiKey", "x"),
    ("auth.token", "x"),
    ("properties.sasl.jaas.config", 'PlainLoginModule required username="u" password="p";'),
    ("url", "jdbc:mysql://localhost/db?user=u&password=p"),
    ("uri", "mongodb://user:pass@host/db"),
    ("properties.sasl.jaas.config", 'required username="${FLINKSQL_SECRET_U}" password="p";'),
])
def test_plain_secrets(key: str, value: str) -> None:
    assert plain_secret(key, value)


@pytest.mark.parametrize(("key", "value"), [
    ("password", "${FLINKSQL_SECRET_DB}"),
    ("password", ""),
    ("key.format", "json"),
    ("key.fields", "id"),
    ("properties.ssl.truststore.location", "/x"),
    ("token.endpoint.url", "http://h/token"),
    ("password.file", "/run/secrets/x"),
    ("url", "jdbc:mysql://localhost:3306/db?user=u"),
    ("url", "jdbc:postgresql://h/db?user=u&password=${FLINKSQL_SECRET_X}"),
    ("properties.sasl.jaas.config", 'required username="u" password="${FLINKSQL_SECRET_P}";'),
    ("properties.bootstrap.servers", "${FLINKSQL_SERVICE_KAFKA_SERVERS}"),
    ("connector", "kafka"),
])
def test_what_is_no_plain_secret(key: str, value: str) -> None:
    assert not plain_secret(key, value)
