"""Dashboards that follow their files: who edits one sees it at once, and a mistake does not take the page away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flinksql_runner.boards.values import Board
from flinksql_runner.dashboard.catalogue import Catalogue

_LOOK_SECONDS = 1.0


@dataclass(slots=True)
class Live:
    """The catalogue as it is now.

    ``look`` gives a value that differs when a file has changed, ``make`` reads the project anew.
    """

    look: Callable[[], Any]
    make: Callable[[], Catalogue]
    now: Catalogue

    async def follow(self, changed: Callable[[Board], None]) -> None:
        """Looks again and again; ``changed`` is called with each dashboard of before that is not as it was."""
        seen = await asyncio.to_thread(self.look)
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            found = await asyncio.to_thread(self.look)
            if found == seen:
                continue
            seen = found
            with suppress(Exception):  # project.yml is broken, or half written, at the moment: the last state stays
                self._take(await asyncio.to_thread(self.make), changed)

    def _take(self, new: Catalogue, changed: Callable[[Board], None]) -> None:
        before = self.now
        self.now = merged(before, new)
        for name, board in before.boards.boards.items():
            after = self.now.boards.boards.get(name)
            if after is not board or self.now.problems(board) != before.problems(board):
                changed(board)


def merged(before: Catalogue, new: Catalogue) -> Catalogue:
    """The new catalogue; a dashboard that did not change stays the same value, one whose file can't be read at the moment stays
    as it was, with what is wrong told."""
    boards: dict[str, Board] = {}
    for name, board in before.boards.boards.items():
        after = new.boards.boards.get(name)
        if after == board or (after is None and board.path in new.boards.texts):
            boards[name] = board
    return replace(new, boards=replace(new.boards, boards={**new.boards.boards, **boards}))
