"""The server over a real PostgreSQL: what a page hears, and that nothing a viewer sends does harm."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import errors
from served import Served, wait_for, write_project

from flinksql_runner.project.placeholders import POSTGRES_PASSWORD, POSTGRES_URL, POSTGRES_USER
from flinksql_runner.services.control import down, ensure, status
from flinksql_runner.services.postgres_reader import reader_values

# the server outlives the objects that started it
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
T = "{{ ref('totals') }}"
Rows = psycopg.Connection[Any]


@pytest.fixture
def serve(root: Path, database: Rows) -> Iterator[Any]:
    """A function that serves these dashboards."""
    with ExitStack() as stack:
        def make(text: str, **more: Any) -> Served:
            write_project(root, shop=text)
            served = Served(root, **more)
            stack.callback(served.stop)
            return served
        yield make


def test_values_travel_as_they_are(serve: Any, database: Rows) -> None:
    names = ["O'Hara \"x\"", "<script>alert(1)</script>", "🚗 naïve 中文", "back\\slash\nline", None]
    database.execute("ALTER TABLE shop.totals DROP CONSTRAINT totals_pkey, ALTER name DROP NOT NULL")
    with database.cursor() as cursor:
        cursor.executemany("INSERT INTO shop.totals VALUES (%s, %s, %s)", [
            (names[0], 1.5, "2026-01-01 00:00:01.5"), (names[1], float("nan"), None), (names[2], float("inf"), None),
            (names[3], None, "2026-01-01"), (None, 2**60, None)])
    served = serve(f"""
refresh: 1 s
tiles:
  - title: All
    query: SELECT name, amount, seen, 9007199254740993 AS big, amount > 1 AS more, ARRAY[1, 2] AS list, INTERVAL '90 s' AS wait,
      1.50::numeric AS price, DATE '2026-01-02' AS day FROM {T} ORDER BY name NULLS LAST
""")
    name, told = served.first()["all"]
    assert name == "tile"
    assert [(c["name"], c["kind"]) for c in told["columns"]] == [
        ("name", "text"), ("amount", "number"), ("seen", "time"), ("big", "number"), ("more", "bool"), ("list", "json"),
        ("wait", "number"), ("price", "number"), ("day", "time")]
    rows = {row[0]: row for row in told["rows"]}
    assert set(rows) == set(names)
    assert rows[names[0]][1:] == [1.5, "2026-01-01T00:00:01.500Z", "9007199254740993", True, [1, 2], 90.0, 1.5, "2026-01-02"]
    assert [told["rows"][r][c] for r, c in told["nan"]] == [None, None]
    assert {told["rows"][r][0] for r, _ in told["nan"]} == {names[1], names[2]}
    assert told["newest"] == "2026-01-01T00:00:01.500Z"


@pytest.mark.parametrize("evil", [
    "'; DROP TABLE shop.totals; --", "x' OR '1'='1", "%s %(name__value)s %%", "$1", "{{ 1/0 }}", "\\'; SELECT pg_sleep(9)--",
])
def test_sql_in_a_parameter_is_a_value(serve: Any, database: Rows, evil: str) -> None:
    database.execute("INSERT INTO shop.totals VALUES ('a', 1, now()), (%s, 2, now())", (evil,))
    served = serve(f"""
parameters: {{name: {{type: text}}}}
tiles:
  - {{title: One, query: "SELECT amount FROM {T} WHERE name = {{{{ param('name') }}}} AND '%' <> 'x'"}}
""")
    assert served.first(name=evil)["one"][1]["rows"] == [[2]]
    assert served.first(name="a")["one"][1]["rows"] == [[1]]
    assert database.execute("SELECT count(*) FROM shop.totals").fetchone() == (2,)


def test_values_that_a_parameter_can_not_have(serve: Any) -> None:
    served = serve(f"""
parameters: {{kind: {{type: choice, values: [a, b]}}, range: {{type: time_range}}, word: {{type: text}}}}
tiles: [{{title: T, query: "SELECT name FROM {T} WHERE seen >= {{{{ param('range') }}}}"}}]
""")
    for chosen in ("kind=c", "range=never", "range=-5min", "range=99999999d", "word=" + "x" * 201, "word=%00"):
        answer = served.get(f"/api/boards/shop/events?{chosen}")
        assert (answer.status_code, "error" in answer.json()) == (400, True), chosen


def test_a_bad_tile_does_not_stop_the_others(serve: Any, database: Rows) -> None:
    database.execute("INSERT INTO shop.totals VALUES ('a', 0, now())")
    served = serve(f"""
refresh: 1 s
tiles:
  - {{title: Divided, query: "SELECT 1 / amount::int FROM {T}"}}
  - {{title: Slow, query: "SELECT pg_sleep(30), name FROM {T}"}}
  - {{title: Good, query: "SELECT name, clock_timestamp() AS seen FROM {T}"}}
  - {{title: Empty, query: "SELECT name, seen FROM {T} WHERE name = 'nobody'"}}
  - {{title: Function, query: "SELECT no_such_function(name) FROM {T}"}}
