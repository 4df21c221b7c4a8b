"""Loading a project: sound ones as values, broken ones as diagnostics at their place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from flinksql_runner.diagnostics import Failure, LineIndex
from flinksql_runner.project.init import init
from flinksql_runner.project.load import ProjectUnusable, load
from flinksql_runner.project.values import Project

SOUND = """name: shop
profile: p
jobs:
  main: {select: 'tag:x', parallelism: 2, settings: {a.b: true, c.d: 10 s}}
config:
  sinks:
    +tags: [all]
    area:
      +tags: [x]
      +ttl: 1 h
vars: {day: 1}
"""
PROFILES = """p:
  target: local
  outputs:
    local: {type: local, kafka: embedded}
    prod:
      type: session
      kafka: {servers: "{{ env_var('KAFKA') }}"}
      postgres: {url: x, user: u, password: "{{ env_var('FLINKSQL_SECRET_PG') }}"}
"""


def project(folder: Path, files: Mapping[str, str | bytes], **options: object) -> Project:
    for name, content in {"project.yml": SOUND, "profiles.yml": PROFILES, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(folder, env=options.pop("env", {}), **options)  # type: ignore[arg-type]


def test_a_sound_project(tmp_path: Path) -> None:
    loaded = project(tmp_path, {"sql/sinks/area/out.sql": "SELECT 1", "sql/sources/src.sql": "x", "macros/m.sql": "y",
                                "udfs/f.py": "z = 1"}, vars={"day": 2})
    assert loaded.diagnostics == ()
    assert [(f.path, f.kind, f.name, f.area) for f in loaded.files] == [
        ("sql/sinks/area/out.sql", "sink", "out", "area"), ("sql/sources/src.sql", "source", "src", "")]
    assert loaded.files[0].config == {"tags": ["all", "x"], "ttl": "1 h"}
    assert loaded.jobs["main"].settings == {"parallelism.default": "2", "a.b": "true", "c.d": "10 s"}
    assert loaded.vars == {"day": 2}
    assert loaded.target.embedded == {"kafka"}
    assert loaded.target.values["kafka"] == {"servers": "${FLINKSQL_SERVICE_KAFKA_SERVERS}"}
    assert loaded.flink_version == "2.3.0"


def test_only_the_chosen_target_needs_its_variables(tmp_path: Path) -> None:
    project(tmp_path, {})
    with pytest.raises(ProjectUnusable) as raised:
        load(tmp_path, env={}, target="prod")
    assert [(d.code, d.message) for d in raised.value.diagnostics] == [("FS103", "the environment variable `KAFKA` is not set")]
    loaded = load(tmp_path, env={"KAFKA": "k:9092", "FLINKSQL_SECRET_PG": "hush"}, target="prod")
    assert loaded.target.values["kafka"] == {"servers": "k:9092"}
    assert loaded.target.values["postgres"] == {"url": "x", "user": "u", "password": "${FLINKSQL_SECRET_PG}"}
    assert "hush" not in repr(loaded.target)


@pytest.mark.parametrize(("text", "code", "line", "column", "help"), [
    ("nam: x\nname: y", "FS003", 1, 1, "did you mean `name`?"),
    ("version: '1'", "FS005", 1, 1, "write, for example, `name: my_project`"),
    ("name: x\njobs:\n  a: {selec: x, select: y}", "FS003", 3, 7, "did you mean `select`?"),
    ("name: x\njobs:\n  a:\n    parallelism: 2", "FS005", 3, 3, "write, for example, `select: tag:vehicles`"),
    ("name: x\nvars: 3", "FS004", 2, 7, "values that templates read by var('name')"),
    ("name: 1x", "FS004", 1, 7, "the project's name: letters, digits and _, a letter first"),
    ("name: x\nname: y", "FS006", 2, 1, "keep one of them"),
    ("name: x\nflink_version: '1.0'", "FS004", 2, 16, None),
    ("name: [x", "FS002", 1, 9, None),
    ("name: x\n\ta: b", "FS002", 2, 1, "write spaces"),
    ("name: x\nconfig: {sinks: {tags: [a]}}", "FS004", 2, 18, "a setting has a plus before it: `+tags: ...`"),
    ("name: x\nconfig: {sink: {}}", "FS003", 2, 10, "did you mean `sinks`?"),
    ("name: x\ndependencies: {jars: {k: 'a:b'}}", "FS004", 2, 26,
     "a coordinate is group:artifact:version, with an optional classifier"),
    ("- a\n- b", "FS004", 1, 1, None),
    ("", "FS004", 1, 1, None),
    ("a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
     "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e]",
     "FS002", 1, 1, "write it without so many anchors or levels"),
    ("a: &a [*a]", "FS002", 1, 1, "write it without so many anchors or levels"),
    ("name: " + "[" * 3000, "FS002", None, None, None),
])
def test_a_broken_project_file(
    tmp_path: Path, text: str, code: str, line: int | None, column: int | None, help: str | None,
) -> None:
    with pytest.raises(ProjectUnusable) as raised:
        project(tmp_path, {"project.yml": text})
    assert raised.value.exit_code == 2
    first = next(d for d in raised.value.diagnostics if d.code == code)
    assert first.span is not None
    if line is not None:
        position = LineIndex(text).position(first.span.start)
        assert (position.line, position.column) == (line, column)
    if help is not None:
        assert first.help == help


@pytest.mark.parametrize(("text", "options", "code", "line", "said"), [
    ("p: {outputs: {local: {type: lokal}}}", {}, "FS004", 1, "`lokal` is not a value of `p.outputs.local.type`"),
    (PROFILES, {"target": "prd"}, "FS007", 3, "there is no target `prd`"),
    (PROFILES, {"profile": "q"}, "FS007", 1, "there is no profile `q`"),
    ("p: {target: x, outputs: {local: {type: local}}}", {}, "FS007", 1, "there is no target `x`"),
    ("p:\n  outputs:\n    local:\n      type: local\n      postgres: {url: x, user: u, password: hunter2}", {}, "FS008", 5,
     "`password` stands here in plain text"),
    ("p: {outputs: {local: {type: local, x: '{{ 1 + }}'}}}", {}, "FS101", 1, ""),
    ("p: {outputs: {local: {type: local, x: \"{{ 'a' * 99999999999 }}\"}}}", {}, "FS101", 1, ""),
])
def test_broken_profiles(tmp_path: Path, text: str, options: dict[str, object], code: str, line: int, said: str) -> None:
    with pytest.raises(ProjectUnusable) as raised:
        project(tmp_path, {"profiles.yml": text}, **options)
    first = raised.value.diagnostics[0]
    assert first.code == code
    assert said in first.message
    assert first.span is not None
    assert LineIndex(text).position(first.span.start).line == line
    assert "hunter2" not in first.message + (first.help or "")


@pytest.mark.parametrize(("name", "content", "said"), [
    ("sql/sinks/a.sql", b"SELECT \xff", "is not UTF-8: byte 0xff in line 1"),
    ("sql/sinks/a.sql", "SELECT 1".encode("utf-16"), "looks like UTF-16"),
    ("sql/sinks/a.sql", b"SELECT \0", "binary"),
    ("sql/sinks/a.sql", b"x" * 4_000_001, "larger than 4 MB"),
    ("sql/sinks/my table.sql", b"x", "can't be the name of a table"),
    ("sql/sinks/1a.sql", b"x", "can't be the name of a table"),
    ("sql/sinks/A.SQL", b"x", "ending must be .sql"),
    ("sql/stray.sql", b"x", "sql/stray.sql is not read"),
    ("macros/m.sql", b"\xff", "is not UTF-8"),
])
def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    loaded = project(tmp_path, {name: content, "sql/sources/good.sql": "SELECT 1"})
    assert any(said in d.message for d in loaded.diagnostics)
    assert "good" in [f.name for f in loaded.files]


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    loaded = project(tmp_path, {"sql/sources/a.sql": b"\xef\xbb\xbfSELECT 1\r\nFROM x\r\n"})
    assert loaded.files[0].text == "SELECT 1\nFROM x\n"


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "sql/sinks/deep").mkdir(parents=True)
    os.symlink(tmp_path / "sql/sinks", tmp_path / "sql/sinks/deep/back")
    loaded = project(tmp_path, {})
    assert any("circle" in d.message for d in loaded.diagnostics)


def test_no_project_here(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="flinksql init"):
        load(tmp_path, env={})


def test_a_project_without_profiles_runs_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "project.yml").write_text("name: x")
    assert load(tmp_path, env={}).target.embedded == {"kafka", "postgres", "archive"}
    with pytest.raises(Failure, match="no target `prod`"):
        load(tmp_path, env={}, target="prod")


def test_profiles_are_looked_up_in_order(tmp_path: Path) -> None:
    home, elsewhere, here = tmp_path / "home", tmp_path / "elsewhere", tmp_path / "here"
    for folder, name in ((home / ".flinksql", "of_home"), (elsewhere, "named")):
        folder.mkdir(parents=True)
        (folder / "profiles.yml").write_text(f"p: {{outputs: {{{name}: {{type: local}}}}}}")
    here.mkdir()
    (here / "project.yml").write_text("name: x")
    env = {"HOME": str(home)}
    assert load(here, env=env).target.name == "of_home"
    (here / "profiles.yml").write_text("p: {outputs: {of_project: {type: local}}}")
    assert load(here, env=env).target.name == "of_project"
    assert load(here, env={**env, "FLINKSQL_PROFILES_DIR": str(elsewhere)}).target.name == "named"
    with pytest.raises(Failure, match=r"no profiles\.yml"):
        load(here, env=env, profiles_dir=tmp_path)


@pytest.mark.parametrize(("folder", "name"), [
    ("shop", "shop"), ("my-shop 2", "my_shop_2"), ("2026", "project_2026"), ("Größe", "Gr_e"), ("--", "my_project")])
def test_a_new_project_is_named_after_its_folder(tmp_path: Path, folder: str, name: str) -> None:
    init(tmp_path / folder)
    loaded = load(tmp_path / folder, env={})
    assert (loaded.name, loaded.target.name, loaded.diagnostics) == (name, "local", ())


def test_init_makes_a_project_once(tmp_path: Path) -> None:
    made = init(tmp_path / "new")
    assert {"project.yml", ".gitignore", "sql/sources/orders.sql"} <= set(made)
    loaded = load(tmp_path / "new", env={})
    assert loaded.diagnostics == ()
    assert loaded.name == "new"
    with pytest.raises(Failure, match="holds a project already"):
        init(tmp_path / "new")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x.txt").write_text("x")
    with pytest.raises(Failure, match="is not empty"):
        init(tmp_path / "full")
