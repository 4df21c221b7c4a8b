"""Format one text: ``format_text`` gives the new text, or says why it can't."""

from __future__ import annotations

from dataclasses import dataclass

from flinksql_runner.format.case import cased
from flinksql_runner.format.doc import lay_out
from flinksql_runner.format.expressions import Page
from flinksql_runner.format.lexer import atoms_of
from flinksql_runner.format.lines import text_of
from flinksql_runner.format.off import keep_verbatim
from flinksql_runner.format.roles import roles_of
from flinksql_runner.format.statements import clauses, fragment, script
from flinksql_runner.format.tree import tree_of
from flinksql_runner.format.values import CannotFormat, Style


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a text stays as it is, and the offset of the place."""

    message: str
    at: int


def format_text(text: str, style: Style, keep: frozenset[str] = frozenset()) -> str | Refused:
    r"""A template (line ends are ``\n``) in the one layout; the same again for what came out.

    The bodies of the macros in ``keep`` stay as they are.
    """
    try:
        atoms = keep_verbatim(atoms_of(text), text, keep)
        page = Page(style, roles_of(atoms), cased(atoms, style), clauses, fragment)
        doc = script(page, tree_of(atoms))
        return text_of(lay_out(doc, style.line_length))
    except CannotFormat as refused:
        return Refused(refused.message, refused.at)
    except RecursionError:
        return Refused("this is nested too deeply", 0)
