"""Resolves the Python packages anew, with hashes, for every platform and Python 3.10-3.12: requirements/*.txt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.prefix) / "uv" / "bin" / "uv"
COMMON = ["--universal", "--python-version", "3.10", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
EXTRAS = ("engine", "dashboard", "collect", "udfs", "api", "train", "dev")


def main() -> None:
    """Compiles the files; each is replaced only when it is whole."""
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    _compile("lock.txt", ["pyproject.toml", "requirements/setup.in", *extras])
    # what the web API's container holds, in the versions of the whole
    _compile("api.txt", ["pyproject.toml", "--extra", "api", "--constraint", "requirements/lock.txt"])
    _compile("build.txt", ["requirements/build.in"])
    _compile("uv.txt", ["requirements/uv.in"])


def _compile(name: str, arguments: list[str]) -> None:
    target = ROOT / "requirements" / name
    beside = target.with_suffix(".new")
    if target.exists():
        beside.write_bytes(target.read_bytes())  # what is pinned stays, where it still fits
    uv = os.environ.get("UV", str(UV))
    subprocess.run([uv, "pip", "compile", *COMMON, "-o", str(beside), *arguments], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    os.replace(beside, target)
    print(f"requirements/{name}: {sum('==' in line for line in target.read_text(encoding='utf-8').splitlines())} packages")


if __name__ == "__main__":
    main()
