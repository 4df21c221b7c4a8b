"""The release store: whole files, named when broken, one command at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.state.record import Release
from flinksql_runner.state.store import FsspecStore, latest

ONE = Release("cars", 1, "running", 5, "SELECT '${FLINKSQL_SECRET_X}'", "h", "{}", ("CREATE TABLE t",), {"a": "b"}, ran=True)


@pytest.fixture
def store(tmp_path: Path) -> FsspecStore:
    return FsspecStore(tmp_path / "r")


def test_release_comes_back_as_it_was(store: FsspecStore) -> None:
    store.write(ONE)
    store.write(replace(ONE, number=12))
    store.write(replace(ONE, number=2, state="wished"))
    assert [r.number for r in store.releases("cars")] == [1, 2, 12]
    assert store.releases("cars")[0] == ONE
    assert latest(store, "cars") == replace(ONE, number=12)
    assert latest(store, "other") is None
    assert store.jobs() == ("cars",)


def test_same_number_is_written_over_and_nothing_else_is_left(store: FsspecStore, tmp_path: Path) -> None:
    store.write(ONE)
    store.write(replace(ONE, state="stopped"))
    assert [p.name for p in (tmp_path / "r" / "cars").iterdir()] == ["000001.json"]
    assert store.releases("cars")[0].state == "stopped"


def test_remote_stores_work_alike() -> None:
    store = FsspecStore("memory://releases-test", Path("/nonexistent"))
    store.write(ONE)
    assert store.releases("cars") == (ONE,)
    assert store.jobs() == ("cars",)


@pytest.mark.parametrize(("text", "reason"), [
    ("{", "Expecting"), ("[]", "no JSON object"), ("{}", "schema_version"), ('{"schema_version": 99}', "upgrade flinksql"),
    ('{"schema_version": 1, "job": "cars"}', "`number`"), ("\udcff", ""),
])
def test_broken_record_is_named_never_skipped(store: FsspecStore, tmp_path: Path, text: str, reason: str) -> None:
    store.write(ONE)
    (tmp_path / "r/cars/000002.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(Failure, match=r"000002\.json") as caught:
        store.releases("cars")
    assert reason in str(caught.value)


def test_fields_of_a_later_minor_version_are_left_out(store: FsspecStore, tmp_path: Path) -> None:
    store.write(ONE)
    path = tmp_path / "r/cars/000001.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "red"}))
    assert store.releases("cars") == (ONE,)


def test_lock_is_held_by_one_and_free_afterwards(store: FsspecStore) -> None:
    with store.lock("cars"):
        with pytest.raises(Failure, match="another flinksql command is changing the job `cars`"), store.lock("cars"):
            pass
        with store.lock("logs"):
            pass
    with store.lock("cars"):
        pass


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden"])
def test_names_that_are_paths_are_refused(store: FsspecStore, name: str) -> None:
    with pytest.raises(Failure, match="can't be a job's name"):
        store.releases(name)


def test_place_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(Failure, match="release store"):
        FsspecStore(tmp_path / "f").write(ONE)
