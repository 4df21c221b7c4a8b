"""Files of the cache: signed, whole, silent; and surveys that see every change."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from flinksql_runner.cache.asked import Asked
from flinksql_runner.cache.seal import NAME, seal
from flinksql_runner.cache.store import Store
from flinksql_runner.cache.survey import YOUNG, same, survey

KEY = b"k" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".flinksql"


def test_what_is_written_is_read(folder: Path) -> None:
    Store(folder, KEY).write("x.json", b"content")
    assert Store(folder, KEY).read("x.json") == b"content"
    assert (folder / "cache" / ".gitignore").read_text() == "*\n"
    assert sorted(p.name for p in (folder / "cache").iterdir()) == [".gitignore", "CACHEDIR.TAG", "x.json"]


def test_a_file_of_another_user_is_none(folder: Path) -> None:
    Store(folder, b"m" * 32).write("x.json", b"forged")
    assert Store(folder, KEY).read("x.json") is None


def test_a_file_under_another_name_is_none(folder: Path) -> None:
    Store(folder, KEY).write("x.json", b"content")
    (folder / "cache" / "x.json").rename(folder / "cache" / "y.json")
    assert Store(folder, KEY).read("y.json") is None


@pytest.mark.parametrize("at", [0, 31, 32, 38])
def test_a_changed_byte_or_a_cut_is_none(folder: Path, at: int) -> None:
    store, path = Store(folder, KEY), folder / "cache" / "x.json"
    store.write("x.json", b"content")
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    assert store.read("x.json") is None
    path.write_bytes(whole[:at])
    assert store.read("x.json") is None


def test_no_key_no_file_no_folder(folder: Path) -> None:
    Store(folder, None).write("x.json", b"content")
    assert not folder.exists()
    assert Store(folder, KEY).read("x.json") is None


def test_a_place_that_can_not_be_written_is_let_be(folder: Path, tmp_path: Path) -> None:
    folder.write_text("a file")
    Store(folder, KEY).write("x.json", b"content")
    assert folder.read_text() == "a file"
    link = tmp_path / "link"
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    Store(link, KEY).write("x.json", b"content")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_key_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    env = {"FLINKSQL_CACHE": str(tmp_path / "deep" / "cache")}
    key = seal(env)
    assert key is not None
    assert len(key) == 32
    assert seal(env) == key
    path = tmp_path / "deep" / "cache" / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == [NAME]


@pytest.mark.parametrize("spoil", ["mode", "short", "folder", "link"])
def test_a_key_that_others_could_know_is_none(tmp_path: Path, spoil: str) -> None:
    env, path = {"FLINKSQL_CACHE": str(tmp_path)}, tmp_path / NAME
    assert seal(env) is not None
    if spoil == "mode":
        path.chmod(0o640)
    elif spoil == "short":
        path.write_bytes(b"short")
    else:
        path.unlink()
        if spoil == "folder":
            path.mkdir()
        else:
            (tmp_path / "other").write_bytes(KEY)
            (tmp_path / "other").chmod(0o600)
            path.symlink_to(tmp_path / "other")
    assert seal(env) is None


def looked_at(root: Path, later: int = 10 * YOUNG) -> dict[str, tuple[int | str, ...]]:
    """As if so many ns had gone by since the files were written."""
    return survey(root, ("sql",), (root / "project.yml", root / "none.yml"), time.time_ns() + later)


@pytest.mark.parametrize("later", [0, 10 * YOUNG], ids=["young", "old"])
@pytest.mark.parametrize("change", ["content", "content_of_same_time", "new", "gone", "renamed", "top", "folder", "appears"])
def test_a_survey_sees_every_change(tmp_path: Path, change: str, later: int) -> None:
    file = tmp_path / "sql" / "a" / "x.sql"
    file.parent.mkdir(parents=True)
    file.write_text("SELECT 1")
    (tmp_path / "project.yml").write_text("a")
    before = looked_at(tmp_path, later)
    assert same(tmp_path, before, looked_at(tmp_path, later))
    assert same(tmp_path, before, looked_at(tmp_path))
    times = file.stat()
    if change.startswith("content"):
        file.write_text("SELECT 2")
        if change == "content_of_same_time":
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif change == "new":
        (tmp_path / "sql" / "y.sql").write_text("")
    elif change == "gone":
        file.unlink()
    elif change == "renamed":
        file.rename(file.with_name("z.sql"))
    elif change == "top":
        (tmp_path / "project.yml").write_text("b")
    elif change == "folder":
        (tmp_path / "sql" / "empty").mkdir()
    else:
        (tmp_path / "none.yml").write_text("")
    assert not same(tmp_path, before, looked_at(tmp_path, later))


def test_a_young_file_is_told_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    file = tmp_path / "sql" / "x.sql"
    file.write_text("SELECT 1")
    before = looked_at(tmp_path, 0)
    assert len(before["sql/x.sql"]) == 1
    file.unlink()
    file.write_text("SELECT 1")  # as a checkout of git does it
    assert same(tmp_path, before, looked_at(tmp_path))


def test_hidden_files_and_circles_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "sql" / ".git").mkdir(parents=True)
    (tmp_path / "sql" / ".git" / "x").write_text("")
    (tmp_path / "sql" / "again").symlink_to(tmp_path / "sql")
    assert set(looked_at(tmp_path)) - {str(tmp_path / n) for n in ("project.yml", "none.yml")} == {"sql/again"}


def test_what_was_asked_for_is_remembered() -> None:
    asked = Asked({"A": "1", "B": "2"})
    assert asked.get("A") == "1"
    assert "C" not in asked
    assert (asked.names, asked.whole) == ({"A", "C"}, False)
    assert dict(asked) == {"A": "1", "B": "2"}
    assert asked.whole
