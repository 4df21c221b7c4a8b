from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from flinksql_runner.deps import download, transfer
from flinksql_runner.deps.fetch import cached_jars, fetch_jars
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.values import LockedJar, parse_coordinate
from flinksql_runner.diagnostics import Failure

COORDINATE = parse_coordinate("org.example:thing:1.0")
CONTENT = os.urandom(300_000)


def lock_of(repository, env: dict[str, str]) -> LockedJar:
    repository.put(str(COORDINATE), CONTENT)
    return lock_jars({COORDINATE: ["connector:thing"]}, env=env)[0]


def empty(env: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return env | {"FLINKSQL_CACHE": str(tmp_path / "other")}


def test_a_locked_jar_comes_whole_and_checked(repository, env, tmp_path):
    jar = lock_of(repository, env)
    told: list[tuple[int, int, str]] = []
    paths = fetch_jars([jar], lambda done, total, what: told.append((done, total, what)), empty(env, tmp_path))
    assert paths[COORDINATE].read_bytes() == CONTENT
    assert paths[COORDINATE].name == "thing-1.0.jar"
    assert told[-1] == (300_000, 300_000, "thing-1.0.jar")


def test_what_is_cached_asks_no_network(repository, env):
    jar = lock_of(repository, env)
    repository.asked.clear()
    paths = fetch_jars([jar], env=env | {"FLINKSQL_MAVEN_MIRROR": "http://127.0.0.1:1/nothing"})
    assert paths[COORDINATE].read_bytes() == CONTENT
    assert repository.asked == []
    assert cached_jars([jar], env) == paths


def test_cached_jars_is_none_where_one_is_missing(repository, env, tmp_path):
    assert cached_jars([lock_of(repository, env)], empty(env, tmp_path)) is None


def test_a_cut_download_goes_on_where_it_stopped(repository, env, tmp_path, monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    jar = lock_of(repository, env)
    path = next(p for p in repository.files if p.endswith(".jar"))
    repository.cut[path] = [100_000, 50_000]
    repository.asked.clear()
    assert fetch_jars([jar], env=empty(env, tmp_path))[COORDINATE].read_bytes() == CONTENT
    ranges = [wanted for asked, wanted in repository.asked if asked == path]
    assert ranges[0] == ""
    assert len(ranges) == 3
    assert all(wanted.startswith("bytes=") and wanted != "bytes=0-" for wanted in ranges[1:])


def test_a_partial_file_of_an_earlier_run_is_gone_on_with(repository, env, tmp_path):
    jar, other = lock_of(repository, env), empty(env, tmp_path)
    partial = Path(other["FLINKSQL_CACHE"]) / "files" / jar.sha256[:2] / jar.sha256 / "thing-1.0.jar.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(CONTENT[:123_456])
    repository.asked.clear()
    assert fetch_jars([jar], env=other)[COORDINATE].read_bytes() == CONTENT
    assert [wanted for _, wanted in repository.asked] == ["bytes=123456-"]


def test_other_bytes_than_locked_are_refused_and_not_kept(repository, env, tmp_path):
    jar = lock_of(repository, env)
    repository.put(str(COORDINATE), CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    other = empty(env, tmp_path)
    with pytest.raises(Failure, match=r"org\.example:thing:1\.0 is not the file of the lock"):
        fetch_jars([jar], env=other)
    assert [p for p in Path(other["FLINKSQL_CACHE"]).rglob("*.jar*") if not p.name.endswith(".lock")] == []


def test_a_repository_that_has_it_not_is_told(repository, env, tmp_path):
    jar = lock_of(repository, env)
    repository.files.clear()
    with pytest.raises(Failure, match=r"127\.0\.0\.1 has no thing-1\.0\.jar"):
        fetch_jars([jar], env=empty(env, tmp_path))


def test_a_second_mirror_is_asked_where_the_first_has_it_not(repository, env, tmp_path):
    jar = lock_of(repository, env)
    both = empty(env, tmp_path) | {"FLINKSQL_MAVEN_MIRROR": f"{repository.url}/nothing {repository.url}"}
    assert fetch_jars([jar], env=both)[COORDINATE].read_bytes() == CONTENT


def test_no_network_is_one_sentence_with_the_way_out(repository, env, tmp_path, monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    jar = lock_of(repository, env)
    with pytest.raises(Failure, match="FLINKSQL_MAVEN_MIRROR"):
        fetch_jars([jar], env=empty(env, tmp_path) | {"FLINKSQL_MAVEN_MIRROR": "http://127.0.0.1:1"})


def test_a_full_disk_is_one_sentence(repository, env, tmp_path, monkeypatch):
    jar = lock_of(repository, env)

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transfer.os, "replace", full)
    with pytest.raises(Failure, match="no space left in"):
        fetch_jars([jar], env=empty(env, tmp_path))


def test_a_damaged_new_jar_is_not_locked(repository, env):
    repository.put(str(COORDINATE), CONTENT, sha1="0" * 40)
    with pytest.raises(Failure, match="came damaged"):
        lock_jars({COORDINATE: []}, env=env)


def test_a_locked_hash_is_kept_without_asking(repository, env):
    jar = lock_of(repository, env)
    repository.asked.clear()
    again = lock_jars({COORDINATE: ["connector:other"]}, [jar], env=env)[0]
    assert (again.sha256, again.size, again.provides) == (jar.sha256, jar.size, ("connector:other",))
    assert repository.asked == []