""", timeout_ms=1000)
    told = served.first()
    assert {k: (n, c.get("kind")) for k, (n, c) in told.items()} == {
        "divided": ("tile_error", "query"), "slow": ("tile_error", "timeout"), "good": ("tile", None), "empty": ("tile", None),
        "function": ("tile_error", "query")}
    assert told["divided"][1]["message"] == "division by zero"
    assert "took longer than 1 s" in told["slow"][1]["message"]
    assert [c["name"] for c in told["empty"][1]["columns"]] == ["name", "seen"]
    with served.events() as events:
        before = wait_for(events, "tile", id="good")["at"]
        assert wait_for(events, "tile", id="good")["at"] > before


def test_slow_tiles_do_not_starve_a_fast_one(serve: Any, database: Rows) -> None:
    slow = "".join(f"  - {{title: Slow {n}, query: \"SELECT pg_sleep(30), name FROM {T} LIMIT {n}\"}}\n" for n in range(1, 12))
    good = f"  - {{title: Good, query: \"SELECT count(*) AS n FROM {T}\"}}\n"
    served = serve(f"refresh: 1 s\ntiles:\n{slow}{good}", timeout_ms=1500)
    database.execute("INSERT INTO shop.totals VALUES ('a', 0, now())")
    told = served.first()
    assert {n: c.get("kind") for n, c in told.values()} == {"tile": None, "tile_error": "timeout"}
    assert told["good"][1]["rows"] == [[1]]


def test_a_database_that_hangs(serve: Any, database: Rows, root: Path) -> None:
    served = serve(f"refresh: 1 s\ntiles: [{{title: One, query: \"SELECT name FROM {T}\"}}]", timeout_ms=1000)
    record = next(s for s in status(root) if s.name == "postgres")
    with served.events() as events:
        wait_for(events, "tile", id="one")
        family = [psutil.Process(record.pid), *psutil.Process(record.pid).children(recursive=True)]
        try:
            for process in family:
                process.suspend()
            assert wait_for(events, "tile_error", id="one")["kind"] == "database"
        finally:
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.resume()
        assert wait_for(events, "tile", id="one")["rows"] == []


def test_nothing_can_be_written(root: Path, database: Rows) -> None:
    values = reader_values(root)
    database.execute("CREATE TABLE IF NOT EXISTS shop.later (a int)")
    with psycopg.connect(values[POSTGRES_URL].removeprefix("jdbc:"), user=values[POSTGRES_USER],
                         password=values[POSTGRES_PASSWORD], autocommit=True) as reader:
        reader.execute("SELECT * FROM shop.later")
        for attempt in ("INSERT INTO shop.totals VALUES ('x')", "CREATE TABLE shop.mine (a int)",
                        "CREATE TEMP TABLE mine (a int)", "SELECT * FROM pg_authid", "SELECT pg_read_file('/etc/passwd')",
                        "COPY (SELECT 1) TO PROGRAM 'true'", "SET ROLE flinksql"):
            reader.execute("SET default_transaction_read_only = off")  # the role's own rights are enough
            with pytest.raises(psycopg.Error):
                reader.execute(attempt.encode())
        reader.execute("RESET default_transaction_read_only")
        with pytest.raises(errors.ReadOnlySqlTransaction):
            reader.execute("SELECT lo_create(0)")


def test_many_viewers_cost_the_queries_of_one(serve: Any, database: Rows) -> None:
    served = serve(f"""
refresh: 1 h
parameters: {{name: {{type: choice, query: "SELECT name FROM {T}"}}}}
tiles:
  - {{title: One, query: "SELECT amount FROM {T} WHERE name = {{{{ param('name') }}}}"}}
  - {{title: Two, query: "SELECT count(*) AS n FROM {T}"}}
""")
    database.execute("INSERT INTO shop.totals VALUES ('a', 1, now()), ('b', 2, now())")
    with ExitStack() as stack:
        pages = [stack.enter_context(served.events()) for _ in range(20)]
        assert [wait_for(events, "choices")["values"] for events in pages] == [["a", "b"]] * 20
        assert [wait_for(events, "tile", id="one")["rows"] for events in pages] == [[[1]]] * 20
        assert served.hub.queries == 3
        other = stack.enter_context(served.events(name="b"))
        assert wait_for(other, "tile", id="one")["rows"] == [[2]]
        assert served.hub.queries == 4
        assert served.get("/api/health").json() == {"ok": True, "viewers": 21, "queries": 4, "feeds": 5}


def test_a_hundred_thousand_entities(serve: Any, database: Rows) -> None:
    database.execute("INSERT INTO shop.totals SELECT 'car-' || i, i, now() FROM generate_series(1, 100001) AS i")
    served = serve(f"""
refresh: 1 h
tiles:
  - {{title: Fleet, type: grid, query: "SELECT name, amount FROM {T} ORDER BY amount"}}
  - {{title: Some, type: grid, query: "SELECT name, amount FROM {T} WHERE amount <= 100000"}}
