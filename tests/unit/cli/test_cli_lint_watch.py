"""``lint --watch``: what is new and what is gone, after each save; ended by Ctrl-C."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from flinksql_runner.cache.answers import Answer
from flinksql_runner.cli.lint_watch import _tell
from flinksql_runner.cli.params import Globals
from flinksql_runner.diagnostics import Span, error
from flinksql_runner.project.init import init


def answer(text: str, *words: str) -> Answer:
    found = tuple(error("FS320", f"no {w}", Span("a.sql", text.index(w), text.index(w) + len(w))) for w in words)
    return Answer(found, 1, ("a.sql",), {"a.sql": text})


def test_only_what_changed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    first = _tell(Answer((), 0, ()), answer("one\ntwo\n", "one", "two"), Globals(), "concise")
    assert capsys.readouterr().out.splitlines() == ["a.sql:1:1: error[FS320] no one", "a.sql:2:1: error[FS320] no two"]
    moved = _tell(first, answer("-- more\none\ntwo\n", "one", "two"), Globals(), "concise")
    assert capsys.readouterr().out == ""
    _tell(moved, answer("one\nthree\n", "one", "three"), Globals(), "concise")
    assert capsys.readouterr().out.splitlines() == ["a.sql:2:1: error[FS320] no three", "gone: a.sql: [FS320] no two"]


class Watched:
    """The command in a process of its own; ``line`` waits for its next line."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "flinksql_runner", "lint", "--watch", "--output", "concise"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env={**os.environ, "PYTHONUNBUFFERED": "1"}, start_new_session=True)
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self.process.stdout.close()

    def line(self, *words: str) -> str:
        while True:
            found = self._lines.get(timeout=200)
            if all(w in found for w in words):
                return found

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=100)
        self._reader.join(timeout=100)
        return code


def test_saves_of_all_kinds_are_seen(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    init(folder)
    watched = Watched(folder)
    try:
        watched.line("nodes")
        file = folder / "sql" / "transforms" / "wrong.sql"
        file.write_text("SELECT 1 AS x FROM nowhere\n", encoding="utf-8")
        watched.line("wrong.sql:1:20", "FS301")
        beside = file.with_name(".wrong.sql.swp1")
        beside.write_text("SELECT 1 AS x FROM elsewhere\n", encoding="utf-8")
        beside.replace(file)  # as editors save
        watched.line("wrong.sql:1:20", "`elsewhere`")
        watched.line("gone: sql/transforms/wrong.sql", "`nowhere`")
        (folder / "project.yml").write_text((folder / "project.yml").read_text() + "jbos: {}\n", encoding="utf-8")
        watched.line("project.yml", "unknown key `jbos`")
        file.unlink()
        assert watched.end() == 0
    finally:
        watched.process.kill()
        watched.end()
