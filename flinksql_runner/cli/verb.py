"""What every verb is made of: global options, exit codes, and one boundary where failures become sentences."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from flinksql_runner.cli.params import Globals, global_options, globals_of, taken
from flinksql_runner.diagnostics import Failure

__all__ = ["Globals", "verb"]


def verb(name: str | None = None, **settings: Any) -> Callable[[Callable[..., int]], click.Command]:
    """Makes a verb of ``def command(options: Globals, ...) -> int``: its docstring is the help, its result the exit code.

    Failures, unusable projects and Ctrl-C end here, in one sentence each; a verb raises what it can't do and prints
    what it found.
    """
    def make(function: Callable[..., int]) -> click.Command:
        def run(**values: Any) -> None:
            context = click.get_current_context()
            inner = taken(values)
            own = {k: v for k, v in values.items() if not k.startswith("global_")}
            options = globals_of(context.obj or {}, inner, _here())
            context.exit(guarded(lambda: function(options, **own), options))

        update_wrapper(run, function)
        decorate: Callable[[Any], click.Command] = click.command(name, **settings)
        return decorate(global_options(hidden=True)(run))

    return make


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise Failure("The folder that you are in is gone; go to another one.") from None


def guarded(work: Callable[[], int], options: Globals) -> int:
    """Runs a verb's work; what it raises becomes a sentence on standard error and an exit code."""
    try:
        return work()
    except Failure as failure:
        _show_places(failure, options)
        _say(str(failure), options)
        if failure.detail and options.debug:
            click.echo(failure.detail, err=True)
        return failure.exit_code
    except KeyboardInterrupt:
        click.echo(file=sys.stderr)
        _say("Interrupted.", options)
        return 130
    except BrokenPipeError:
        # the reader (head, less) has gone: nothing is left to say, and Python's own flush must not complain
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (click.exceptions.Exit, click.ClickException, click.Abort):
        raise
    except MemoryError:
        _say("There is not enough memory for this; close something, or make the project's files smaller.", options)
        return 2
    except ImportError as lacking:
        if lacking.name != "sqlglotc":
            return _bug(lacking, options)
        _say(f"{lacking}.", options)
        return 2
    except OSError as failed:
        place = f" ({failed.filename})" if failed.filename else ""
        _say(f"{(failed.strerror or str(failed)).rstrip('.')}{place}.", options)
        if options.debug:
            traceback.print_exc()
        return 2
    except Exception as bug:
        return _bug(bug, options)


def _bug(bug: Exception, options: Globals) -> int:
    if options.debug:
        traceback.print_exc()
    _say(f"This is a bug of flinksql ({type(bug).__name__}: {str(bug).splitlines()[0] if str(bug) else 'no message'}); "
         "run again with --debug for the traceback and report it.", options)
    return 2


def _show_places(failure: Failure, options: Globals) -> None:
    """The diagnostics of an unusable project, where the failure carries some."""
    diagnostics = getattr(failure, "diagnostics", ())
    if diagnostics:
        from flinksql_runner.cli.output import print_diagnostics  # the plain verbs don't wait for it

        print_diagnostics(diagnostics, getattr(failure, "texts", {}), options, to_stderr=True)


def _say(sentence: str, options: Globals) -> None:
    colour = options.colour if options.colour is not None else sys.stderr.isatty()
    head = "\x1b[1;31merror\x1b[0m" if colour else "error"
    click.echo(f"{head}: {sentence}", err=True)
