"""Builds the web API's image from its Containerfile, on a Debian made here: no image is pulled.

    .venv/bin/python tests/web_api/image/build.py [TAG]

The Debian below it has this machine's own release, package sources, certificates and Python. Needs root, debootstrap, and a
Docker engine that answers; a Debian that is there already is kept.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TAG = "local/privacy-api:test"
BASE = "local/debian-python:bookworm"
_APT = Path("/etc/apt")
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_QUIET = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "DOCKER_BUILDKIT": "0"}  # the classic builder is everywhere


def main(tag: str) -> None:
    """Makes the Debian where it is not there, and builds the Containerfile on it.

    :raises SystemExit: one sentence, where debootstrap is missing.
    :raises subprocess.CalledProcessError: where a step fails; its words are above.
    """
    if subprocess.run(["docker", "image", "inspect", BASE], capture_output=True).returncode != 0:
        _base()
    # what pip is told here it is told there; the build shares this machine's network, so that mirrors on it are reached
    arguments = [part for name in ("PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT") if os.environ.get(name)
                 for part in ("--build-arg", name)]
    subprocess.run(["docker", "build", "--network", "host", "--build-arg", f"PYTHON={BASE}", *arguments, "-t", tag,
                    "-f", ROOT / "services/privacy_api/Containerfile", ROOT], check=True, env=_QUIET)


def _base() -> None:
    if shutil.which("debootstrap") is None:
        raise SystemExit("no debootstrap here: install it by apt-get install debootstrap")
    with tempfile.TemporaryDirectory(prefix="debian-") as scratch:
        root = Path(scratch) / "root"
        subprocess.run(["debootstrap", "--variant=minbase", "--include=python3,python3-pip,ca-certificates", _release(), root,
                        _mirror()], check=True, env=_QUIET)
        for settings in (_APT / "sources.list", _APT / "sources.list.d", _APT / "apt.conf.d"):
            target = root / settings.relative_to("/")
            if settings.is_dir():
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(settings, target)
            elif settings.exists():
                shutil.copy(settings, target)
        shutil.copy(_CERTIFICATES, root / _CERTIFICATES.relative_to("/"))
        (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        for mark in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):  # an image of Python's own has none
            mark.unlink()
        packed = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
        subprocess.run(["docker", "import", "-", BASE], stdin=packed.stdout, check=True)
        packed.wait()


def _release() -> str:
    return str(re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text())[1])  # type: ignore[index]


def _mirror() -> str:
    """Where this machine has its packages from."""
    texts = [p.read_text() for p in (_APT / "sources.list", *sorted((_APT / "sources.list.d").glob("*"))) if p.is_file()]
    found = re.search(r"^(?:URIs: |deb (?:\[[^]]*\] )?)(\S+)", "\n".join(texts), re.MULTILINE)
    return found[1] if found else ""


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else TAG)
