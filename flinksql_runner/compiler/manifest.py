"""``target/manifest.json``: nodes, edges, columns, places and hashes, in dbt's shape.

Unchanged input gives the same bytes: no time, no id of the call, keys and lists in a fixed order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from flinksql_runner.analyse.streams import Streams
from flinksql_runner.analyse.values import Analysis
from flinksql_runner.compiler.changelogs import stream_of
from flinksql_runner.compiler.columns import columns_of
from flinksql_runner.compiler.compile import functions_of
from flinksql_runner.compiler.job import Job
from flinksql_runner.diagnostics import LineIndex, Span
from flinksql_runner.functions.values import Function, Functions
from flinksql_runner.graph.select import fqn
from flinksql_runner.graph.values import Graph
from flinksql_runner.project.values import Project
from flinksql_runner.syntax.secrets import plain_secret
from flinksql_runner.syntax.values import Node

SCHEMA_VERSION = 1
"""The version of the manifest's shape; it grows when a key is removed or changes its meaning."""

Json = dict[str, object]


def manifest(
    project: Project, graph: Graph, jobs: Mapping[str, Job], functions: Functions, analysis: Analysis,
    streams: Streams | None = None,
) -> str:
    """The manifest as JSON text with a line end; ``schemas/manifest.schema.json`` is its schema.

    :param analysis: where the types of columns come from.
    :param streams: where changelog modes and keys come from.
    """
    indexes = {path: LineIndex(text) for path, text in project.texts.items()}
    indexes |= {n.path: LineIndex(n.rendered.file.text) for n in graph.nodes.values()}
    nodes = {
        _id(project, n): _node(project, graph, n, functions, indexes, analysis) | stream_of(n.name, streams)
        for n in graph.nodes.values()
    }
    document: Json = {
        "metadata": {
            "flinksql_schema_version": SCHEMA_VERSION, "project_name": project.name, "project_version": project.version,
            "flink_version": project.flink_version, "target_name": project.target.name, "target_type": project.target.type,
        },
        "nodes": nodes,
        "functions": {_function_id(project, f): _function(project, f, indexes) for f in functions.by_name.values()},
        "jobs": {f"job.{project.name}.{j.name}": _job(project, graph, j) for j in jobs.values()},
        "parent_map": {_id(project, n): _ids(project, graph, graph.parents[n.name]) for n in graph.nodes.values()},
        "child_map": {_id(project, n): _ids(project, graph, graph.children[n.name]) for n in graph.nodes.values()},
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def unique_id(package: str, node: Node) -> str:
    """``source.<package>.<name>``, ``transform...`` or ``sink...``."""
    return f"{node.kind}.{package}.{node.name}"


def describe(graph: Graph, node: Node, package: str) -> Json:
    """The keys of a node that ``ls --output json`` shows too."""
    return {
        "alias": node.name,
        "config": dict(node.config),
        "depends_on": {"nodes": [unique_id(package, graph.nodes[p]) for p in graph.parents[node.name]]},
        "fqn": list(fqn(graph, node)),
        "name": node.name,
        "original_file_path": node.path,
        "package_name": package,
        "resource_type": node.kind,
        "source_name": node.rendered.file.area if node.kind == "source" else "",
        "tags": list(node.tags),
        "unique_id": unique_id(package, node),
    }


def _id(project: Project, node: Node) -> str:
    return unique_id(project.name, node)


def _ids(project: Project, graph: Graph, names: Iterable[str]) -> list[str]:
    return [_id(project, graph.nodes[n]) for n in names]


def _function_id(project: Project, function: Function) -> str:
    return f"function.{project.name}.{function.name}"


def _node(
    project: Project, graph: Graph, node: Node, functions: Functions, indexes: Mapping[str, LineIndex], analysis: Analysis,
) -> Json:
    file = node.rendered.file
    used = functions_of([node], functions)
    found = describe(graph, node, project.name)
    columns = columns_of(node, analysis)
    found["depends_on"] = {
        "nodes": _ids(project, graph, graph.parents[node.name]), "functions": [_function_id(project, f) for f in used],
    }
    hidden = any(plain_secret(k, v) for k, v in node.options.items())
    first = node.statements[0] if node.statements else None
    origin = node.rendered.map.origin(first.start, first.end).span if first else Span(node.path, 0, 0)
    return found | {
        "checksum": {"name": "sha256", "checksum": hashlib.sha256(file.text.encode()).hexdigest()},
        "columns": {str(c["name"]): c for c in columns},
        "column_order": list(dict.fromkeys(str(c["name"]) for c in columns)),
        "compiled": node.name not in graph.broken,
        "compiled_code": None if hidden or node.name in graph.broken else node.rendered.text,
        "env_vars": sorted(node.rendered.env_used),
        "meta": node.config.get("meta", {}),
        "description": str(node.config.get("description", "")),
        "options": {k: "***" if plain_secret(k, v) else v for k, v in sorted(node.options.items())},
        "path": "/".join(p for p in (file.area, node.path.rsplit("/", 1)[-1]) if p),
        "position": _position(origin, indexes),
        "primary_key": list(node.primary_key),
        "raw_code": None if hidden else file.text,
        "reads": [{"name": u.name, "via": u.via, "position": _position(u.span, indexes)} for u in node.reads],
        "refs": [{"name": r.name} for r in node.rendered.references if r.via == "ref"],
        "sources": [[r.name] for r in node.rendered.references if r.via == "source"],
        "vars": sorted(node.rendered.vars_used),
        "watermark": node.watermark or None,
    }


def _function(project: Project, function: Function, indexes: Mapping[str, LineIndex]) -> Json:
    return {
        "unique_id": _function_id(project, function), "name": function.name, "resource_type": "function",
        "package_name": project.name, "original_file_path": function.span.file, "kind": function.kind,
        "parameters": [{"name": p.name, "data_type": p.type, "nullable": p.nullable} for p in function.parameters],
        "returns": function.returns, "deterministic": function.deterministic, "position": _position(function.span, indexes),
    }


def _job(project: Project, graph: Graph, job: Job) -> Json:
    return {
        "unique_id": f"job.{project.name}.{job.name}", "name": job.name, "resource_type": "job", "package_name": project.name,
        "checksum": {"name": "sha256", "checksum": job.hash}, "compiled_path": compiled_path(project, job.name),
        "depends_on": {"nodes": _ids(project, graph, job.nodes), "functions": [_function_id(project, f) for f in job.functions]},
        "sinks": _ids(project, graph, job.sinks), "settings": dict(sorted(job.settings.items())),
    }


def compiled_path(project: Project, job: str) -> str:
    """Where ``compile`` writes a job, relative to the project folder with forward slashes."""
    return f"{project.target_path}/compiled/{job}.sql".replace("\\", "/")


def _position(span: Span, indexes: Mapping[str, LineIndex]) -> Json:
    """A place with lines and columns from 1; zeros where the file's text is not known."""
    index = indexes.get(span.file)
    if index is None:
        return {"file": span.file, "line": 0, "column": 0, "end_line": 0, "end_column": 0}
    start, end = index.position(span.start), index.position(span.end)
    return {"file": span.file, "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
