"""From what tables ask for to the exact Maven coordinates that bring it; no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flinksql_runner.deps.table import Provider, known_versions, providers
from flinksql_runner.deps.values import Need
from flinksql_runner.diagnostics import Diagnostic, error, nearest
from flinksql_runner.project.values import Coordinate, Dependencies

UNKNOWN = "FS501"
NO_DRIVER = "FS502"
CLASH = "FS503"
NO_VERSION = "FS504"


def resolve(
    needs: Iterable[Need], dependencies: Dependencies, flink_version: str,
) -> tuple[Mapping[Coordinate, tuple[str, ...]], tuple[Diagnostic, ...]]:
    """The coordinates that satisfy all needs, each with what it provides, and what nobody provides.

    A name under ``dependencies: jars:`` goes before the table; jars declared under other names are taken as well.
    """
    wanted: dict[Coordinate, set[str]] = {}
    problems: list[Diagnostic] = []
    table = providers(flink_version)
    needs = tuple(needs)
    if not table:
        return {}, _no_version(needs, flink_version)
    for need in needs:
        found = dependencies.jars.get(need.identifier)
        if found is None:
            provider = table.get((need.kind, need.identifier))
            found = provider.choose(need) if provider else None
            if found is None:
                problems.append(_missing(need, provider, table))
        for coordinate in found or ():
            wanted.setdefault(coordinate, set()).add(f"{need.kind}:{need.identifier}")
    for name, coordinates in dependencies.jars.items():
        for coordinate in coordinates:
            wanted.setdefault(coordinate, set()).add(f"jar:{name}")
    problems += _two_versions(wanted)
    return {c: tuple(sorted(provides)) for c, provides in sorted(wanted.items(), key=lambda kv: str(kv[0]))}, tuple(problems)


def _missing(need: Need, provider: Provider | None, table: Mapping[tuple[str, str], Provider]) -> Diagnostic:
    declare = f"name its jars in project.yml: `dependencies: {{jars: {{{need.identifier}: ['group:artifact:version']}}}}`"
    if provider is not None:
        value = need.options.get(provider.by)
        told = f"`{provider.by}` is `{value}`" if value else f"it has no `{provider.by}` that can be read"
        known = ", ".join(p for p in provider.choices if not p.startswith("$"))
        return error(NO_DRIVER, f"no driver is known for the {need.kind} `{need.identifier}` here: {told}", need.span,
                     f"known are {known}; for another one {declare}", node=need.node)
    names = [identifier for kind, identifier in table if kind == need.kind]
    near = nearest(need.identifier, names)
    hint = f"did you mean `{near}`? Else {declare}" if near else declare
    return error(UNKNOWN, f"no jar is known for the {need.kind} `{need.identifier}`", need.span, hint, node=need.node)


def _two_versions(wanted: Mapping[Coordinate, set[str]]) -> Iterable[Diagnostic]:
    by_artifact: dict[tuple[str, str, str], list[Coordinate]] = {}
    for coordinate in wanted:
        by_artifact.setdefault((coordinate.group, coordinate.artifact, coordinate.classifier), []).append(coordinate)
    for versions in by_artifact.values():
        if len(versions) > 1:
            both = " and ".join(f"`{c}` ({', '.join(sorted(wanted[c]))})" for c in sorted(versions, key=str))
            yield error(CLASH, f"two versions of one jar are asked for: {both}", None,
                        "name one of them in project.yml under `dependencies: jars:` with the identifier that needs it")


def _no_version(needs: tuple[Need, ...], flink_version: str) -> tuple[Diagnostic, ...]:
    known = ", ".join(known_versions())
    span, node = (needs[0].span, needs[0].node) if needs else (None, None)
    return (error(NO_VERSION, f"no connectors are known for Flink {flink_version}", span,
                  f"set `flink_version:` in project.yml to one of {known}", node=node),)
