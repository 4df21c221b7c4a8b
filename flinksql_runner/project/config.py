"""project.yml as values: name, jobs, vars, dependencies, folder-wide settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flinksql_runner.diagnostics import Diagnostic, Span, error, nearest
from flinksql_runner.project.lint_settings import RuleSetting, rule_settings, shape_mistakes
from flinksql_runner.project.shape import check_shape
from flinksql_runner.project.values import AssetSpec, Coordinate, Dependencies, JobSpec
from flinksql_runner.project.yaml_source import YamlSource, read_yaml

_FLINK = {"2.3": "2.3.0", "2.3.0": "2.3.0"}
DEFAULT_FLINK = "2.3.0"


@dataclass(frozen=True, slots=True)
class Config:
    """What project.yml says. ``folders`` is its ``config:`` tree with ``+key`` settings; ``source`` keeps the places."""

    source: YamlSource
    name: str = ""
    version: str = "0"
    flink_version: str = DEFAULT_FLINK
    profile: str | None = None
    target_path: str = "target"
    vars: Mapping[str, object] = field(default_factory=dict)
    jobs: Mapping[str, JobSpec] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)
    folders: Mapping[str, object] = field(default_factory=dict)
    rules: tuple[RuleSetting, ...] = ()
    format: Mapping[str, object] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def read_config(file: str, text: str) -> Config:
    """Reads project.yml; with diagnostics (all errors) where it can't be used."""
    source = read_yaml(file, text)
    if source.diagnostics:
        return Config(source, diagnostics=source.diagnostics)
    found = check_shape(source, "project")
    if found or not isinstance(source.value, dict):
        return Config(source, diagnostics=found)
    value: dict[str, object] = source.value
    folders = _mapping(value.get("config"))
    wrong = (*_folder_mistakes(source, folders, ("config",)), *shape_mistakes(source, folders))
    return Config(
        source=source,
        name=str(value["name"]),
        version=str(value.get("version", "0")),
        flink_version=_FLINK[str(value.get("flink_version", DEFAULT_FLINK))],
        profile=None if value.get("profile") is None else str(value["profile"]),
        target_path=str(value.get("target-path", "target")),
        vars=_mapping(value.get("vars")),
        jobs={name: _job(source, name, _mapping(job)) for name, job in _mapping(value.get("jobs")).items()},
        dependencies=_dependencies(source, _mapping(value.get("dependencies"))),
        folders=folders,
        rules=rule_settings(source, value.get("lint"), folders),
        format=_mapping(value.get("format")),
        diagnostics=wrong,
    )


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def setting_text(value: object) -> str:
    """A value of YAML as Flink's options are written: true and false in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _job(source: YamlSource, name: str, job: Mapping[str, object]) -> JobSpec:
    settings = {key: setting_text(value) for key, value in _mapping(job.get("settings")).items()}
    if "parallelism" in job:
        settings = {"parallelism.default": setting_text(job["parallelism"]), **settings}
    span = source.span(("jobs", name, "select"))
    return JobSpec(name, str(job["select"]), settings, str(job.get("description", "")), span)


def _dependencies(source: YamlSource, value: Mapping[str, object]) -> Dependencies:
    jars = {}
    for name, coordinates in _mapping(value.get("jars")).items():
        listed = coordinates if isinstance(coordinates, list) else [coordinates]
        jars[name] = tuple(Coordinate(*str(c).split(":")) for c in listed)
    assets = []
    for name, raw in _mapping(value.get("assets")).items():
        asset = _mapping(raw)
        registry = next((r for r in ("npm", "pypi", "maven") if r in asset), "npm")
        assets.append(AssetSpec(name, registry, str(asset.get(registry, name)), str(asset["version"]), str(asset["file"]),
                                str(asset.get("licence", "")), source.key_span(("dependencies", "assets", name))))
    return Dependencies(jars, tuple(assets))


def _folder_mistakes(source: YamlSource, tree: Mapping[str, object], path: tuple[str | int, ...]) -> list[Diagnostic]:
    """Keys that are neither ``+settings`` nor folders."""
    found: list[Diagnostic] = []
    for key, value in tree.items():
        here = (*path, key)
        if key.startswith("+"):
            continue
        if isinstance(value, dict):
            found.extend(_folder_mistakes(source, value, here))
        else:
            found.append(error("FS004", f"`{key}` is no folder or file of settings", source.key_span(here),
                               f"a setting has a plus before it: `+{key}: ...`"))
    return found


def folder_config(folders: Mapping[str, object], parts: tuple[str, ...]) -> dict[str, object]:
    """The settings of a file, from the outermost folder in: inner ones win, ``tags`` are collected.

    ``parts`` is the way to the file: ``("sinks", "vehicles", "alerts")``.
    """
    found: dict[str, object] = {}
    tree: object = folders
    for part in (None, *parts):
        if part is not None:
            tree = tree.get(part) if isinstance(tree, dict) else None
        if not isinstance(tree, dict):
            break
        for key, value in tree.items():
            if not key.startswith("+"):
                continue
            name = key[1:]
            if name == "tags":
                value = list(dict.fromkeys([*_listed(found.get("tags")), *_listed(value)]))
            found[name] = value
    return found


def _listed(value: object) -> list[object]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def unused_folders(
    folders: Mapping[str, object], known: set[tuple[str, ...]], source: YamlSource,
) -> list[tuple[str, Span, str | None]]:
    """Folders and files that ``config:`` names and that are not there: name, place, the nearest that is."""
    found: list[tuple[str, Span, str | None]] = []

    def walk(tree: Mapping[str, object], path: tuple[str, ...]) -> None:
        for key, value in tree.items():
            if key.startswith("+") or not isinstance(value, dict):
                continue
            here = (*path, key)
            if here in known:
                walk(value, here)
            elif len(here) > 1:
                siblings = [k[-1] for k in known if k[:-1] == path]
                found.append(("/".join(here), source.key_span(("config", *here)), nearest(key, siblings)))

    walk(folders, ())
    return found
