"""With helpers lint finds what it finds alone, also when they die; and none of them outlives it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from flinksql_runner.cache.store import Store
from flinksql_runner.cache.studies import StudyForm
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.functions.signatures import read_functions
from flinksql_runner.lint.around import Around
from flinksql_runner.linting.look import look
from flinksql_runner.pipeline import fresh_nodes
from flinksql_runner.project.load import load
from flinksql_runner.workers import crew
from flinksql_runner.workers.crew import WORTH, helpers_for
from flinksql_runner.workers.frames import Closed, Line, Pipe
from flinksql_runner.workers.helper import Answer, Request, answer

SERVE = crew.serve
FEW: dict[str, str] = {
    "project.yml": "name: shop\nvars: {n: 1}\njobs: {all: {select: out}}\n",
    "macros/m.sql": "{% macro twice(x) %}{{ x }} * 2{% endmacro %}",
    "sql/sources/s.sql": "CREATE TABLE s (id INT, v DOUBLE, ts TIMESTAMP(3)) WITH ('connector' = 'datagen')",
    "sql/transforms/bad.sql": "SELECT {{ nope }} FROM s",
    "sql/transforms/odd.sql": "{{ config(f=range) }}SELECT id FROM s",
    "sql/transforms/wrong.sql": "SELECT nope FROM v3",
    "sql/transforms/below_wrong.sql": "SELECT nope FROM wrong",
    "sql/transforms/cut.sql": "SELECT id FROM",
    "sql/transforms/a/wrong.sql": "SELECT 1 AS twice",     # a second file of that name
    "sql/sinks/out.sql": "CREATE TABLE `out` (id INT) WITH ('connector' = 'blackhole');\nINSERT INTO `out` SELECT id FROM v39",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    views = {f"sql/transforms/v{i}.sql":
             f"SELECT a.id, {{{{ twice('a.v') }}}} AS v, a.ts FROM {'v' + str(i - 1) if i else 's'} AS a\n"
             f"JOIN {'v' + str(i // 2) if i > 1 else 's'} AS b ON a.id = b.id AND a.v > {{{{ var('n') }}}}" for i in range(40)}
    for path, text in {**FEW, **views}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def found(root: Path, store: Store, helpers: int) -> tuple[Diagnostic, ...]:
    return look(load(root, env={}), store, "tool", helpers=lambda files: helpers).found


@pytest.fixture(autouse=True)
def no_helper_is_left() -> Iterator[None]:
    """Other tests have made children of this process too, which go on."""
    before = {child.pid for child in psutil.Process().children()}
    yield
    assert {child.pid for child in psutil.Process().children()} <= before


@pytest.mark.parametrize("helpers", [1, 2, 3])
def test_helpers_find_what_one_process_finds_and_it_is_kept(helpers: int, shop: Path, tmp_path: Path) -> None:
    alone = found(shop, Store(tmp_path / "a", b"k" * 32), 0)
    assert {"FS102", "FS201", "FS302", "FS320", "FS831"} <= {d.code for d in alone}
    store = Store(tmp_path / "b", b"k" * 32)
    assert found(shop, store, helpers) == alone
    for name in ("nodes.msgpack", "studies.msgpack"):
        kept = store.read(name)
        assert kept is not None
        assert len(kept) == len(Store(tmp_path / "a", b"k" * 32).read(name) or b"")
    assert found(shop, store, 0) == alone


def test_some_that_are_known_and_some_that_are_not(shop: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "kept", b"k" * 32)
    found(shop, store, 1)
    (shop / "project.yml").write_text(FEW["project.yml"].replace("n: 1", "n: 2"))
    (shop / "sql/transforms/v0.sql").write_text("SELECT id, CAST(v AS FLOAT) AS v, ts FROM s")
    assert found(shop, store, 2) == found(shop, Store(tmp_path / "none", None), 0)


@pytest.mark.parametrize("dies", [False, True])
def test_helpers_join_where_few_files_changed_and_many_hang_on_them(
    dies: bool, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store(tmp_path / "kept", b"k" * 32)
    found(shop, store, 0)
    (shop / "sql/transforms/v0.sql").write_text("SELECT id, CAST(v AS FLOAT) AS v, ts FROM s")
    joined: list[int] = []
    messages = 3 if dies else 1_000
    true_join, true_answer = crew.Crew.join, crew.answer
    monkeypatch.setattr(crew, "answer", lambda pipe, *rest: true_answer(_Dying(pipe, messages), *rest))  # type: ignore[arg-type]
    monkeypatch.setattr("flinksql_runner.linting.studying._ALONE", 3)

    def join(self: crew.Crew, *rest: Any) -> None:
        true_join(self, *rest)
        joined.append(len(self._helpers))

    monkeypatch.setattr(crew.Crew, "join", join)
    several = look(load(shop, env={}), store, "tool", helpers=lambda files: 2 if files > 20 else 0).found
    assert joined == [2]
    assert several == found(shop, Store(tmp_path / "none", None), 0)


class _Dying:
    """The end of a helper that is gone after so many messages."""

    def __init__(self, pipe: object, left: int) -> None:
        self.pipe, self.left = pipe, left

    def send(self, message: bytes) -> None:
        if not self.left:
            os._exit(9)
        self.left -= 1
        self.pipe.send(message)  # type: ignore[attr-defined]

    def receive(self) -> bytes:
        return self.pipe.receive()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("messages", [0, 1, 2, 8])
def test_what_a_helper_that_dies_leaves_is_done_here(
    messages: int, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = found(shop, Store(tmp_path / "none", None), 0)
    monkeypatch.setattr(crew, "serve", lambda pipe, **rest: SERVE(_Dying(pipe, messages), **rest))  # type: ignore[arg-type]
    assert found(shop, Store(tmp_path / "none", None), 2) == alone


def test_a_helper_that_fails_says_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("of a helper")

    alone = found(shop, Store(tmp_path / "none", None), 0)
    monkeypatch.setattr(crew, "serve", fail)
    assert found(shop, Store(tmp_path / "none", None), 1) == alone
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("refused", ["os.fork", "socket.socketpair"])
def test_a_machine_that_lets_no_more_processes_be(
    refused: str, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    alone = found(shop, Store(tmp_path / "none", None), 0)
    monkeypatch.setattr(f"flinksql_runner.workers.crew.{refused}", refuse)
    assert found(shop, Store(tmp_path / "none", None), 2) == alone


def test_helpers_end_where_the_leader_fails(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flinksql_runner.linting.look.study_all", fail)
    with pytest.raises(KeyboardInterrupt):
        found(shop, Store(tmp_path / "none", None), 2)


def test_how_many_helpers_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    def on(cores: int, platform: str = "linux", threads: int = 1) -> Callable[[int], int]:
        monkeypatch.setattr(crew.os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
        monkeypatch.setattr(crew.sys, "platform", platform)
        monkeypatch.setattr(crew.threading, "active_count", lambda: threads)
        return helpers_for

    assert [on(2)(n) for n in (0, 2 * WORTH - 1, 2 * WORTH, 10_000)] == [0, 0, 1, 1]
    assert [on(16)(n) for n in (3 * WORTH, 10_000)] == [2, 3]
    assert on(1)(10_000) == on(2, platform="darwin")(10_000) == on(2, threads=2)(10_000) == 0


def test_of_what_waits_the_most_urgent_is_first(shop: Path) -> None:
    project = load(shop, env={})
    files = [f for f in project.files if f.name in ("s", "v0", "v1")]
    ours, theirs = socket.socketpair()
    pipe = Pipe(theirs)
    by_name = {node.name: node for node in fresh_nodes(project, files).nodes}
    line, studies = Line(ours), StudyForm()
    for turn, name in ((3, "v1"), (2, "v0"), (1, "s")):
        line.send(studies.encode(Request(turn, by_name[name].path, Around(), {})))
    with ThreadPoolExecutor(1) as pool:
        helper = pool.submit(answer, pipe, {node.path: node for node in by_name.values()}, read_functions(project))
        told: list[str] = []
        while len(told) < 3:
            told += [msgspec.msgpack.decode(m, type=Answer).name for m in line.messages(wait=True)]
        line.close()
        assert isinstance(helper.exception(), Closed)
    assert told == ["s", "v0", "v1"]
    theirs.close()
