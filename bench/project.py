"""The project that a benchmark works on: a copy of this repository's, with services of its own, or this checkout."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flinksql_runner.services.control import remove

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("project.yml", "profiles.yml", "flinksql.lock", "sql", "macros", "udfs", "models")


@contextmanager
def project_folder(*more: str, here: bool = False) -> Iterator[Path]:
    """A copy in a new folder, which is removed with its services at the end; with ``here`` this checkout, which stays as it is.

    :param more: what is copied too.
    """
    if here:
        yield ROOT
        return
    folder = Path(tempfile.mkdtemp(prefix="flinksql-bench-"))
    try:
        for part in (*PARTS, *more):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / part)
        yield folder
    finally:
        remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
