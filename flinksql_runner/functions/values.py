"""Python functions of ``udfs/`` as SQL sees them; read from the source text, nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flinksql_runner.diagnostics import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its name and Flink type as SQL text."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function under ``@udf``.

    ``module`` is the dotted module below ``udfs/`` (``scoring``, ``geo.lookup``), ``attribute`` the object in it, so
    ``CREATE TEMPORARY SYSTEM FUNCTION name AS 'module.attribute' LANGUAGE PYTHON`` declares it.
    """

    name: str
    module: str
    attribute: str
    kind: Literal["scalar", "vectorised", "table"]
    parameters: tuple[Parameter, ...]
    returns: str
    deterministic: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Functions:
    """All functions of a project by lower-case name."""

    by_name: Mapping[str, Function] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
