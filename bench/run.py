"""All benchmarks, one after the other; each writes its section of docs/performance.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALL = ("compile_nodes", "lint_nodes", "deploy_overhead", "throughput", "unit_tests", "mutations")


def main() -> int:
    """Runs those that are named, or all; the exit code is 1 where one failed."""
    chosen = sys.argv[1:] or ALL
    commands = {name: [sys.executable, str(HERE / f"{name}.py"), "--write"] for name in chosen}
    failed = [name for name, command in commands.items() if subprocess.run(command, check=False).returncode]
    for name in failed:
        print(f"{name} failed", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
