"""Changes of a project's files are told, those that the tool makes are not."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from flinksql_runner.project.watch import changes


def test_changes_come_with_their_paths_and_others_do_not(tmp_path: Path) -> None:
    for folder in ("sql/sources", "target", ".flinksql", "tests/sql"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "project.yml").write_text("name: p\n", encoding="utf-8")
    stop, seen, ready = Event(), Event(), Event()
    batches: list[frozenset[str]] = []

    def listen() -> None:
        for batch in changes(tmp_path, stop):
            batches.append(batch)
            if not batch:
                ready.set()
            if {"sql/sources/a.sql", "tests/sql/a.yml"} <= frozenset().union(*batches):
                seen.set()

    listener = Thread(target=listen)
    listener.start()
    try:
        assert ready.wait(60)
        (tmp_path / "target" / "x.sql").write_text("--", encoding="utf-8")
        (tmp_path / "sql" / "sources" / ".a.sql.tmp").write_text("--", encoding="utf-8")
        (tmp_path / "sql" / "sources" / "a.sql").write_text("--", encoding="utf-8")
        (tmp_path / "tests" / "sql" / "a.yml").write_text("#", encoding="utf-8")
        assert seen.wait(60), batches
    finally:
        stop.set()
        listener.join(60)
    assert batches[0] == frozenset()
    assert frozenset().union(*batches) == {"sql/sources/a.sql", "tests/sql/a.yml"}
