"""What a helper does: it renders and parses its share of the files, and studies nodes of it as it is asked to."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

import msgspec

from flinksql_runner.cache.node_form import NodeForm
from flinksql_runner.cache.studies import Entry, StudyForm
from flinksql_runner.functions.signatures import read_functions
from flinksql_runner.functions.values import Functions
from flinksql_runner.lint.around import Around
from flinksql_runner.lint.outward import Outward
from flinksql_runner.lint.study import study
from flinksql_runner.pipeline import fresh_nodes
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.values import Node
from flinksql_runner.workers.frames import Pipe

NOTHING = msgspec.msgpack.encode(None)


class Request(msgspec.Struct, array_like=True, frozen=True):
    """Study the node of this file; ``shown`` are those of its parents that this helper does not know yet.

    Of several that wait, the one with the smallest ``turn`` is first.
    """

    turn: int
    path: str
    around: Around
    shown: Mapping[str, msgspec.Raw]


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """A study."""

    name: str
    entry: Entry


def serve(pipe: Pipe, project: Project, files: Sequence[SqlFile], form: NodeForm) -> None:
    """Sends the nodes of the files, ``NOTHING`` where one has no form as bytes, then answers.

    :raises flinksql_runner.workers.frames.Closed: when nothing more is asked.
    """
    made = fresh_nodes(project, files)
    pipe.send(msgspec.msgpack.encode([form.write(node, made.asked, project) for node in made.nodes]))
    answer(pipe, {node.path: node for node in made.nodes}, read_functions(project))


def answer(pipe: Pipe, by_path: Mapping[str, Node], functions: Functions) -> None:
    """Sends an answer to each request.

    :raises flinksql_runner.workers.frames.Closed: when nothing more is asked.
    """
    studies, shown = StudyForm(), dict[str, Outward]()
    requests, waiting = msgspec.msgpack.Decoder(Request), list[tuple[int, Request]]()
    while True:
        while not waiting or pipe.has_more:
            request = requests.decode(pipe.receive())
            shown.update((name, studies.outward(raw)) for name, raw in request.shown.items())
            heapq.heappush(waiting, (request.turn, request))
        _, request = heapq.heappop(waiting)
        node = by_path[request.path]
        outward, found = study(node, request.around, {p: shown[p] for p in request.around.parents}, functions)
        shown[node.name] = outward
        pipe.send(studies.encode(Answer(node.name, studies.write(outward, found))))
