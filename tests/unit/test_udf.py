"""The decorator leaves a plain function, and its module needs nothing but the standard library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import flinksql_runner.udf as module
from flinksql_runner.udf import UdfOptions, model_path, udf


@udf
def plain(x: int) -> int:
    """Adds one."""
    return x + 1


@udf(name="other", deterministic=False)
def named(x: int) -> int:
    return x


def test_function_stays_what_it_is() -> None:
    assert plain(1) == 2
    assert plain.__doc__ == "Adds one."
    assert plain.__flinksql_udf__ == UdfOptions()  # type: ignore[attr-defined]
    assert named.__flinksql_udf__.name == "other"  # type: ignore[attr-defined]


def test_module_alone_imports_without_this_package(tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text(Path(module.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import alone; print([m for m in sys.modules if 'flink' in m])"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_missing_file_names_where_it_was_looked_for() -> None:
    with pytest.raises(FileNotFoundError, match=r"no file models/gone\.onnx in the project"):
        model_path("gone.onnx")
