"""``flinksql test --init NODE``: the first file of tests of a node."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from flinksql_runner.cli.jobs import placed
from flinksql_runner.cli.output import message
from flinksql_runner.cli.verb import Globals
from flinksql_runner.diagnostics import Failure, did_you_mean
from flinksql_runner.pipeline import Build
from flinksql_runner.planner.rows import SETTINGS as SHOW
from flinksql_runner.planner.rows import show
from flinksql_runner.project.files import write_text_atomic
from flinksql_runner.testing.author_init import Input, example, file_text, free_name, given, inputs_of
from flinksql_runner.testing.inputs import Shape
from flinksql_runner.testing.read import FOLDER, read_tests
from flinksql_runner.testing.run import SETTINGS
from flinksql_runner.testing.scene import Refused, Scene
from flinksql_runner.workspace import Unready, open_for_tests, open_workspace


def write_first_test(built: Build, name: str, rows: int | None, timeout: float, options: Globals) -> int:
    """Writes the file, and says how to go on.

    :param rows: how many rows to take from each input as it runs; None for made-up ones.
    :raises Failure: where there is no such node, or its file stands already.
    """
    graph = built.graph
    if name not in graph.nodes:
        raise Failure(f"there is no node `{name}`; {did_you_mean(name, graph.nodes) or '`flinksql ls` lists them'}")
    area = graph.nodes[name].rendered.file.area
    path = f"{FOLDER}/{area + '/' if area else ''}{name}.yml"
    if (built.project.root / path).exists():
        raise Failure(f"{path} is there already: write more tests into it, or name another node")
    with placed(built.project):
        found = _taken(built, name, rows, timeout, options) if rows is not None else _made(built, name, options)
    test = free_name(name, {t.name for t in read_tests(built.project.root).tests})
    write_text_atomic(built.project.root / path, file_text(name, test, found))
    click.echo(path)
    message(f"change its rows to what matters; then: flinksql test -k {test} --update", options)
    return 0


def _shapes(built: Build, name: str, options: Globals) -> Mapping[str, Shape]:
    """The columns of the inputs, as Flink tells them.

    :raises Unready: where Flink refuses one of them.
    """
    work = open_for_tests(built, [name], progress=lambda line: message(line, options))
    with tempfile.TemporaryDirectory(prefix="flinksql-test-") as folder, work.engine.session(SETTINGS) as session:
        scene = Scene(built.graph, built.functions, session, Path(folder))
        try:
            return {each: scene.shape(each) for each in inputs_of(built.graph, name)}
        except Refused as refused:
            raise Unready(f"the inputs of `{name}` can't be described", (refused.diagnostic,)) from None


def _made(built: Build, name: str, options: Globals) -> tuple[Input, ...]:
    node = built.graph.nodes[name]
    return tuple(example(node, built.graph, each, shape) for each, shape in _shapes(built, name, options).items())


def _taken(built: Build, name: str, rows: int, timeout: float, options: Globals) -> tuple[Input, ...]:
    """Rows that the inputs give now, from their real tables."""
    shapes = _shapes(built, name, options)
    work = open_workspace(built, nodes=list(shapes), topics=True, progress=lambda line: message(line, options))
    found = []
    for each, shape in shapes.items():
        with work.engine.session({**SHOW, "pipeline.name": f"flinksql test --init {name}"}) as session:
            shown = show(built.graph, built.graph.nodes[each], built.functions, session, work.values, limit=rows, timeout=timeout)
        columns = [c.name for c in shown.columns]
        if not shown.rows:
            message(f"`{each}` gave no row within {timeout:g} s (--timeout)", options)
        inserted = [r.values for r in shown.rows if r.kind in ("+I", "+U")]
        found.append(given(built.graph, each, shape, [dict(zip(columns, values, strict=True)) for values in inserted]))
    return tuple(found)
