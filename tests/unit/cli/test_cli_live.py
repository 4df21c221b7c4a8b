"""The status line of run, and the tails of logs."""

from __future__ import annotations

import io
from pathlib import Path

from flinksql_runner.cli.live import LiveLine, tick_text
from flinksql_runner.cli.tail import concerns, entries, follow, last_lines
from flinksql_runner.deploy.attached import Tick
from flinksql_runner.engines.engine import Observed

TICK = Tick(Observed("id", "running", restarts=1, checkpoints=6, lag=4000), 3200.4, 12.0, 65.2)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_tick_text() -> None:
    assert tick_text("cars", TICK) == "cars  1:05  in 3,200/s  out 12/s  lag 4,000  checkpoints 6  restarts 1"
    assert tick_text("cars", Tick(Observed("id", "failing"), 0, 0, 0)).endswith("restarts 0  failing")


def test_terminal_line_is_rewritten_and_messages_stay() -> None:
    out = Terminal()
    line = LiveLine("cars", out)
    line.tick(TICK)
    line.message("stopping")
    line.close()
    assert out.getvalue().endswith("\r\x1b[Kstopping\n")


def test_plain_lines_come_now_and_then_without_control_characters() -> None:
    out = io.StringIO()
    line = LiveLine("cars", out)
    for second in range(25):
        line.tick(Tick(TICK.observed, 1, 1, second))
    assert len(out.getvalue().splitlines()) == 3
    assert "\x1b" not in out.getvalue()
    quiet = io.StringIO()
    LiveLine("cars", quiet, is_quiet=True).tick(TICK)
    assert quiet.getvalue() == ""


def test_last_lines_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("".join(f"line {i} ü\n" for i in range(20_000)))
    assert last_lines(path, 3) == ["line 19997 ü", "line 19998 ü", "line 19999 ü"]
    assert last_lines(tmp_path / "none", 3) == []
    assert last_lines(path, 0) == []


def test_entries_keep_their_stack_traces() -> None:
    lines = ["2026-01-01 00:00:00,1 INFO  a", "2026-01-01 00:00:01,1 ERROR b", "java.io.IOException: c", "\tat d"]
    found = list(entries(lines))
    assert len(found) == 2
    assert [concerns(e, ["cars"]) for e in found] == [False, True]
    assert concerns("2026-01-01 INFO Job cars switched", ["cars", ""])


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_follow_gives_appended_lines_of_old_and_new_files(tmp_path: Path) -> None:
    old, new = tmp_path / "a.log", tmp_path / "b.log"
    old.write_text("before\n")
    steps = iter([lambda: append(old, "one\ntw"), lambda: append(old, "o\n"), lambda: new.write_text("three\n"),
                  lambda: old.write_text("4\n")])

    def sleep(_: float) -> None:
        next(steps)()

    found = follow({"a": old, "b": new}, sleep, lambda _: True)
    assert [next(found) for _ in range(4)] == [("a", "one"), ("a", "two"), ("b", "three"), ("a", "4")]
