"""One list of diagnostics, many forms: text for people, the others for programs; a file each.

Nothing here prints, and nothing here knows a terminal beyond its width and its colours.
"""

from flinksql_runner.diagnostics.render.counts import summary, summary_line
from flinksql_runner.diagnostics.render.github import annotation, as_github
from flinksql_runner.diagnostics.render.gitlab import as_gitlab
from flinksql_runner.diagnostics.render.junit import as_junit
from flinksql_runner.diagnostics.render.places import Places
from flinksql_runner.diagnostics.render.rows import SCHEMA_VERSION, as_json, row
from flinksql_runner.diagnostics.render.sarif import as_sarif
from flinksql_runner.diagnostics.render.text import Renderer

__all__ = [
    "SCHEMA_VERSION", "Places", "Renderer", "annotation", "as_github", "as_gitlab", "as_json", "as_junit", "as_sarif", "row",
    "summary", "summary_line",
]
