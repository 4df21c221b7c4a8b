"""Suppressions that do not do what their author thinks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flinksql_runner.diagnostics import Edit, Span
from flinksql_runner.diagnostics.codes import all_codes
from flinksql_runner.lint.comments import Comments
from flinksql_runner.lint.rule import About, Finding
from flinksql_runner.lint.settings import near_rule
from flinksql_runner.lint.suppress import Suppression


class UnusedSuppression:
    """A suppression that suppresses nothing.

    The mistake that the comment spoke of is gone, or stands on another line. Left in place, the comment hides the next
    mistake of that kind, and tells readers of a danger that is not there.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (  -- noqa: FS801 only read by tests
          id INT
        ) WITH ('connector' = 'datagen');

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (
          id INT
        ) WITH ('connector' = 'datagen');
    """

    about: ClassVar[About] = About("FS890", "unused-suppression", "suppressions")

    def check_comments(self, comments: Comments) -> Iterator[Finding]:
        """One finding for each code that silenced nothing."""
        for comment in comments.comments:
            for named in comment.codes:
                code = comments.codes.get(named.code, named.code.upper())
                unknown = code not in comments.suppressible or comments.is_unsure(named.span.file, code)
                if named.span in comments.used or unknown:
                    continue
                where = "this file" if comment.lines is None else "this line"
                fix = (Edit(_whole(comment, comments.texts[comment.span.file]), ""),) if len(comment.codes) == 1 else ()
                yield Finding(f"nothing in {where} is silenced by `noqa: {named.code}`", named.span,
                              "take the comment out, or put it at the line of the finding", fix=fix)


class UnclearSuppression:
    """A suppression without a code, or without a reason.

    A bare ``noqa`` silences nothing here: it would hide mistakes that nobody has seen yet. A suppression names the code of
    the rule and says why the rule is wrong in this place, since the next reader can't know it.

    Fires::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen') -- noqa

    Instead::

        -- sql/sources/orders.sql
        CREATE TABLE orders (id INT) WITH ('connector' = 'datagen')
    """

    about: ClassVar[About] = About("FS891", "unclear-suppression", "suppressions")

    def check_comments(self, comments: Comments) -> Iterator[Finding]:
        """Comments without a code or a reason, with a code that does not exist or can't be silenced."""
        for comment in comments.comments:
            if not comment.codes:
                yield Finding("a suppression without a code silences nothing", comment.span,
                              "write `-- noqa: FS801 the reason`")
            elif not comment.reason:
                yield Finding("a suppression without a reason", comment.span,
                              f"say why: `-- noqa: {comment.codes[0].code} the reason`")
            for named in comment.codes:
                code = comments.codes.get(named.code, named.code.upper())
                if code in comments.suppressible:
                    continue
                if code in all_codes() or code in comments.codes:
                    yield Finding(f"{code} can't be silenced: it is no rule's", named.span, "correct what it tells")
                else:
                    yield Finding(f"there is no rule `{named.code}`", named.span, near_rule(named.code))


def _whole(comment: Suppression, text: str) -> Span:
    """The comment with the blanks before it, and with its line where it stands alone."""
    start = comment.span.start
    while start and text[start - 1] in " \t":
        start -= 1
    end = comment.span.end
    if (not start or text[start - 1] == "\n") and text[end:end + 1] == "\n":
        end += 1
    return Span(comment.span.file, start, end)