""", timeout_ms=20_000)
    told = served.first()
    assert [(len(told[t][1]["rows"]), told[t][1]["more"]) for t in ("fleet", "some")] == [(100_000, True), (100_000, False)]


def test_a_viewer_that_does_not_read(serve: Any, database: Rows) -> None:
    database.execute("INSERT INTO shop.totals SELECT 'car-' || i, i, now() FROM generate_series(1, 20000) AS i")
    query = f"SELECT name, clock_timestamp() AS seen FROM {T}"
    served = serve(f"refresh: 1 s\ntiles: [{{title: Fleet, type: grid, query: \"{query}\"}}]")
    with socket.create_connection(("127.0.0.1", served.port)) as stuck, served.events() as events:
        stuck.sendall(b"GET /api/boards/shop/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        for _ in range(6):
            wait_for(events, "tile", id="fleet")
        waiting = [len(viewer._waiting) for viewer in served.site._viewers]
        assert len(waiting) == 2
        assert max(waiting) <= 2    # one tile, and the status: never a queue
    with served.events() as events:
        wait_for(events, "tile", id="fleet")


def test_the_database_goes_and_comes_back(serve: Any, database: Rows, root: Path) -> None:
    database.execute("INSERT INTO shop.totals VALUES ('a', 1, now())")
    served = serve(f"refresh: 1 s\ntiles: [{{title: One, query: \"SELECT amount FROM {T}\"}}]")
    with served.events() as events:
        assert wait_for(events, "tile", id="one")["rows"] == [[1]]
        down(root, names=["postgres"])
        failed = wait_for(events, "tile_error", id="one")
        assert failed["kind"] == "database"
        assert wait_for(events, "status", database="down")["since"] is not None
        with served.events() as late:   # who comes meanwhile sees the last values, and that they are old
            assert wait_for(late, "tile", id="one")["rows"] == [[1]]
            assert wait_for(late, "tile_error", id="one")["since"] == failed["since"]
        ensure(root, frozenset({"postgres"}))
        back = time.monotonic()
        assert wait_for(events, "tile", id="one")["rows"] == [[1]]
        assert wait_for(events, "status", database="up")["since"] is None
        assert time.monotonic() - back < 8


def test_what_nobody_foresaw_is_told_on_the_tile(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    served = serve(f"tiles: [{{title: One, query: \"SELECT name FROM {T}\"}}]")

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("flinksql_runner.dashboard.tiles.cells_of", broken)
    name, told = served.first()["one"]
    assert (name, told["message"]) == ("tile_error", "RuntimeError: a bug")


def test_an_edit_is_seen_at_once(serve: Any, database: Rows, root: Path) -> None:
    served = serve(f"tiles: [{{title: One, query: \"SELECT name FROM {T}\"}}]")
    with served.events() as events:
        wait_for(events, "tile", id="one")
        write_project(root, shop=f"tiles: [{{title: Two, query: \"SELECT name FROM {T}\"}}]")
        assert wait_for(events, "reload") == {"name": "shop"}
    assert served.get("/api/boards/shop").json()["tiles"][0]["title"] == "Two"
    with served.events() as events:
        wait_for(events, "tile", id="two")
        write_project(root, shop="tiles: [{titel: Three}]")
        wait_for(events, "reload")
    told = served.get("/api/boards/shop").json()
    assert (told["tiles"][0]["title"], [p["code"] for p in told["problems"]]) == ("Two", ["FS005", "FS003"])


def test_answers_are_tagged_and_guarded(serve: Any) -> None:
    served = serve("tiles: [{title: T, text: hello}]")
    page = served.get("/", follow_redirects=True)
    assert page.url.path == "/d/shop"
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert page.headers["x-content-type-options"] == "nosniff"
    again = served.get("/d/shop", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    script = next(word.split('"')[0] for word in page.text.split('src="')[1:])
    assert "immutable" in served.get(script).headers["cache-control"]
    assert served.get(script.replace("/static/", "/static/x")).status_code == 404
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", f"{script.rsplit('/', 1)[0]}/../../app.py", "/api/boards/nope"):
        assert served.get(path).status_code == 404
    assert served.get("/", headers={"host": "evil.example:80"}).status_code == 403


def test_rows_as_csv(serve: Any, database: Rows) -> None:
    database.execute("INSERT INTO shop.totals VALUES ('=1+1', 1.5, '2026-01-01'), ('a,\"b', NULL, NULL)")
    served = serve(f"tiles: [{{title: One, query: \"SELECT name, amount, seen FROM {T} ORDER BY 1\"}}]")
    answer = served.get("/api/boards/shop/tiles/one.csv")
    assert answer.text.splitlines() == ["name,amount,seen", "'=1+1,1.5,2026-01-01T00:00:00.000Z", '"a,""b",,']
    assert answer.headers["content-disposition"] == 'attachment; filename="shop-one.csv"'
    assert served.get("/api/boards/shop/tiles/two.csv").status_code == 404


def test_it_stops_with_open_pages(root: Path, database: Rows) -> None:
    write_project(root, shop=f"tiles: [{{title: One, query: \"SELECT name FROM {T}\"}}]")
    served = Served(root)
    with served.events() as events:
        wait_for(events, "tile", id="one")
        assert served.stop() < 3
        assert list(events) is not None
