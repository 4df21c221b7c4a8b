"""Pages of codes that are no rules: files, templates and names, and what is foretold of Flink by analyser and options.

A page is a file of ``diagnostics/pages/``, written like a rule's docstring without its title, which stands in the table of
codes. Its ``Instead::`` holds only the files that change; one that goes holds ``(removed)``. ``flink.json`` beside them is what
Flink's planner said of each example that it sees (``make analyser-proofs``). They are read by ``explain-rule`` and ``make docs``
alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from textwrap import fill

from flinksql_runner.diagnostics import codes
from flinksql_runner.diagnostics.codes import PAGES, PageGroup, all_codes
from flinksql_runner.lint.pages import Page, examples_as_markdown, examples_as_text, read_page

FOLDER = Path(codes.__file__).with_name("pages")
RECORD = FOLDER / "flink.json"
REMOVED = "(removed)"


def paged_codes(group: PageGroup) -> list[str]:
    """The codes of the table that belong to a group: each of them has a page."""
    return [code for code in all_codes() if group.first <= code <= group.last]


def group_of(code: str) -> PageGroup | None:
    """The group that holds a code; None where the code has no page."""
    return next((g for g in PAGES if g.first <= code <= g.last and code in all_codes()), None)


def page_of_code(code: str) -> Page:
    """The page of a code that has a group; ``instead`` holds the files that the repair changes."""
    return read_page(all_codes()[code], (FOLDER / f"{code}.txt").read_text(encoding="utf-8"))


def repaired(page: Page) -> Mapping[str, str]:
    """The example after its repair."""
    return {path: text for path, text in {**page.fires, **page.instead}.items() if text.strip() != REMOVED}


def digest(page: Page) -> str:
    """Tells whether what was recorded is about this example."""
    return sha256(json.dumps([page.fires, page.instead]).encode()).hexdigest()[:12]


def flink_says(code: str) -> str:
    """What the planner said of the example; empty where it takes it, or where there is none."""
    return str(json.loads(RECORD.read_text(encoding="utf-8")).get(code, {}).get("says", ""))


def code_as_markdown(code: str) -> str:
    """The code's section of a page of docs/rules."""
    page, said = page_of_code(code), flink_says(code)
    parts = [f"## {code}", f"**{page.title[0].upper()}{page.title[1:]}.**", page.why, *examples_as_markdown(page)]
    if page.fires and _is_foretold(code):
        parts.append(f"Flink 2.3 says of it:\n\n```text\n{fill(said, 120, break_on_hyphens=False)}\n```" if said else _TAKEN)
    return "\n\n".join(parts) + "\n"


def code_as_text(code: str) -> str:
    """The page for a terminal."""
    page, said = page_of_code(code), flink_says(code)
    parts = [f"{code}: {page.title}", page.why, *examples_as_text(page)]
    if page.fires and _is_foretold(code):
        parts.append(f"Flink 2.3 says of it: {said}" if said else _TAKEN)
    if _is_foretold(code):
        parts.append(f"Where this is wrong, silence it by a comment at its line, "
                     f"`-- noqa: {code} the reason`: Flink has the last word.")
    return "\n\n".join(parts)


def _is_foretold(code: str) -> bool:
    group = group_of(code)
    return group is not None and group.foretells(code)


_TAKEN = "Flink 2.3 takes it without a word, so this is a warning."
