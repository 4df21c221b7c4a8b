"""Options that every verb takes, before its name or after it; the later one wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

PREFIX = "FLINKSQL_"


@dataclass(frozen=True, slots=True)
class Globals:
    """What the global options say; one value for a whole command.

    ``vars`` is the parsed mapping of ``--vars``. ``colour`` is None where the terminal decides.
    """

    project_dir: Path = Path()
    profiles_dir: Path | None = None
    profile: str | None = None
    target: str | None = None
    target_path: str | None = None
    vars: Mapping[str, object] = field(default_factory=dict)
    threads: int = 0
    quiet: bool = False
    debug: bool = False
    log_format: str = "default"
    log_level: str = "info"
    colour: bool | None = None
    warn_error: bool = False
    partial_parse: bool = True


_FOLDER = click.Path(file_okay=False, path_type=Path)

# name, the option's flags, what click needs, help
_OPTIONS: tuple[tuple[str, tuple[str, ...], Mapping[str, Any], str], ...] = (
    ("project_dir", ("--project-dir",), {"type": _FOLDER}, "The project's folder; by default this one or the nearest above."),
    ("profiles_dir", ("--profiles-dir",), {"type": _FOLDER}, "The folder that has profiles.yml."),
    ("profile", ("--profile",), {}, "The profile to take out of profiles.yml."),
    ("target", ("-t", "--target"), {}, "The target of the profile."),
    ("target_path", ("--target-path",), {}, "The folder for what the tool makes."),
    ("vars", ("--vars",), {"metavar": "YAML"}, "Variables, as a mapping; they win over project.yml: '{day: 1}'."),
    ("threads", ("--threads",), {"type": click.IntRange(0)}, "How many things may go on at once; 0 lets the tool decide."),
    ("quiet", ("-q", "--quiet"), {"is_flag": True}, "Only results and errors."),
    ("debug", ("-d", "--debug"), {"is_flag": True}, "Tracebacks and details of failures."),
    ("log_format", ("--log-format",), {"type": click.Choice(["default", "text", "json", "debug"])}, "The form of messages."),
    ("log_level", ("--log-level",), {"type": click.Choice(["debug", "info", "warn", "error", "none"])}, "The least level shown."),
    ("colour", ("--use-colors/--no-use-colors",), {}, "Colours, or none; by default on terminals only."),
    ("partial_parse", ("--partial-parse/--no-partial-parse",), {},
     "Take what did not change from .flinksql/cache (the default), or do all anew."),
    ("warn_error", ("--warn-error",), {"is_flag": True}, "Warnings count as errors."),
)

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def global_options(*, hidden: bool) -> Decorator:
    """Adds all global options: ``hidden`` on the verbs, whose own help stays short; with environment variables on the group."""
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for name, flags, settings, help in reversed(_OPTIONS):
            env = None if hidden else PREFIX + {"colour": "USE_COLORS"}.get(name, name.upper())
            function = click.option(
                *flags, f"global_{name}", default=None, help=help, hidden=hidden, envvar=env,
                **settings,
            )(function)
        return function
    return add


def taken(values: Mapping[str, Any]) -> dict[str, Any]:
    """The global options that were given, without their prefix."""
    return {k.removeprefix("global_"): v for k, v in values.items() if k.startswith("global_") and v is not None}


def globals_of(outer: Mapping[str, Any], inner: Mapping[str, Any], here: Path) -> Globals:
    """The options before the verb with those behind it over them.

    :raises click.UsageError: for ``--vars`` that is no mapping.
    """
    values = {**outer, **inner}
    if "vars" in values:
        values["vars"] = _mapping(values["vars"])
    if "project_dir" not in values:
        values["project_dir"] = next((f for f in (here, *here.parents) if (f / "project.yml").is_file()), here)
    return Globals(**values)


def _mapping(text: str) -> Mapping[str, object]:
    import yaml  # only who gives --vars waits for it

    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as failed:
        raise click.UsageError(f"--vars is not YAML: {str(failed).splitlines()[0]}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise click.UsageError("--vars takes a mapping, for example --vars '{day: 1}'")
    return {str(k): v for k, v in value.items()}
