"""The frame of the command line: options on both sides of the verb, exit codes, sentences instead of tracebacks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flinksql_runner.cli.main import ALIASES, VERBS, cli
from flinksql_runner.cli.params import Globals
from flinksql_runner.cli.verb import guarded, verb
from flinksql_runner.diagnostics import Failure

ALL = [name for section in VERBS.values() for name in section]


@pytest.mark.parametrize("name", ALL)
def test_every_verb_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output
    assert len(result.output.split("\n\n")) > 2, "the verb has no description"


def test_help_fits_eighty_columns_and_names_every_verb() -> None:
    result = CliRunner().invoke(cli, ["--help"], terminal_width=80)
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80
    for name in ALL:
        assert f"  {name} " in result.output


def test_help_loads_no_verb_and_nothing_heavy() -> None:
    code = ("import sys; sys.argv = ['flinksql', '--help']\n"
            "from flinksql_runner.cli.main import main\n"
            "try: main()\nexcept SystemExit: pass\n"
            "heavy = {'sqlglot', 'jinja2', 'yaml', 'rich', 'httpx', 'pandas', 'numpy', 'pyflink', 'jsonschema', 'kafka'}\n"
            "print(sorted(heavy & set(sys.modules)) or 'light', file=sys.stderr)\n"
            "print([m for m in sys.modules if m.startswith('flinksql_runner.cli.commands.')], file=sys.stderr)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["light", "[]"]


@click.group()
@click.pass_context
def outer(context: click.Context) -> None:
    context.obj = {"target": "before", "quiet": True}


@outer.command("plain")
def plain() -> None:
    """Nothing."""


@verb("say")
@click.option("--own", default="x")
def say(options: Globals, own: str) -> int:
    """Says what it got."""
    click.echo(f"{options.target} {options.quiet} {dict(options.vars)} {own}")
    return 0


outer.add_command(say)


def test_options_behind_the_verb_win() -> None:
    run = CliRunner().invoke
    assert run(outer, ["say"]).output == "before True {} x\n"
    assert run(outer, ["say", "--target", "after", "--vars", "{a: 1}", "--own", "y"]).output == "after True {'a': 1} y\n"


@pytest.mark.parametrize("text", ["[1]", "a", "{a: "])
def test_vars_must_be_a_mapping(text: str) -> None:
    result = CliRunner().invoke(outer, ["say", "--vars", text])
    assert result.exit_code == 2
    assert "--vars" in result.output


def test_environment_variables_stand_for_global_options(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["ls"], env={"FLINKSQL_PROJECT_DIR": str(tmp_path)})
    assert result.exit_code == 2
    assert "There is no project.yml" in result.output


def test_an_unknown_verb_gets_the_nearest() -> None:
    result = CliRunner().invoke(cli, ["complie"])
    assert result.exit_code == 2
    assert "Did you mean `compile`?" in result.output


def test_aliases_lead_to_verbs() -> None:
    assert set(ALIASES.values()) <= set(ALL)


@pytest.mark.parametrize(("raised", "code", "said"), [
    (Failure("no disk"), 2, "error: no disk"),
    (Failure("the job failed", exit_code=1), 1, "error: the job failed"),
    (KeyboardInterrupt(), 130, "Interrupted."),
    (OSError(28, "No space left on device", "/x"), 2, "No space left on device (/x)."),
    (MemoryError(), 2, "not enough memory"),
    (KeyError("x"), 2, "This is a bug of flinksql (KeyError: 'x')"),
])
def test_what_is_raised_becomes_a_sentence(
    raised: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str],
) -> None:
    def work() -> int:
        raise raised

    assert guarded(work, Globals(colour=False)) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err + shown.out


def test_debug_shows_details(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise Failure("x", detail="the end of the log")

    guarded(work, Globals(debug=True, colour=False))
    assert "the end of the log" in capsys.readouterr().err


def test_a_closed_pipe_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "project.yml").write_text("name: x")
    for i in range(3000):
        path = tmp_path / f"sql/sources/table_with_a_long_name_{i}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"CREATE TABLE table_with_a_long_name_{i} (a INT) WITH ('connector' = 'datagen')")
    done = subprocess.run(
        f"{sys.executable} -m flinksql_runner --project-dir {tmp_path} ls | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] in ("0", "141")
