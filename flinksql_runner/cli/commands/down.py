"""``flinksql down``: ends the local services of this project folder."""

from __future__ import annotations

from flinksql_runner.cli.output import message, output_option, print_json
from flinksql_runner.cli.verb import Globals, verb
from flinksql_runner.services.control import down


@verb("down")
@output_option
def command(options: Globals, output: str) -> int:
    """End the local services of this project folder, and nothing else.

    Jobs that run in them end too (`flinksql stop JOB` first keeps their state); topics, tables and savepoints stay.
    """
    ended = down(options.project_dir.absolute())
    if output == "json":
        print_json({"ended": list(ended)})
    else:
        message(f"ended {', '.join(ended)}" if ended else "nothing was running", options)
    return 0
