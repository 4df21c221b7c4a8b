"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.files import write_text_atomic


def test_it_writes_and_leaves_the_same_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.sql"
    assert write_text_atomic(path, "SELECT 'é'\n")
    os.utime(path, ns=(1, 1))
    assert not write_text_atomic(path, "SELECT 'é'\n")
    assert path.stat().st_mtime_ns == 1
    assert write_text_atomic(path, "SELECT 2\n")
    assert path.read_text(encoding="utf-8") == "SELECT 2\n"
    assert [p.name for p in path.parent.iterdir()] == ["b.sql"]


def test_a_secret_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "resolved.sql"
    write_text_atomic(path, "x")
    assert write_text_atomic(path, "x", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("code", "said"), [
    (errno.ENOSPC, "no space left"), (errno.EACCES, "--target-path"), (errno.EIO, "error"),
])
def test_an_error_half_way_keeps_the_old_file(tmp_path: Path, monkeypatch, code: int, said: str) -> None:
    path = tmp_path / "a.sql"
    write_text_atomic(path, "old")

    def fail(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Failure, match=said):
        write_text_atomic(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.sql"]


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("in the way")
    with pytest.raises(Failure, match="not a folder"):
        write_text_atomic(tmp_path / "target" / "manifest.json", "{}")
