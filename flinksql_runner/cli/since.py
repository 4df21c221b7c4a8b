"""What changed since a commit, as git tells it: ``--changed-since``."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from flinksql_runner.diagnostics import Failure
from flinksql_runner.graph.affected import affected
from flinksql_runner.pipeline import Begun, Build
from flinksql_runner.project.load import PROFILES_FILE, PROJECT_FILE

_PLACES = ("sql/", "macros/", "udfs/")


def changed_nodes(built: Begun | Build, ref: str) -> frozenset[str]:
    """The nodes that differ from ``ref``, or from where this branch left it, and all downstream of them; uncommitted and new
    files count too.

    :raises Failure: where there is no git, no repository or no such commit.
    """
    root = built.project.root
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}",
                  or_else=f"git knows no commit `{ref}` here").strip()
    base = _git(root, "merge-base", commit, "HEAD", or_else=f"git knows no commit `{ref}` that this branch comes from").strip()
    listed = _git(root, "diff", "--name-only", "--no-renames", "--relative", "-z", base, "--", ".")
    listed += _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    paths = sorted({p for p in listed.split("\0") if p.startswith(_PLACES) or p in (PROJECT_FILE, PROFILES_FILE)})
    before = {path: _before(root, base, path) for path in paths}
    functions = {name: f.span.file for name, f in built.functions.by_name.items()}
    return affected(built.graph, built.project, before, functions, _variables(before, root))


def _before(root: Path, base: str, path: str) -> str:
    done = subprocess.run(["git", "-C", str(root), "show", f"{base}:./{path}"], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if not done.returncode else ""


def _variables(before: Mapping[str, str], root: Path) -> frozenset[str] | None:
    """Variables of project.yml with another value than before; None where anything else changed there."""
    if PROFILES_FILE in before:
        return None
    if PROJECT_FILE not in before:
        return frozenset()
    try:
        old, new = yaml.safe_load(before[PROJECT_FILE]), yaml.safe_load((root / PROJECT_FILE).read_text(encoding="utf-8"))
        one, other = old.pop("vars", None) or {}, new.pop("vars", None) or {}
        if old != new:
            return None
        return frozenset(str(n) for n in {*one, *other} if one.get(n) != other.get(n) or (n in one) != (n in other))
    except (yaml.YAMLError, OSError, UnicodeError, AttributeError, TypeError):
        return None


def _git(root: Path, *arguments: str, or_else: str = "") -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise Failure("--changed-since asks git, which is not installed.") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [""]
        raise Failure(f"{or_else or 'git could not tell what changed'}: {said[-1]}.")
    return done.stdout.decode("utf-8", "surrogateescape")
