"""Python functions of ``udfs/`` as SQL sees them; read from the source text, nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flinksql_runner.diagnostics import Diagnostic, Span

GENERATED_MODULE = "flinksql_functions"
"""The module of the bundle that Flink imports; it wraps the functions of ``udfs/``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its name and Flink type as SQL text.

    ``nullable`` is whether the function wants to see NULL (its hint is Optional); else a NULL argument makes the result
    NULL without a call (scalar functions only; a vectorised one sees every row).
    """

    name: str
    type: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """One function under ``@udf``.

    ``module`` is the dotted module below ``udfs/`` (``scoring``, ``geo.lookup``), ``attribute`` the object in it.
    ``declared_as`` is what ``CREATE TEMPORARY SYSTEM FUNCTION name AS '...' LANGUAGE PYTHON`` names.
    """

    name: str
    module: str
    attribute: str
    kind: Literal["scalar", "vectorised", "table"]
    parameters: tuple[Parameter, ...]
    returns: str
    deterministic: bool
    span: Span

    @property
    def declared_as(self) -> str:
        """The object in the generated module of the bundle that wraps this function for Flink."""
        return f"{GENERATED_MODULE}.{self.name}"


@dataclass(frozen=True, slots=True)
class Functions:
    """All functions of a project by lower-case name."""

    by_name: Mapping[str, Function] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
