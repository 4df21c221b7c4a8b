"""The gateway's client against answers that a real gateway gave."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from flinksql_runner.flink.errors import GatewayGone, SqlError, TimedOut, causes_of
from flinksql_runner.flink.gateway import Session, _Http
from flinksql_runner.flink.rows import Row, type_text

ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="utf-8"))
FRAME = "\n\tat org.apache.flink.x.Y.z(Y.java:1)"


class Server:
    """Gives the recorded answers in order; what was asked stands in ``asked``."""

    def __init__(self, pages: list[tuple[int, object]]) -> None:
        self.pages = list(pages)
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.raw_path.decode()}")
        if request.method == "POST" and request.url.path.endswith("/statements"):
            return httpx.Response(200, json={"operationHandle": "op"})
        if request.method == "GET":
            status, body = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
            return httpx.Response(status, json=body)
        return httpx.Response(200, json={"status": "CLOSED"})


def session(server: Server) -> Session:
    client = httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(server))
    return Session(_Http(client, "http://gateway"), "s")


def test_not_ready_is_asked_again_and_pages_are_followed() -> None:
    server = Server([(200, {"resultType": "NOT_READY", "nextResultUri": "/x"})] * 3 + [(200, p) for p in ANSWERS["query"]])
    with session(server).execute("SELECT 1") as result:
        rows = list(result.rows)
    assert [c.name for c in result.columns] == [c["name"] for c in ANSWERS["query"][0]["results"]["columns"]]
    assert result.job_id == ANSWERS["query"][0]["jobID"]
    assert rows == [Row("+I", tuple(d["fields"])) for p in ANSWERS["query"] for d in p["results"]["data"]]
    assert server.asked[-1] == "DELETE /v3/sessions/s/operations/op/close"


def test_ddl_needs_no_second_page() -> None:
    server = Server([(200, ANSWERS["ddl"])])
    assert session(server).run("CREATE TABLE t (a INT)") == (Row("+I", ("OK",)),)
    assert sum(a.startswith("GET") for a in server.asked) == 1


def test_refused_statement_has_the_root_cause_first() -> None:
    with pytest.raises(SqlError) as caught:
        session(Server([(500, ANSWERS["refused"])])).run("CREATE VIEW v AS SELECT nope FROM t")
    assert str(caught.value) == "Column 'nope' not found in any table"
    assert [c.kind for c in caught.value.causes][:2] == ["SqlValidatorException", "CalciteContextException"]
    assert caught.value.causes[1].message.startswith("From line 3, column 3 to line 3, column 6")
    assert not any("org.apache" in c.message or "\tat " in c.message for c in caught.value.causes)


def test_statement_that_hangs_is_cancelled() -> None:
    server = Server([(200, {"resultType": "NOT_READY"})])
    with pytest.raises(TimedOut, match="within 0 s: SELECT 1"):
        session(server).execute("SELECT 1", timeout=0)
    assert "POST /v3/sessions/s/operations/op/cancel" in server.asked


def test_session_that_is_gone() -> None:
    text = f"<Exception on server side:\norg.apache.flink.x.SqlGatewayException: Session 'abc' does not exist.{FRAME}"
    with pytest.raises(GatewayGone, match="ended this session"):
        session(Server([(500, {"errors": ["Internal server error.", text]})])).run("x")


def test_no_gateway_says_how_to_start_it() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    made = Session(_Http(httpx.Client(base_url="http://g", transport=httpx.MockTransport(refuse)), "http://g"), "s")
    with pytest.raises(GatewayGone, match="flinksql up"):
        made.run("x")


def test_something_else_on_the_port() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<html>")

    made = Session(_Http(httpx.Client(base_url="http://g", transport=httpx.MockTransport(answer)), "http://g"), "s")
    with pytest.raises(GatewayGone, match="no SQL Gateway"):
        made.run("x")


def test_causes_keep_lines_of_a_message_and_drop_frames() -> None:
    text = f"a.b.Outer: one{FRAME}\n\t... 3 more\nCaused by: c.d.Inner$Deep: two\nlines{FRAME}"
    assert [(c.kind, c.message) for c in causes_of(text)] == [("Deep", "two\nlines"), ("Outer", "one")]


def test_exception_without_message_is_named_by_its_class() -> None:
    assert [(c.kind, c.message) for c in causes_of(f"java.lang.AssertionError{FRAME}")] == [("AssertionError", "AssertionError")]


@pytest.mark.parametrize(("data", "text"), [
    ({"type": "INTEGER", "nullable": False}, "INT NOT NULL"),
    ({"type": "VARCHAR", "length": 2147483647}, "STRING"),
    ({"type": "VARCHAR", "length": 10}, "VARCHAR(10)"),
    ({"type": "DECIMAL", "precision": 10, "scale": 2}, "DECIMAL(10, 2)"),
    ({"type": "TIMESTAMP_WITH_LOCAL_TIME_ZONE", "precision": 3}, "TIMESTAMP_LTZ(3)"),
    ({"type": "ARRAY", "elementType": {"type": "MAP", "keyType": {"type": "INTEGER"}, "valueType": {"type": "DOUBLE"}}},
     "ARRAY<MAP<INT, DOUBLE>>"),
])
def test_types(data: dict, text: str) -> None:
    assert type_text(data) == text
