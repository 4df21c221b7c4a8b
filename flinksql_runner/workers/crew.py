"""The helpers of one run: how many there are, what each of them has, and what becomes of their work when one dies.

A helper is a fork of this process, made when the project is loaded and all code that it needs is imported. It keeps the trees of
its share, so only small values go between the two. Whatever a helper does not give, because it died or because it can't be
written down, this process does itself: a helper can make a run faster, never wrong.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import msgspec

from flinksql_runner.cache.node_form import NodeForm
from flinksql_runner.cache.studies import Entry, StudyForm
from flinksql_runner.functions.values import Functions
from flinksql_runner.lint.around import Around
from flinksql_runner.lint.registry import node_rules
from flinksql_runner.pipeline import fresh_nodes
from flinksql_runner.project.values import Project, SqlFile
from flinksql_runner.syntax.values import Made, Node
from flinksql_runner.workers.frames import Closed, Line, Pipe
from flinksql_runner.workers.helper import NOTHING, Answer, Request, answer, serve

WORTH = 150
"""Files for one process at least: below that, making another one and telling it things costs more than it gives."""
_OWN = 1.0      # of an equal share: measured; both ends of the work are the leader's, but so are the pauses of a helper
_AHEAD = 2      # requests that wait at a free helper, so that it has no pause between two
_MOST = 3       # helpers: one process leads, and hands out more than it could do itself


def helpers_for(files: int) -> int:
    """How many helpers pay for so many files on this machine; none where a process can't be copied safely."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    return max(0, min(len(os.sched_getaffinity(0)) - 1, files // WORTH - 1, _MOST))


def _shares(files: Sequence[SqlFile], count: int) -> list[Sequence[SqlFile]]:
    """The leader's share, then one for each helper; files of one folder, which often read each other, stay together."""
    own = int(len(files) * _OWN / (count + 1))
    size = -(-(len(files) - own) // count)
    return [files[:own], *(files[at:at + size] for at in range(own, len(files), size))]


class _Helper:
    """One helper as its leader sees it: ``known`` are the nodes whose outward side it has been told or has told.

    One that ``is_free`` can study any node, the others those of ``paths``, whose trees they have.
    """

    def __init__(self, pid: int, line: Line, files: Sequence[SqlFile], *, is_free: bool) -> None:
        self.pid, self.line, self.files, self.is_free = pid, line, files, is_free
        self.paths: set[str] = set()
        self.known: set[str] = set()
        self.asked: set[str] = set()


class Crew:
    """Helpers that are made when there is enough to render; a context, at whose end they are gone."""

    def __init__(self, form: NodeForm, count: Callable[[int], int] = helpers_for) -> None:
        self._form, self._count = form, count
        self._studies, self._answers = StudyForm(), msgspec.msgpack.Decoder(Answer)
        self._helpers: list[_Helper] = []
        self._given_up: list[str] = []
        self._joined = False

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        for helper in self._helpers:
            helper.line.close()
            if failed is not None:  # nobody waits for what it is at
                with suppress(ProcessLookupError):
                    os.kill(helper.pid, signal.SIGKILL)
        for helper in self._helpers:
            with suppress(ChildProcessError):
                os.waitpid(helper.pid, 0)

    def fresh_nodes(self, project: Project, files: Sequence[SqlFile]) -> Made:
        """As ``pipeline.fresh_nodes``, in the order of the files."""
        count = self._count(len(files))
        if not count:
            return fresh_nodes(project, files)
        node_rules()    # loaded once, before there are several processes
        own, *others = _shares(files, count)
        for share in others:
            self._fork(share, partial(serve, project=project, files=share, form=self._form))
        made = fresh_nodes(project, own)
        found = {node.path: node for node in made.nodes}
        for helper in list(self._helpers):
            found.update((node.path, node) for node in self._nodes(helper, project))
        left = [file for file in files if file.path not in found]
        found.update((node.path, node) for node in (fresh_nodes(project, left).nodes if left else ()))
        return replace(made, nodes=tuple([found[file.path] for file in files]))

    def join(self, nodes: Collection[Node], functions: Functions, left: int) -> None:
        """Makes helpers that can study any of these nodes, if there is none yet and so many are left to be studied."""
        if self._helpers or self._joined:
            return
        self._joined = True
        by_path = {node.path: node for node in nodes}
        for _ in range(self._count(left)):
            self._fork((), lambda pipe: answer(pipe, by_path, functions), is_free=True)

    @property
    def has_room(self) -> bool:
        """Whether a helper that can study any node has little to do."""
        return any(h.is_free and len(h.asked) < _AHEAD for h in self._helpers)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return any(helper.asked for helper in self._helpers)

    def has_trees(self, node: Node) -> bool:
        """Whether a helper has the trees of a node."""
        return any(node.path in h.paths for h in self._helpers)

    def ask(self, node: Node, around: Around, shown: Callable[[str], msgspec.Raw], turn: int) -> None:
        """Asks the helper that has the node's trees to study it, or one that has room; there has to be one.

        Of what waits at a helper, the smallest ``turn`` is first.
        """
        helper = next(h for h in self._helpers if node.path in h.paths or (h.is_free and len(h.asked) < _AHEAD))
        unknown = {p: shown(p) for p in around.parents if p not in helper.known}
        helper.asked.add(node.name)
        helper.known.update(unknown)
        try:
            helper.line.send(self._studies.encode(Request(turn, node.path, around, unknown)))
        except Closed:
            self._lose(helper)

    def answers(self, wait: bool) -> Iterator[tuple[str, Entry]]:
        """The studies that are there by now; with ``wait`` at least one, if any is to come."""
        busy = [h for h in self._helpers if h.asked]
        if wait and busy:
            select.select([h.line for h in busy], [h.line for h in busy if h.line.is_full], [])
        for helper in busy:
            try:
                for message in helper.line.messages(wait=False):
                    told = self._answers.decode(message)
                    helper.asked.discard(told.name)
                    helper.known.add(told.name)
                    yield told.name, told.entry
            except Closed:
                self._lose(helper)

    def given_up(self) -> Sequence[str]:
        """The nodes that were asked for and that no helper will study any more; told once."""
        given_up, self._given_up = self._given_up, []
        return given_up

    def _nodes(self, helper: _Helper, project: Project) -> Iterator[Node]:
        try:
            (message,) = helper.line.messages(wait=True)
        except Closed:
            self._lose(helper)
            return
        for file, raw in zip(helper.files, msgspec.msgpack.decode(message, type=list[msgspec.Raw]), strict=True):
            node = self._form.read(raw, file, project) if bytes(raw) != NOTHING else None
            if node is not None:
                helper.paths.add(file.path)
                yield node

    def _lose(self, helper: _Helper) -> None:
        """A helper that ended before its time."""
        self._given_up += sorted(helper.asked)
        self._helpers.remove(helper)
        helper.line.close()
        with suppress(ChildProcessError):
            os.waitpid(helper.pid, 0)

    def _fork(self, files: Sequence[SqlFile], work: Callable[[Pipe], None], *, is_free: bool = False) -> None:
        """A new helper; none where the machine lets no more processes be."""
        try:
            ours, theirs = socket.socketpair()
        except OSError:
            return
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            return
        if pid:
            theirs.close()
            self._helpers.append(_Helper(pid, Line(ours), files, is_free=is_free))
            return
        code = 1
        try:
            ours.close()
            work(Pipe(theirs))
        except (Closed, KeyboardInterrupt):
            code = 0
        finally:
            os._exit(code)  # nothing of the leader's is to be flushed or closed a second time
