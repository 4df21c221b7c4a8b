"""``python -m flinksql_runner`` is the command ``flinksql``."""

from flinksql_runner.cli.main import main

if __name__ == "__main__":
    main()
