"""How tests are dealt out under pytest-xdist: all SQL tests to one worker, any other test to any."""

from __future__ import annotations

from typing import cast

from xdist.scheduler import LoadGroupScheduling

_TOGETHER = "SQL unit tests"


class Together(LoadGroupScheduling):  # type: ignore[misc]  # xdist tells no types
    """What ``--dist load`` does, and ``loadgroup`` with its groups, but for SQL tests.

    xdist's own groups are no help: they travel in the ids of tests, which pytest 9.2 does not let xdist 3.8 change
    (pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.split("::", 1)[0].endswith((".yml", ".yaml")):
            return _TOGETHER
        return cast("str", super()._split_scope(nodeid))
