"""Sets this checkout up: .venv with the locked packages, the package itself, the locked jars and assets. Standard library only.

Every step can be cut off and is gone on with by the next call; when all is there it takes a fraction of a second.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
UV_HOME = VENV / "uv"
STAMP = VENV / "setup.stamp"
LOCK = ROOT / "requirements" / "lock.txt"
UV_LOCK = ROOT / "requirements" / "uv.txt"
BUILD_LOCK = ROOT / "requirements" / "build.txt"
SPACE = 3_000_000_000


class Lacking(Exception):
    """What this machine lacks, as one sentence."""


def main() -> int:
    """Returns the exit code: 0 when all is there, 2 with one sentence when it can't be."""
    began = time.monotonic()
    try:
        fresh = _packages(began)
        _jars(began, fresh)
        _run([PYTHON, ROOT / "scripts" / "fetch_assets.py"], dict(os.environ), "", quiet=True)
    except Lacking as lack:
        print(f"make setup: {lack}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nmake setup: interrupted; the next call goes on from here", file=sys.stderr)
        return 130
    if fresh:
        _say(began, "ready: .venv/bin/flinksql")
    return 0


def _packages(began: float) -> bool:
    """The environment; returns whether anything had to be done."""
    wanted = _fingerprint()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted and (BIN / "flinksql").exists():
        return False
    if shutil.disk_usage(ROOT).free < SPACE and not STAMP.is_file():
        raise Lacking(f"less than {SPACE // 10**9} GB are free on the disk of {ROOT}: free some")
    STAMP.unlink(missing_ok=True)
    _environment(began)
    env = _index_settings()
    uv = _uv(began, env)
    _say(began, "installing the locked packages (about 0.5 GB to download the first time)")
    # compiled at once: each start of a worker or of the command would do it again where Python may not write its caches
    _run([uv, "pip", "sync", "--python", PYTHON, "--compile-bytecode", "--require-hashes", "--build-constraints", BUILD_LOCK,
          LOCK], env,
         "the locked packages can't be installed: check the network or the package index that is set, then try again")
    _run([uv, "pip", "install", "--python", PYTHON, "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT], env,
         "the package itself can't be installed")
    _run([PYTHON, "-m", "compileall", "-q", ROOT / "flinksql_runner"], env, "the package's files can't be compiled", quiet=True)
    beside = STAMP.with_suffix(".new")
    beside.write_text(wanted, encoding="ascii")
    os.replace(beside, STAMP)
    return True


def _environment(began: float) -> None:
    same = subprocess.run(
        [PYTHON, "-c", "import sys, pip; print(sys.version_info[:2])"], capture_output=True, text=True, check=False,
    ) if PYTHON.exists() else None
    if same is not None and same.returncode == 0 and same.stdout.strip() == str(sys.version_info[:2]):
        return
    _say(began, f"making .venv with Python {sys.version.split()[0]}")
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)
    except (subprocess.CalledProcessError, OSError) as problem:
        raise Lacking(f"can't make .venv ({problem}): is the disk full, or python3-venv missing?") from None


def _uv(began: float, env: dict[str, str]) -> Path:
    uv = UV_HOME / "bin" / "uv"
    if not uv.is_file() or not (UV_HOME / "complete").is_file():
        _say(began, "fetching the installer (uv)")
        shutil.rmtree(UV_HOME, ignore_errors=True)
        _run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary=:all:",
              "--target", UV_HOME, "-r", UV_LOCK], env, "uv can't be installed: check the network or pip's settings")
        (UV_HOME / "complete").touch()
    return uv


def _jars(began: float, fresh: bool) -> None:
    """The locked jars; asks the network only for what the cache lacks."""
    del began
    command = [PYTHON, ROOT / "scripts" / "fetch_jars.py"]
    _run([*command, "--verbose"] if fresh else command, dict(os.environ), "", quiet=True)


def _index_settings() -> dict[str, str]:
    """Our environment, with what pip is told about indexes and certificates said to uv in its own words too."""
    env = dict(os.environ)
    env.pop("VIRTUAL_ENV", None)
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        value = value.strip().strip("'\"").replace("\\n", " ").strip()
        for ours, names in {
            "UV_DEFAULT_INDEX": ("index-url",), "UV_INDEX": ("extra-index-url",), "SSL_CERT_FILE": ("cert",),
        }.items():
            if key.strip().split(".")[-1] in names and value:
                if ours == "UV_DEFAULT_INDEX" and env.get("UV_INDEX_URL"):
                    continue
                env.setdefault(ours, value)
    return env


def _fingerprint() -> str:
    """What decides whether the environment is the right one."""
    digest = hashlib.sha256(f"{ROOT}|{sys.version_info[:2]}".encode())
    for path in (LOCK, UV_LOCK, BUILD_LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _run(command: list[object], env: dict[str, str], lack: str, quiet: bool = False) -> None:
    done = subprocess.run([str(part) for part in command], env=env, cwd=ROOT, check=False)
    if done.returncode:
        if quiet:
            raise SystemExit(done.returncode)
        raise Lacking(lack)


def _say(began: float, line: str) -> None:
    print(f"[{time.monotonic() - began:5.1f} s] {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
