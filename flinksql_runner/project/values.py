"""A loaded project: what is on disk and what the configuration says, frozen.

Later stages read these values and never the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flinksql_runner.diagnostics import Diagnostic, Span
from flinksql_runner.project.lint_settings import RuleSetting

NodeKind = Literal["source", "transform", "sink"]


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One file below ``sql/sources``, ``sql/transforms`` or ``sql/sinks``; its name is the table's or view's name.

    ``config`` is the folder-wide configuration of project.yml for this file (the file's own ``config()`` is added by
    the templating stage and wins). ``area`` is the folders between, joined by ``/``; empty at the top.
    """

    path: str
    text: str
    kind: NodeKind
    name: str
    area: str = ""
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MacroFile:
    """One file of Jinja macros below ``macros/``; its macros are known in every template."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """One output of the profile: where jobs run and where their outside systems are.

    ``type`` is ``local``, ``session`` or ``kubernetes``. ``values`` is what templates see as ``target.*``: the output's
    keys as they stand in profiles.yml, where a service that is ``embedded`` is replaced by placeholders (see
    ``project/placeholders.py``). ``embedded`` names the services that the tool itself must start (``kafka``,
    ``postgres``, ``archive``).
    """

    name: str
    type: str
    values: Mapping[str, object] = field(default_factory=dict)
    embedded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One entry of ``jobs:`` in project.yml.

    ``select`` is a selection; its sinks and everything upstream make the job. ``settings`` are Flink options
    (``parallelism.default``, ``execution.checkpointing.interval`` ...), all as text. ``span`` is the entry's place.
    """

    name: str
    select: str
    settings: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A Maven artifact: ``group:artifact:version`` with an optional classifier."""

    group: str
    artifact: str
    version: str
    classifier: str = ""

    def __str__(self) -> str:
        tail = f":{self.classifier}" if self.classifier else ""
        return f"{self.group}:{self.artifact}:{self.version}{tail}"


@dataclass(frozen=True, slots=True)
class AssetSpec:
    """One entry of ``dependencies: assets:``: a file out of a package of a registry, known to templates and UDFs by name.

    ``registry`` is ``npm``, ``pypi`` or ``maven``; ``package`` and ``version`` name the package, ``file`` the member of
    its archive.
    """

    name: str
    registry: str
    package: str
    version: str
    file: str
    licence: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Dependencies:
    """``dependencies:`` of project.yml: jars beyond those that connectors bring, and assets.

    ``jars`` maps a connector, format or scheme identifier (or a free name) to the coordinates that provide it.
    """

    jars: Mapping[str, tuple[Coordinate, ...]] = field(default_factory=dict)
    assets: tuple[AssetSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """The whole project, as loaded for one target.

    ``files`` are sorted by path; ``dashboards`` are the texts of dashboards/*.yml by theirs. ``vars`` are those of project.yml
    with ``--vars`` over them, ``var_spans`` the places of those of project.yml. ``env`` is the environment that ``env_var()``
    may read (passed in, never read from the process by a later stage). ``rules`` and ``format`` are what project.yml says about
    lint rules and layout. ``diagnostics`` are what was found while loading. ``texts`` holds every file that was read by its
    relative path, for printing places.
    """

    root: Path
    name: str
    version: str
    flink_version: str
    target: Target
    files: tuple[SqlFile, ...] = ()
    macros: tuple[MacroFile, ...] = ()
    python_files: Mapping[str, str] = field(default_factory=dict)
    dashboards: Mapping[str, str] = field(default_factory=dict)
    jobs: Mapping[str, JobSpec] = field(default_factory=dict)
    vars: Mapping[str, object] = field(default_factory=dict)
    var_spans: Mapping[str, Span] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    dependencies: Dependencies = Dependencies()
    target_path: str = "target"
    rules: tuple[RuleSetting, ...] = ()
    format: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def state_folder(self) -> Path:
        """``.flinksql`` in the project folder: local state, pid files, logs."""
        return self.root / ".flinksql"

    @property
    def target_folder(self) -> Path:
        """The folder for what the tool makes (``target/``)."""
        return self.root / self.target_path
