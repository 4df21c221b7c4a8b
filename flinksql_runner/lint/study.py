"""A node, studied: what is wrong with it, and what it shows to its readers and to rules that look across nodes.

A study hangs on the node's own file, on what lies around it, on the functions, and on what the nodes that it reads show; on
nothing else. So it can be kept as long as these are the same, and made in any process that is given them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flinksql_runner.analyse.flows import Flows
from flinksql_runner.analyse.nodes import analyse_node
from flinksql_runner.analyse.stream_checks import check_node
from flinksql_runner.analyse.streams import NodeStreams
from flinksql_runner.analyse.values import NodeAnalysis
from flinksql_runner.diagnostics import Diagnostic
from flinksql_runner.functions.values import Functions
from flinksql_runner.lint.around import Around
from flinksql_runner.lint.facts import NOTHING, Facts, facts_of
from flinksql_runner.lint.outward import Outward, outward
from flinksql_runner.lint.registry import node_rules
from flinksql_runner.lint.rule import Finding, Settings
from flinksql_runner.lint.subject import Subject
from flinksql_runner.lint.trees import trees_of
from flinksql_runner.syntax.values import Node


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule found in the node."""

    code: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """``types`` are the analyser's diagnostics, ``streams`` those about its stream, ``found`` what rules about nodes found.

    ``facts`` and ``found`` are empty where the node is not sound.
    """

    types: tuple[Diagnostic, ...] = ()
    streams: tuple[Diagnostic, ...] = ()
    found: tuple[Found, ...] = ()
    facts: Facts = NOTHING


def study(node: Node, around: Around, parents: Mapping[str, Outward], functions: Functions) -> tuple[Outward, Study]:
    """The study of one node, given what the nodes that it reads show."""
    analysis = analyse_node(node, {name: p.analysis for name, p in parents.items()}, functions)
    streams = NodeStreams(node, around.options, analysis, Flows({name: p.flow for name, p in parents.items()}))
    checked = () if around.broken else tuple(check_node(streams, around.written_by))
    return study_of(node, around, parents, functions, analysis, streams, checked)


def study_of(
    node: Node, around: Around, parents: Mapping[str, Outward], functions: Functions, analysis: NodeAnalysis,
    streams: NodeStreams, checked: tuple[Diagnostic, ...] = (),
) -> tuple[Outward, Study]:
    """The same where the node is analysed already."""
    wrong = around.broken or any(d.is_error for d in analysis.diagnostics)
    sound = not wrong and all(p.sound for p in parents.values())
    shown = outward(node.kind, analysis, streams, around.options, parents.values(), sound=sound)
    if not sound:
        return shown, Study(analysis.diagnostics, checked)
    trees = trees_of(node, analysis.relations)
    subject = Subject(around, functions, trees, analysis, streams, parents)
    return shown, Study(analysis.diagnostics, checked, tuple(_found(node, subject)), facts_of(node, trees))


def _found(node: Node, subject: Subject) -> Iterator[Found]:
    rules = node_rules()
    for rule in subject.around.rules:
        findings = tuple(rules[rule.code].check(node, subject, Settings(rule.values)))
        if findings:
            yield Found(rule.code, findings)
