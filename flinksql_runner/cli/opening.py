"""From the global options to a loaded project."""

from __future__ import annotations

import os

from flinksql_runner.cli.params import Globals
from flinksql_runner.project.load import load
from flinksql_runner.project.values import Project


def open_project(options: Globals) -> Project:
    """The project that the options name, for the target that they name.

    :raises flinksql_runner.project.load.ProjectUnusable: where project.yml or profiles.yml is wrong.
    :raises flinksql_runner.diagnostics.Failure: where there is no project.
    """
    return load(
        options.project_dir.absolute(), target=options.target, profile=options.profile, profiles_dir=options.profiles_dir,
        vars=options.vars, env=os.environ, target_path=options.target_path,
    )
