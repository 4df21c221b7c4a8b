"""What sqlfluff's flink dialect reads: JSON lines {"id", "sql"} on stdin; {"id", "ok"} lines and the rate on stdout.

Run by `bench/dialect.py --sqlfluff PYTHON` with a Python that has sqlfluff installed; it is no dependency of ours.
"""

from __future__ import annotations

import json
import sys
import time

from sqlfluff.core import FluffConfig, Linter


def main() -> int:
    """Prints a verdict a line, and at last the statements a second."""
    linter = Linter(config=FluffConfig(overrides={"dialect": "flink", "templater": "raw"}))
    rows = [json.loads(line) for line in sys.stdin if line.strip()]
    began = time.perf_counter()
    for row in rows:
        try:
            parsed = linter.parse_string(row["sql"])
            tree = parsed.tree
            good = tree is not None and not parsed.violations and "unparsable" not in tree.type_set()
        except Exception:
            good = False
        print(json.dumps({"id": row["id"], "ok": good}))
    print(json.dumps({"rate": len(rows) / (time.perf_counter() - began)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
