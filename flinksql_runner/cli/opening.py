"""From the global options to a loaded project, and to its nodes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from flinksql_runner.cache.nodes import KeptNodes
from flinksql_runner.cache.tool import fingerprint
from flinksql_runner.cli.params import Globals
from flinksql_runner.cli.remembering import store_of
from flinksql_runner.pipeline import all_nodes, fresh_nodes
from flinksql_runner.project.load import load
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.values import Made


def open_project(options: Globals, env: Mapping[str, str] = os.environ) -> Project:
    """The project that the options name, for the target that they name; ``env`` is what its templates may read.

    :raises flinksql_runner.project.load.ProjectUnusable: where project.yml or profiles.yml is wrong.
    :raises flinksql_runner.diagnostics.Failure: where there is no project.
    """
    return load(
        options.project_dir.absolute(), target=options.target, profile=options.profile, profiles_dir=options.profiles_dir,
        vars=options.vars, env=env, target_path=options.target_path,
    )


def kept_nodes(options: Globals) -> Callable[[Project], Made]:
    """How ``build`` gets its nodes: out of the cache as far as they are in it, unless the options say otherwise."""
    store = store_of(options)
    return KeptNodes(store, fingerprint(), fresh_nodes) if store.usable else all_nodes
