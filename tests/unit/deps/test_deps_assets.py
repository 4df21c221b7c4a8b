"""Data files out of packages: locked, fetched once a package, and refused where they are others than the lock says."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flinksql_runner.deps.assets import asset_path, fetch_assets, lock_assets, missing_assets
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import AssetSpec

PACKAGE = "/maven/@geo/cities/-/cities-1.0.tgz"
V4 = AssetSpec("v4", "npm", "@geo/cities", "1.0", "four.mmdb", "CC-BY-4.0")
V6 = replace(V4, name="v6", file="six.mmdb")


def tarball(**members: bytes) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(f"package/{name}.mmdb")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return whole.getvalue()


@pytest.fixture
def env(repository: Any, tmp_path: Path) -> dict[str, str]:
    repository.files[PACKAGE] = tarball(four=b"4444", six=b"666666")
    return {"FLINKSQL_NPM_MIRROR": repository.url, "FLINKSQL_CACHE": str(tmp_path)}


def test_files_of_one_package_are_one_download(repository: Any, env: dict[str, str]) -> None:
    locked = lock_assets([V6, V4], (), env)
    assert [(a.name, a.size, a.licence) for a in locked] == [("v4", 4, "CC-BY-4.0"), ("v6", 6, "CC-BY-4.0")]
    assert [path for path, _ in repository.asked] == [PACKAGE]
    assert fetch_assets(locked, env)["v6"].read_bytes() == b"666666"
    assert lock_assets([V4, V6], locked, env) == locked
    assert len(repository.asked) == 1, "what is there was asked for again"


def test_what_the_cache_lacks_is_fetched_again(repository: Any, env: dict[str, str]) -> None:
    locked = lock_assets([V4, V6], (), env)
    asset_path(locked[1], env).unlink()
    assert missing_assets(locked, env) == locked[1:]
    assert fetch_assets(locked, env)["v6"].read_bytes() == b"666666"
    assert len(repository.asked) == 2


def test_another_file_than_the_lock_says_is_refused(repository: Any, env: dict[str, str]) -> None:
    locked = lock_assets([V4], (), env)
    asset_path(locked[0], env).unlink()
    repository.files[PACKAGE] = tarball(four=b"5555")
    with pytest.raises(Failure, match="v4 is not the file of the lock"):
        fetch_assets(locked, env)


def test_another_version_is_locked_anew(repository: Any, env: dict[str, str]) -> None:
    locked = lock_assets([V4], (), env)
    repository.files[PACKAGE.replace("1.0", "2.0")] = tarball(four=b"55555")
    assert lock_assets([replace(V4, version="2.0")], locked, env)[0].size == 5


def test_a_member_that_is_not_there(env: dict[str, str]) -> None:
    with pytest.raises(Failure, match=r"has no file `nine\.mmdb`"):
        lock_assets([replace(V4, file="nine.mmdb")], (), env)


def test_neither_npm_nor_a_wheel_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "FLINKSQL_CACHE": str(tmp_path), "PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_RETRIES": "0",
           "PIP_CONFIG_FILE": "/dev/null"}
    with pytest.raises(Failure, match=r"install Node\.js, or set FLINKSQL_NPM_MIRROR"):
        lock_assets([V4], (), env)
