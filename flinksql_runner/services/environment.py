"""The environment that processes of ours are started with."""

from __future__ import annotations

import os
import sys

from flinksql_runner.project.placeholders import is_secret


def child_environment() -> dict[str, str]:
    """Ours without secrets (a service lives longer than the command that had them), in UTF-8.

    Java takes the encoding of file names from the locale: in ``C`` it could not open a path with other letters.
    """
    env = {name: value for name, value in os.environ.items() if not is_secret(name)}
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if not locale.lower().replace("-", "").endswith("utf8"):
        env["LC_ALL"] = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    for name in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"):  # would change every JVM
        env.pop(name, None)
    return env
