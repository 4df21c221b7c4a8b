"""The decorator ``@udf`` for functions that SQL calls, and paths of the files that they open.

This one file travels with the functions to Flink's workers, so it imports nothing but the standard library: a function
under ``@udf`` stays the plain function that it is, and its tests need no Flink.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])
ATTRIBUTE = "__flinksql_udf__"


@dataclass(frozen=True)
class UdfOptions:
    """What ``@udf`` was given; it stands on the function as ``__flinksql_udf__``."""

    vectorised: bool = False
    takes: Any = None
    returns: Any = None
    deterministic: bool = True
    name: str | None = None


@overload
def udf(function: F, /) -> F: ...
@overload
def udf(
    *, vectorised: bool = False, takes: Sequence[Any] | Any = None, returns: Any = None, deterministic: bool = True,
    name: str | None = None,
) -> Callable[[F], F]: ...
def udf(
    function: Any = None, /, *, vectorised: bool = False, takes: Any = None, returns: Any = None, deterministic: bool = True,
    name: str | None = None,
) -> Any:
    """Makes a function known to SQL; the function itself is returned unchanged.

    The signature is read from the type hints in the source text, so every argument here must be written out::

        @udf
        def celsius(fahrenheit: float) -> float: ...

        @udf(vectorised=True)
        def score(rpm: pd.Series[float], load: pd.Series[float]) -> pd.Series[float]: ...

    :param vectorised: the function takes and gives whole ``pandas.Series`` (a ``pandas.DataFrame`` for a ROW).
    :param takes: types of the arguments, where the hints do not say them: Python types or Flink's as text.
    :param returns: type of the result, in the same way, for example ``"ROW<score DOUBLE, fault STRING>"``.
    :param deterministic: False for a function that may answer differently to the same arguments.
    :param name: the name in SQL, where it differs from the function's.
    """
    def mark(f: F) -> F:
        setattr(f, ATTRIBUTE, UdfOptions(vectorised, takes, returns, deterministic, name))
        return f

    return mark if function is None else mark(function)


def model_path(name: str) -> Path:
    """The file ``models/<name>`` of the project, for the module that calls this: in the checkout and on a worker alike.

    :raises FileNotFoundError: with the folders that were looked through.
    """
    return _find(name, ("models",), sys._getframe(1).f_globals.get("__file__"))


def asset_path(name: str) -> Path:
    """A data file of the project by name: a locked asset, or a file in ``udfs/assets/``.

    :raises FileNotFoundError: with the folders that were looked through.
    """
    return _find(name, ("assets", "udfs/assets", ".flinksql/assets"), sys._getframe(1).f_globals.get("__file__"))


def _find(name: str, folders: Sequence[str], module_file: str | None) -> Path:
    tried: list[str] = []
    for base in Path(module_file or ".").resolve().parents:
        if base.is_file() and zipfile.is_zipfile(base):
            base = _unpacked(base)
        for folder in folders:
            tried.append(f"{folder}/{name}")
            if (base / folder / name).is_file():
                return base / folder / name
            link = base / folder / f"{name}.path"     # on this machine: a large file stays where it is
            if link.is_file() and (place := Path(link.read_text(encoding="utf-8"))).is_file():
                return place
        if (base / "flinksql_functions.py").is_file() or (base / "project.yml").is_file():
            break
    raise FileNotFoundError(f"no file {' or '.join(dict.fromkeys(tried)) or name} in the project")


def _unpacked(archive: Path) -> Path:
    """The archive's content in a folder of its own (once per version of the archive), for libraries that open files by path."""
    stat = archive.stat()
    folder = Path(tempfile.gettempdir()) / f"flinksql-{stat.st_ino}-{stat.st_mtime_ns}-{stat.st_size}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            with zipfile.ZipFile(archive) as members:
                members.extractall(Path(beside) / "content")
            try:
                (Path(beside) / "content").rename(folder)
            except OSError:  # another worker was first
                if not folder.is_dir():
                    raise
    return folder
