"""From a folder on disk to a ``Project``, for one target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flinksql_runner.diagnostics import Diagnostic, Failure, warning
from flinksql_runner.project.config import Config, read_config, unused_folders
from flinksql_runner.project.profiles import default_target, read_target
from flinksql_runner.project.reading import PROFILES_FILE, PROJECT_FILE, home_folder, named_folder
from flinksql_runner.project.tree import Tree, read_text, read_tree
from flinksql_runner.project.values import Project, Target

__all__ = ["PROFILES_FILE", "PROJECT_FILE", "ProjectUnusable", "load"]



class ProjectUnusable(Failure):
    """project.yml or profiles.yml can't be used; ``diagnostics`` say why, ``texts`` are the files for printing places."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], texts: Mapping[str, str]) -> None:
        files = dict.fromkeys(d.span.file for d in diagnostics if d.span)
        super().__init__(f"{' and '.join(files) or 'the project'} can't be used; mend the places above.")
        self.diagnostics = diagnostics
        self.texts = texts


def load(
    root: Path, *, target: str | None = None, profile: str | None = None, profiles_dir: Path | None = None,
    vars: Mapping[str, object] | None = None, env: Mapping[str, str], target_path: str | None = None,
) -> Project:
    """Reads the project in the folder ``root`` for one target.

    ``vars`` win over those of project.yml. ``env`` is what ``env_var()`` may read. Mistakes in single files are in
    ``Project.diagnostics``.

    :raises ProjectUnusable: where project.yml or profiles.yml is wrong.
    :raises Failure: where there is no project.
    """
    if not (root / PROJECT_FILE).is_file():
        raise Failure(f"There is no {PROJECT_FILE} in {root}: go to a project's folder, name it with --project-dir, "
                      "or make one with `flinksql init NAME`.")
    problems: list[Diagnostic] = []
    text = read_text(root, PROJECT_FILE, problems)
    if text is None:
        raise ProjectUnusable(tuple(problems), {})
    config = read_config(PROJECT_FILE, text)
    if config.diagnostics:
        raise ProjectUnusable(config.diagnostics, {PROJECT_FILE: text})
    chosen, profile_texts = _target(root, config, target, profile, profiles_dir, env)
    tree = read_tree(root, config)
    notes = [
        warning("FS003", f"`config:` names {name}, which is not there", span, f"did you mean `{near}`?" if near else None)
        for name, span, near in unused_folders(config.folders, _places(tree), config.source)
    ]
    return Project(
        root=root, name=config.name, version=config.version, flink_version=config.flink_version, target=chosen,
        files=tree.files, macros=tree.macros, python_files=tree.python, dashboards=tree.dashboards,
        jobs=config.jobs,
        vars={**config.vars, **(vars or {})}, var_spans={v: config.source.key_span(("vars", v)) for v in config.vars},
        env=env, dependencies=config.dependencies,
        target_path=target_path or config.target_path, rules=config.rules, format=config.format,
        texts={PROJECT_FILE: text, **profile_texts, **tree.texts},
        diagnostics=(*tree.diagnostics, *notes),
    )


def _places(tree: Tree) -> set[tuple[str, ...]]:
    known: set[tuple[str, ...]] = {("sources",), ("transforms",), ("sinks",)}
    for file in tree.files:
        parts = (*file.path.split("/")[1:-1], file.name)
        known |= {parts[:i] for i in range(1, len(parts) + 1)}
    return known


def _target(
    root: Path, config: Config, target: str | None, profile: str | None, profiles_dir: Path | None, env: Mapping[str, str],
) -> tuple[Target, dict[str, str]]:
    folder = _profiles_folder(root, profiles_dir, env)
    if folder is None:
        if target not in (None, "local"):
            raise Failure(f"There is no target `{target}`: this project has no {PROFILES_FILE}, so `local` is the only one.")
        return default_target(), {}
    problems: list[Diagnostic] = []
    text = read_text(folder, PROFILES_FILE, problems)
    if text is None:
        raise ProjectUnusable(tuple(problems), {})
    found, _, wrong = read_target(PROFILES_FILE, text, profile or config.profile, target, env)
    if found is None:
        raise ProjectUnusable(tuple(replace(d) for d in wrong), {PROFILES_FILE: text})
    return found, {PROFILES_FILE: text}


def _profiles_folder(root: Path, profiles_dir: Path | None, env: Mapping[str, str]) -> Path | None:
    """--profiles-dir, FLINKSQL_PROFILES_DIR, the project's folder, ``~/.flinksql``: the first that has the file."""
    named = named_folder(profiles_dir, env)
    if named is not None:
        if not (named / PROFILES_FILE).is_file():
            raise Failure(f"There is no {PROFILES_FILE} in {named}: name the folder that has it with --profiles-dir.")
        return named
    return next((f for f in (root, *home_folder(env)) if (f / PROFILES_FILE).is_file()), None)
