"""The real command on a tiny project that somebody broke."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILES: Mapping[str, str] = {
    "project.yml": "name: shop\nprofile: shop\njobs:\n  daily: {select: large_orders}\n",
    "profiles.yml": "shop:\n  target: local\n  outputs:\n    local: {type: local}\n"
                    "    production: {type: local, kafka: {servers: \"{{ env_var('SHOP_KAFKA') }}\"}}\n",
    "sql/sources/orders.sql": "CREATE TABLE orders (id INT, amount DOUBLE) WITH ('connector' = 'datagen')\n",
    "sql/transforms/dear.sql": "SELECT id, amount FROM {{ ref('orders') }} WHERE amount > 10\n",
    "sql/sinks/large_orders.sql": "CREATE TABLE large_orders (id INT, amount DOUBLE) WITH ('connector' = 'blackhole');\n"
                                  "INSERT INTO large_orders SELECT id, amount FROM dear\n",
}


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it said, both streams together."""

    code: int
    text: str

    def is_clear(self, code: int, *parts: str) -> None:
        """Holds the promise for bad input: this exit code, these words, never a traceback or a bug of ours."""
        assert "Traceback" not in self.text, self.text
        assert "a bug of flinksql" not in self.text, self.text
        assert self.code == code, self.text
        for part in parts:
            assert part in self.text, self.text


@dataclass(frozen=True, slots=True)
class Shop:
    """A project in a temporary folder."""

    root: Path

    def write(self, path: str, content: str | bytes) -> None:
        """Puts a file in its place."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def command(self, *arguments: str) -> list[str]:
        """The command as an argument list."""
        return [sys.executable, "-m", "flinksql_runner", *arguments]

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 240) -> Said:
        """Runs ``flinksql`` in the project's folder."""
        done = subprocess.run(self.command(*arguments), cwd=self.root, capture_output=True, text=True, errors="replace",
                              env={**_plain(), **(env or {})}, timeout=timeout, check=False)
        return Said(done.returncode, done.stdout + done.stderr)

    def files(self) -> set[str]:
        """All files that are there now, those of the cache left out."""
        found = {str(p.relative_to(self.root)) for p in self.root.rglob("*") if p.is_file()}
        return {p for p in found if not p.startswith(".flinksql/cache/")}


def _plain() -> dict[str, str]:
    """Our environment without settings of flinksql, in 200 columns so that no sentence is broken."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FLINKSQL_") or k.endswith(("_MIRROR", "_CACHE"))}
    return {**kept, "COLUMNS": "200", "NO_COLOR": "1"}
