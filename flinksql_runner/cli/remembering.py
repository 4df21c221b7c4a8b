"""An answer out of the cache where nothing changed, else computed and kept: loads nothing heavy by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flinksql_runner.cache.answers import Answer, Answers, Known, same_variables, variables
from flinksql_runner.cache.asked import Asked
from flinksql_runner.cache.seal import seal
from flinksql_runner.cache.store import Store
from flinksql_runner.cache.survey import same, survey
from flinksql_runner.cache.tool import fingerprint
from flinksql_runner.cli.params import Globals
from flinksql_runner.project.reading import read_paths


@dataclass(frozen=True, slots=True)
class Computed:
    """An answer that was just found; with ``final`` False it told the user something on its way, so it is not kept."""

    answer: Answer
    final: bool = True


def store_of(options: Globals) -> Store:
    """The cache of the project that the options name; one that keeps nothing with ``--no-partial-parse``."""
    key = seal(os.environ) if options.partial_parse else None
    return Store(options.project_dir.absolute() / ".flinksql", key)


def remembered(
    options: Globals, verb: str, question: Mapping[str, object], compute: Callable[[Mapping[str, str]], Computed],
) -> Answer:
    """What ``compute`` gives, given the environment; not called where an answer is kept and all is as it was."""
    store = store_of(options)
    if not store.usable:
        return compute(os.environ).answer
    root = options.project_dir.absolute()
    asked_for = repr((verb, fingerprint(), str(root), options.target, options.profile, options.profiles_dir,
                      sorted(options.vars.items(), key=repr), sorted(question.items())))
    folders, files = read_paths(root, options.profiles_dir, os.environ)
    before = survey(root, folders, files, time.time_ns())
    answers = Answers(store, verb)
    known = answers.known(store.digest(asked_for))
    if known is not None and same(root, known.files, before) and same_variables(known.env, os.environ, store):
        return known.answer
    env = Asked(os.environ)
    computed = compute(env)
    asked = variables(env, store)
    if computed.final and asked is not None and survey(root, folders, files, time.time_ns()).keys() == before.keys():
        answers.keep(store.digest(asked_for), Known(computed.answer, before, asked))
    return computed.answer
