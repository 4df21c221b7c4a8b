"""What a node shows to those that read it: nothing else of it may be asked when a reader is studied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flinksql_runner.analyse.flows import UNKNOWN, Flow
from flinksql_runner.analyse.streams import NodeStreams
from flinksql_runner.analyse.values import Column, NodeAnalysis
from flinksql_runner.lint.sources import is_endless
from flinksql_runner.project.values import NodeKind


@dataclass(frozen=True, slots=True)
class Outward:
    """Columns, keys and time of a table or view, and what its stream is like.

    ``endless``: its rows are known to come for ever. ``sound``: neither it nor anything upstream of it has an error.
    """

    name: str
    columns: tuple[Column, ...] = ()
    open: bool = False
    primary_key: tuple[str, ...] = ()
    watermark: str = ""
    flow: Flow = UNKNOWN
    endless: bool = False
    sound: bool = False

    @property
    def analysis(self) -> NodeAnalysis:
        """As readers of the node are analysed with it."""
        return NodeAnalysis(self.name, self.columns, self.open, self.primary_key, self.watermark)


def outward(
    kind: NodeKind, analysis: NodeAnalysis, streams: NodeStreams, options: Mapping[str, str], parents: Iterable[Outward], *,
    sound: bool,
) -> Outward:
    """What a node shows. Places of columns are left out: they move with each line above them, and no reader asks for them."""
    columns = tuple([Column(c.name, c.type, c.time, c.kind, c.window) for c in analysis.columns])
    endless = (kind == "source" and is_endless(options)) or any(p.endless for p in parents)
    return Outward(analysis.name, columns, analysis.open, analysis.primary_key, analysis.watermark, streams.flow, endless, sound)
