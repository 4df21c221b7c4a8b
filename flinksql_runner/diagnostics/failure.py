"""What the environment lacks: one sentence that says what to do.

A mistake in what the user wrote is a ``Diagnostic``. A ``Failure`` is raised for the rest: no disk space, a port in
use, a killed broker, a tool that is not installed. The command line prints it and exits with its code; nothing else
catches it for printing.
"""

from __future__ import annotations


class Failure(Exception):
    """The work can't go on; ``str(failure)`` is one sentence for the user, with the way out.

    ``exit_code`` is 2 where the tool could not do its work (usage, project files, environment) and 1 where the work ran
    and something failed (a job that crashed). ``detail`` is a longer text (the end of a log) for ``--debug``.
    """

    def __init__(self, message: str, *, exit_code: int = 2, detail: str | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.detail = detail
