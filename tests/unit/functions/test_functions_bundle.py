"""The bundle: reproducible, importable without this package, and tried in a clean process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flinksql_runner.functions.bundle import bundle, zip_bundle
from flinksql_runner.functions.opened import assets_of
from flinksql_runner.functions.signatures import read_functions
from flinksql_runner.functions.values import Functions
from flinksql_runner.functions.verify import verify
from flinksql_runner.project.values import Project, Target

HEAD = "from flinksql_runner.udf import asset_path, model_path, udf\n"
FUNCTION = "\n@udf\ndef f(a: int) -> int:\n    return a + 1\n"
PYTHON = Path(sys.executable)


def made(root: Path, source: str) -> tuple[Project, Functions, Path]:
    project = Project(root, "p", "1", "2.3.0", Target("local", "local"), python_files={"udfs/s.py": source})
    functions = read_functions(project)
    assert functions.diagnostics == ()
    return project, functions, bundle(project, functions, root / "bundles")


def test_equal_content_gives_the_same_folder_and_bytes(tmp_path: Path) -> None:
    places = []
    for name in ("a", "b"):
        (tmp_path / name / "models").mkdir(parents=True)
        (tmp_path / name / "models" / "m.bin").write_bytes(b"1")
        places.append(made(tmp_path / name, HEAD + FUNCTION)[2])
    assert places[0].name == places[1].name
    zips = [zip_bundle(p, p.with_suffix(".zip")).read_bytes() for p in places]
    assert zips[0] == zips[1]
    (tmp_path / "a/models/m.bin").write_bytes(b"2")
    assert made(tmp_path / "a", HEAD + FUNCTION)[2].name != places[0].name


def test_functions_open_models_and_assets_from_folder_and_zip(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/m.txt").write_text("model")
    asset = tmp_path / "cache.dat"
    asset.write_text("asset")
    source = HEAD + "TEXT = model_path('m.txt').read_text() + asset_path('geo').read_text()" + FUNCTION
    project, functions, _ = made(tmp_path, source)
    place = bundle(project, functions, tmp_path / "bundles", {"geo": asset})
    archive = zip_bundle(place, tmp_path / "bundle.zip")
    for path in (place, archive):
        code = f"import sys; sys.path.insert(0, {str(path)!r}); import udfs.s as s; print(s.TEXT, s.f(1), s.__file__)"
        done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, cwd="/")
        assert done.stdout.startswith("modelasset 2 ")
        assert str(path) in done.stdout


def test_on_this_machine_a_bundle_says_where_its_assets_lie(tmp_path: Path) -> None:
    asset = tmp_path / "cache.dat"
    asset.write_text("asset")
    project, functions, _ = made(tmp_path, HEAD + "TEXT = asset_path('geo').read_text()" + FUNCTION)
    place = bundle(project, functions, tmp_path / "bundles", {"geo": asset}, linked=True)
    assert [f.name for f in (place / "assets").iterdir()] == ["geo.path"]
    assert verify(place, functions, PYTHON) == ()
    code = f"import sys; sys.path.insert(0, {str(place)!r}); import udfs.s as s; print(s.TEXT)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout == "asset\n"
    asset.unlink()
    gone = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert "no file assets/geo" in gone.stderr


@pytest.mark.parametrize(("module", "assets"), [
    ("plain", []), ("one", ["a"]), ("package.user", ["a", "b"]), ("package", ["b"]), ("relative.user", ["b"]),
    ("by_name", ["a", "b"]), ("handed_on", ["a", "b"]), ("unknown", []), ("broken", []), ("circle", ["a"]), ("no_such", [])])
def test_which_assets_a_module_may_open(module: str, assets: list[str]) -> None:
    head = "from flinksql_runner.udf import asset_path\n"
    files = {
        "udfs/plain.py": "x = 1",
        "udfs/one.py": head + "def f(): return asset_path('a')",
        "udfs/broken.py": "def",
        "udfs/package/user.py": "from udfs.one import f",
        "udfs/package/__init__.py": "from flinksql_runner import udf\nudf.asset_path('b')",
        "udfs/relative/user.py": "from . import other",
        "udfs/relative/other.py": head + "asset_path('b')",
        "udfs/by_name.py": head + "def f(x): return asset_path(x)",
        "udfs/handed_on.py": head + "f = asset_path\ng = asset_path('a')",
        "udfs/unknown.py": head + "asset_path('z')",
        "udfs/circle.py": "import udfs.circle2",
        "udfs/circle2.py": "import udfs.circle, udfs.one",
    }
    assert list(assets_of(files, [module], ["a", "b"])) == assets


def test_an_asset_that_another_job_has_is_not_missed(tmp_path: Path) -> None:
    _, functions, place = made(tmp_path, HEAD + "def later():\n    return asset_path('geo')\n" + FUNCTION)
    assert [d.code for d in verify(place, functions, PYTHON)] == ["FS414"]
    assert verify(place, functions, PYTHON, locked=["geo"]) == ()


def test_sound_bundle_is_tried_once(tmp_path: Path) -> None:
    pytest.importorskip("pyflink")
    _, functions, place = made(tmp_path, HEAD + FUNCTION)
    assert verify(place, functions, PYTHON) == ()
    assert verify(place, functions, PYTHON, seconds=0.0) == (), "the seal of the first time was not used"


@pytest.mark.parametrize(("line", "code", "message"), [
    ("import no_such_package.sub", "FS410", "the package `no_such_package` is missing"),
    ("X = 1 / 0", "FS411", "ZeroDivisionError: division by zero"),
    ("N = 'gone.onnx'; X = model_path(N)", "FS411", "models/gone.onnx"),
    ("import sys; sys.exit(3)", "FS411", "SystemExit"),
    ("print('{not json}'); raise ValueError('über')", "FS411", "ValueError: über"),
])
def test_import_that_fails_is_told_at_its_line(tmp_path: Path, line: str, code: str, message: str) -> None:
    source = HEAD + "# é\n" + line + FUNCTION
    _, functions, place = made(tmp_path, source)
    found = verify(place, functions, PYTHON)
    assert [d.code for d in found] == [code]
    assert message in found[0].message
    assert found[0].span is not None
    assert source[found[0].span.start:found[0].span.end] == line


@pytest.mark.parametrize(("line", "message"), [
    ("import os; os._exit(7)", "code 7"), ("import time; time.sleep(60)", "more than 1 s")])
def test_import_that_kills_or_hangs_is_told(tmp_path: Path, line: str, message: str) -> None:
    _, functions, place = made(tmp_path, HEAD + line + FUNCTION)
    found = verify(place, functions, PYTHON, seconds=1.0)
    assert [d.code for d in found] == ["FS412"]
    assert message in found[0].message


def test_file_that_is_opened_only_later_is_missed_before_the_job_starts(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/engine.onnx").write_bytes(b"")
    source = HEAD + "def later():\n    return 'é', model_path('engin.onnx')\n" + FUNCTION
    _, functions, place = made(tmp_path, source)
    found = verify(place, functions, PYTHON)
    assert [(d.code, d.help) for d in found] == [("FS414", "did you mean `engine.onnx`?")]
    assert found[0].span is not None
    assert source[found[0].span.start:found[0].span.end] == "'engin.onnx'"


def test_wrapped_functions_answer_as_flink_calls_them(tmp_path: Path) -> None:
    pytest.importorskip("pyflink")
    source = HEAD + """
from typing import NamedTuple
class P(NamedTuple):
    a: int
    b: list[str]
@udf
def f(x: int, y: str | None) -> P | None:
    return P(x, [str(y)]) if x else None
"""
    _, _, place = made(tmp_path, source)
    code = (f"import sys; sys.path.insert(0, {str(place)!r}); import flinksql_functions as w; f = w.f._func; "
            "print(f(1, None), f(None, 'a'), f(0, 'a'), f(1, 'z').as_dict())")
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Row(a=1, b=['None']) None None {'a': 1, 'b': ['z']}"
