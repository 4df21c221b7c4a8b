"""profiles.yml: the chosen target, with environment variables filled in and embedded services as placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flinksql_runner.diagnostics import Diagnostic, Span, error, nearest
from flinksql_runner.project.placeholders import EMBEDDED, is_secret, names_in, placeholder
from flinksql_runner.project.shape import check_shape
from flinksql_runner.project.values import Target
from flinksql_runner.project.yaml_source import YamlSource, read_yaml

DEFAULT_OUTPUT: Mapping[str, object] = {
    "type": "local", "kafka": "embedded", "postgres": "embedded", "archive": "embedded",
}
"""The target of a project without profiles.yml: everything on this machine."""

_SECRET_KEY = re.compile(r"(?i)(password|passwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|credential)")
_JINJA = re.compile(r"\{[{%]")


def default_target() -> Target:
    """The target ``local`` of a project that has no profiles.yml."""
    return _target("local", DEFAULT_OUTPUT)


def read_target(
    file: str, text: str, profile: str | None, target: str | None, env: Mapping[str, str],
) -> tuple[Target | None, YamlSource, tuple[Diagnostic, ...]]:
    """The chosen output of a profile; None with diagnostics where it can't be used.

    Only the chosen output is filled in, so a variable that another one needs may be missing.
    """
    source = read_yaml(file, text)
    if source.diagnostics:
        return None, source, source.diagnostics
    wrong = check_shape(source, "profiles")
    if wrong or not isinstance(source.value, dict):
        return None, source, wrong
    profiles: dict[str, Any] = source.value
    name = profile or (next(iter(profiles)) if len(profiles) == 1 else None)
    if name is None or name not in profiles:
        return None, source, (_not_there("profile", name, profiles, source.span(())),)
    chosen = target or profiles[name].get("target")
    outputs: dict[str, Any] = profiles[name]["outputs"]
    if chosen is None:
        chosen = "default" if "default" in outputs else next(iter(outputs))
    place = source.key_span((name, "outputs"))
    if target is None and "target" in profiles[name]:
        place = source.span((name, "target"))
    if chosen not in outputs:
        return None, source, (_not_there("target", chosen, outputs, place),)
    reader = _Reader(source, env)
    values = reader.read(outputs[chosen], (name, "outputs", chosen))
    errors = tuple(reader.diagnostics)
    return (None if errors else _target(chosen, values)), source, errors


def _target(name: str, values: Any) -> Target:
    embedded = frozenset(k for k in EMBEDDED if values.get(k) == "embedded")
    filled = {k: dict(EMBEDDED[k]) if k in embedded else v for k, v in values.items() if k != "type"}
    return Target(name, str(values["type"]), filled, embedded)


def _not_there(kind: str, name: str | None, known: Mapping[str, Any], place: Span) -> Diagnostic:
    listed = ", ".join(f"`{k}`" for k in known)
    if name is None:
        return error("FS007", f"profiles.yml has several profiles and project.yml names none: {listed}", place,
                     "add `profile: NAME` to project.yml, or use --profile")
    near = nearest(name, known)
    help = (f"did you mean `{near}`? " if near else "") + f"known: {listed}"
    return error("FS007", f"there is no {kind} `{name}`", place, help)


class _Reader:
    """Fills in ``{{ env_var('X') }}`` in the texts of one output, and finds secrets that stand there in plain text."""

    def __init__(self, source: YamlSource, env: Mapping[str, str]) -> None:
        self.source, self.env = source, env
        self.diagnostics: list[Diagnostic] = []
        self._jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
        self._jinja.globals["env_var"] = self._env_var
        self._missing: str | None = None

    def _env_var(self, name: str, default: object = None) -> str:
        if is_secret(name):
            return placeholder(name)
        if name in self.env:
            return self.env[name]
        if default is None:
            self._missing = name
            raise TemplateError(f"the environment variable `{name}` is not set")
        return str(default)

    def read(self, value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {k: self.read(v, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self.read(v, (*path, i)) for i, v in enumerate(value)]
        if not isinstance(value, str):
            return value
        text = self._render(value, path) if _JINJA.search(value) else value
        if _SECRET_KEY.search(str(path[-1])) and text and not names_in(text):
            self.diagnostics.append(error(
                "FS008", f"`{path[-1]}` stands here in plain text", self.source.span(path),
                "put it into an environment variable whose name starts with FLINKSQL_SECRET_ and write "
                f"\"{{{{ env_var('FLINKSQL_SECRET_{str(path[-1]).upper().replace('-', '_').replace('.', '_')}') }}}}\"",
            ))
        return text

    def _render(self, text: str, path: tuple[str | int, ...]) -> str:
        try:
            if len(text) > 10_000:
                raise TemplateError("the value is too long")
            return str(self._jinja.from_string(text).render())
        except Exception as failed:
            span = self.source.span(path)
            help = None
            if self._missing is not None:
                at = self.source.text.find(self._missing, span.start, span.end)
                span = Span(span.file, at, at + len(self._missing)) if at >= 0 else span
                help = f"set it, or give a default: env_var('{self._missing}', 'value')"
            self.diagnostics.append(error("FS103" if self._missing else "FS101", str(failed), span, help))
            self._missing = None
            return ""
