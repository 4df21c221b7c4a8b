"""The options of one table as a check sees them: values, places, the factory, the formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flinksql_runner.diagnostics import Diagnostic, Related, Severity, Span
from flinksql_runner.options.types import mistake
from flinksql_runner.options.values import Factories, Factory, Kind, Side
from flinksql_runner.project.placeholders import names_in
from flinksql_runner.syntax.values import Node


@dataclass(frozen=True, slots=True)
class UsedFormat:
    """A format that a table uses: by which option (``value.format``), with which prefix (``value.json.``); what is known of it.

    ``factories`` is empty where the format is unknown.
    """

    option: str
    identifier: str
    prefix: str
    factories: tuple[Factory, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's options. ``options`` are all, with those of a table that it is LIKE; ``is_whole`` where it is like none."""

    node: Node
    side: Side
    options: Mapping[str, str]
    factory: Factory
    factories: Factories
    is_whole: bool = True

    @property
    def connector(self) -> str:
        """The connector's identifier."""
        return self.factory.identifier

    def given(self, key: str) -> bool:
        """Whether the option is given, under its own key or an older one."""
        option = self.factory.options.get(key)
        older = option.older if option is not None else ()
        return key in self.options or any(k.lstrip("-") in self.options for k in older)

    def value(self, key: str) -> str:
        """The value that Flink takes, the default where none is given; empty where none can be known."""
        option = self.factory.options.get(key)
        if key in self.options:
            return self.options[key]
        return option.default if option is not None else ""

    def known(self, key: str) -> str | None:
        """The value in lower case, the default where none is given; None where it can't be known or Flink can't read it."""
        text = self.value(key)
        option = self.factory.options.get(key)
        if names_in(text) or (option is not None and mistake(text, option.type) is not None):
            return None
        return text.lower()

    def number(self, key: str) -> int | None:
        """The value as a number, or None."""
        text = self.known(key)
        try:
            return int(text) if text else None
        except ValueError:
            return None

    @property
    def physical_columns(self) -> tuple[str, ...]:
        """Names of the columns that are read and written; empty where they can't be known."""
        return tuple(c.name for c in self.node.columns if c.kind == "physical") if self.is_whole else ()

    def formats(self) -> Iterator[UsedFormat]:
        """The formats that the connector reads from the options; of ``format`` and ``value.format`` the first."""
        for key in self.factory.options:
            if key != "format" and not key.endswith(".format"):
                continue
            if key not in self.options or (key == "value.format" and "format" in self.options and self.connector == "kafka"):
                continue
            name = self.options[key]
            kinds: tuple[Kind, ...] = ("format", "file-format") if self.connector == "filesystem" else ("format",)
            found = tuple(f for k in kinds if (f := self.factories.get(k, name)) is not None)
            yield UsedFormat(key, name, f"{key.removesuffix('format')}{name}.", found)

    def wrong(
        self, code: str, message: str, key: str, help: str | None = None, *, at_key: bool = False,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """A finding at the value of an option, or at its key; at the connector where the option is not written here."""
        place = self.node.option_places.get(key) or self.node.option_places.get("connector")
        if place is None:
            return Diagnostic(code, severity, message, Span(self.node.path, 0, 0), help, self.node.name)
        origin = place.key if at_key else place.value
        related = tuple(Related(call, "called here") for call in origin.calls)
        return Diagnostic(code, severity, message, origin.span, help, self.node.name, related)
