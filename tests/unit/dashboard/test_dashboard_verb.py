"""``flinksql dashboard`` as a user calls it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from served import write_project

# the server outlives the objects that started it
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
BOARD = """
parameters: {name: {type: text, default: a}}
tiles:
  - title: One
    query: SELECT name, amount FROM {{ ref('totals') }} WHERE name = {{ param('name') }}
"""


def _call(root: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flinksql_runner", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, env={**os.environ, **env})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told(root: Path, database: psycopg.Connection[Any], number: signal.Signals) -> None:
    write_project(root, shop=BOARD)
    with subprocess.Popen([sys.executable, "-m", "flinksql_runner", "dashboard", "shop", "--port", "0"], cwd=root, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/d/shop", address)
        with httpx.stream("GET", address.replace("/d/shop", "/api/boards/shop/events")) as stream:
            assert next(line for line in stream.iter_lines() if line.startswith("event:"))
            server.send_signal(number)
            assert server.wait(20) == 0
        assert server.stderr is not None
        assert server.stderr.read() == "Ctrl-C ends\n"


def test_a_snapshot_holds_its_rows(root: Path, database: psycopg.Connection[Any]) -> None:
    database.execute("INSERT INTO shop.totals VALUES ('a', 1, now()), ('</script><b>', 2, now())")
    write_project(root, shop=BOARD, other="tiles: [{title: T, text: hello}]")
    done = _call(root, "dashboard", "shop", "--export", "out", "--param", "name=</script><b>")
    assert (done.returncode, done.stdout) == (0, "out/shop.html\n"), done.stderr
    page = (root / "out" / "shop.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="snapshot">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    told = json.loads(found[1])
    assert [content["rows"] for name, content in told["events"] if name == "tile"] == [[["</script><b>", 2.0]]]
    assert set(told) == {"boards", "board", "events", "at"}
    assert "<b>" not in page


@pytest.mark.parametrize(("words", "env", "says"), [
    (("dashboard", "shpo"), {}, "there is no dashboard `shpo`; there are: shop"),
    (("dashboard", "--host", "0.0.0.0"), {}, "everybody who reaches 0.0.0.0 could read the dashboards"),
    (("dashboard", "--host", "0.0.0.0"), {"FLINKSQL_SECRET_DASHBOARD_TOKEN": "short"}, "the token has less than 16 characters"),
    (("dashboard", "--export", "out", "--param", "name=" + "x" * 300), {}, "`Name` takes at most 200 characters"),
    (("dashboard", "--host", "203.0.113.1", "--token", "x" * 20), {}, "can't listen on 203.0.113.1"),
])
def test_what_it_refuses(root: Path, words: tuple[str, ...], env: dict[str, str], says: str) -> None:
    write_project(root, shop=BOARD)
    done = _call(root, *words, **env)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_without_any_dashboard(root: Path) -> None:
    write_project(root)
    done = _call(root, "dashboard")
    assert (done.returncode, done.stderr) == (
        2, "error: there is no dashboard to show: `dashboards/NAME.yml` makes one: docs/dashboards.md\n")


def test_lint_tells_a_key_misspelt_at_its_place(root: Path) -> None:
    write_project(root, shop=BOARD.replace("title: One", "titel: One"))
    done = _call(root, "lint", "--output", "json")
    assert done.returncode == 1
    found = [d for d in json.loads(done.stdout)["diagnostics"] if d["file"] == "dashboards/shop.yml"]
    assert {(d["code"], d["line"], d["help"]) for d in found} >= {("FS003", 4, "did you mean `title`?")}
    write_project(root, shop=BOARD)     # an answer that was kept must not outlive the file
    assert json.loads(_call(root, "lint", "--output", "json").stdout)["summary"]["error"] == 0
