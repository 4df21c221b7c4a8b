"""The command ``flinksql``."""


def main() -> None:
    """Runs the command line."""
    raise SystemExit("not built yet")
