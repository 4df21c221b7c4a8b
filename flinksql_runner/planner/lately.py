"""A topic read from a moment on instead of from where its table says: who looks at records wants those of now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from flinksql_runner.planner.sent import Sent

_MODE = re.compile(r"'scan\.startup\.mode'\s*=\s*'[^']*'")
_CONNECTOR = re.compile(r"'connector'\s*=\s*'kafka'")


def lately(declared: Sent, options: Mapping[str, str], since_ms: int) -> Sent:
    """The declaration of a Kafka table, read from ``since_ms`` (since 1970) on; any other declaration as it is.

    Places behind the option move a little; of a table that its job declares already there is nothing to tell.
    """
    mode = options.get("scan.startup.mode", "group-offsets")
    if options.get("connector") != "kafka" or mode in ("timestamp", "specific-offsets", "latest-offset"):
        return declared
    from_then = f"'scan.startup.mode' = 'timestamp', 'scan.startup.timestamp-millis' = '{since_ms}'"
    if _MODE.search(declared.text):
        return replace(declared, text=_MODE.sub(lambda _: from_then, declared.text, count=1))
    return replace(declared, text=_CONNECTOR.sub(lambda found: f"{found[0]}, {from_then}", declared.text, count=1))
