"""Waits for changes of a project's files: what `--watch` of several verbs goes round on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

_WATCHED = ("project.yml", "profiles.yml", "sql", "macros", "udfs", "models", "tests")
_OF_EDITORS = ("~", ".swp", ".tmp")
_DEBOUNCE = 200  # ms in which changes count as one: editors write a file in several steps, git writes many
_STEP = 30  # ms without a change that end such a batch

_WAKE = 500  # ms between two looks whether to stop


def changes(root: Path, stop: Event | None = None) -> Iterator[frozenset[str]]:
    """Batches of changed, new or removed files of the project, relative to its folder, as they come.

    The first batch is empty: it says that from now on no change is missed, also while the caller is at work with a batch.
    What the tool itself writes (``target/``, ``.flinksql/``) is no change; a file saved without a change is one.

    :param stop: ends the waiting when it is set.
    """
    from watchfiles import Change, watch  # a library in Rust, of use to this alone

    def is_ours(_: Change, path: str) -> bool:
        parts = Path(path).relative_to(root).parts if Path(path).is_relative_to(root) else ()
        return bool(parts) and not any(p.startswith(".") or p == "__pycache__" or p.endswith(_OF_EDITORS) for p in parts)

    places = [root / name for name in _WATCHED if (root / name).exists()]
    is_listening = False
    for batch in watch(*places, watch_filter=is_ours, debounce=_DEBOUNCE, step=_STEP, stop_event=stop, raise_interrupt=True,
                       rust_timeout=_WAKE, yield_on_timeout=True):
        if not is_listening:
            yield frozenset()
            is_listening = True
        if batch:
            yield frozenset(Path(path).relative_to(root).as_posix() for _, path in batch)
