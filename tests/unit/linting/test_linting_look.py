"""What lint finds with its cache is what it finds without, whatever was changed; and it studies no more nodes than it must."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from linting_shop import FILES, found, fresh, write

from flinksql_runner.cache.store import Store
from flinksql_runner.lint.pages import page_of
from flinksql_runner.lint.registry import all_rules
from flinksql_runner.linting import studying
from flinksql_runner.linting.built import lint_built
from flinksql_runner.pipeline import build
from flinksql_runner.project.load import load

CASES = Path(__file__).resolve().parents[1] / "lint" / "cases"
Studied = Callable[[], list[str]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kept", b"k" * 32)


@pytest.fixture
def studied(monkeypatch: pytest.MonkeyPatch) -> Studied:
    """The names of the nodes that were studied since it was asked the last time."""
    names: list[str] = []
    true_study = studying.study

    def study(node: Any, *rest: Any) -> Any:
        names.append(node.name)
        return true_study(node, *rest)

    def told() -> list[str]:
        seen = sorted(names)
        names.clear()
        return seen

    monkeypatch.setattr(studying, "study", study)
    return told


def old(path: str, before: str, after: str) -> dict[str, str | None]:
    assert before in FILES[path]
    return {path: FILES[path].replace(before, after)}


ALL = sorted(Path(p).stem for p in FILES if p.startswith("sql/"))
CHANGES: Mapping[str, tuple[Mapping[str, str | None], list[str] | None]] = {
    # what is changed -> the nodes that are studied again; None: not told here
    "nothing": ({}, []),
    "a comment above the SQL": ({"sql/transforms/big.sql": "-- a comment\n" + FILES["sql/transforms/big.sql"]}, ["big"]),
    "a condition": (old("sql/transforms/big.sql", "WHERE", "WHERE id > 1 AND"), ["big"]),
    "a macro that gives the same": (old("macros/m.sql", "{% endmacro %}", "{% endmacro %}{# more #}"), []),
    "a macro that gives another type": (old("macros/m.sql", "BIGINT", "STRING"), None),
    "a variable of a condition": (old("project.yml", "least: 1", "least: 2"), ["big"]),
    "a variable of a window": (old("project.yml", "MINUTE", "HOUR"), ["windowed"]),
    "a type": (old("sql/sources/base.sql", "id INT", "id BIGINT"), [n for n in ALL if n not in ("people", "per_window")]),
    "a column that nobody reads": (old("sql/sources/orders.sql", "shop STRING", "shop STRING, more INT"), ["big", "orders"]),
    "a column that is gone": (old("sql/transforms/big.sql", "AS cents", "AS pence"), None),
    "the time attribute": (old("sql/sources/base.sql", ", WATERMARK FOR ts AS ts", ""), None),
    "the upsert key": (old("sql/sources/people.sql", "PRIMARY KEY (id)", "PRIMARY KEY (name)"), None),
    "the kind of changes": (old("sql/sources/people.sql", "upsert-kafka", "kafka"), None),
    "an option": (old("sql/sources/people.sql", "'topic' = 'p'", "'topic' = 'q'"), ["people"]),
    "an option of the table behind LIKE": (old("sql/sources/base.sql", "earliest-offset", "latest-offset"), ["base", "orders"]),
    "a start that is not said": (old("sql/sources/base.sql", "'scan.startup.mode' = 'earliest-offset',", ""), ["base", "orders"]),
    "whether rows end": (old("sql/sources/base.sql", "'format'", "'scan.bounded.mode' = 'latest-offset', 'format'"), None),
    "a sink's key": (old("sql/sinks/totals.sql", "PRIMARY KEY (id)", "PRIMARY KEY (cents)"), ["totals"]),
    "a setting of a job": (old("project.yml", "parallelism.default: '2'", "table.exec.state.ttl: 1 h"), None),
    "a job that has another sink": (old("project.yml", "{select: per_window}", "{select: totals}"), None),
    "no job": (old("project.yml", "  two: {select: per_window}\n", ""), None),
    "a severity": ({"project.yml": FILES["project.yml"] + "lint: {rules: {regular-join: error, FS804: off}}\n"}, []),
    "an option of a rule": ({"project.yml": FILES["project.yml"] + "lint: {rules: {large-top-n: {rows: 5}}}\n"}, None),
    "a severity of one file": (old("sql/transforms/named.sql", "SELECT", "{{ config(lint={'FS831': 'off'}) }}SELECT"), ["named"]),
    "a suppression": (old("sql/transforms/named.sql", "SELECT", "-- noqa-file: FS831 people are few\nSELECT"), ["named"]),
    "a suppression of nothing": (old("sql/transforms/named.sql", "SELECT", "-- noqa-file: FS841 none\nSELECT"), ["named"]),
    "what a function gives": (old("udfs/places.py", "-> str:\n    return 'DE'", "-> int:\n    return 1"), None),
    "another function": ({"udfs/more.py": FILES["udfs/places.py"].replace("country", "other")}, None),
    "an error upstream": (old("sql/transforms/big.sql", "SELECT id", "SELECT nope"), None),
    "a template that fails": (old("sql/transforms/big.sql", "ref('orders')", "nope('orders')"), None),
    "SQL that can't be read": (old("sql/transforms/big.sql", "FROM", "FROM FROM"), None),
    "a file that is gone": ({"sql/transforms/named.sql": None}, None),
    "a file that is new": ({"sql/transforms/more.sql": "SELECT id FROM big ORDER BY id DESC"}, ["more"]),
    "a circle": (old("sql/sources/base.sql", "\n)", "\n) LIKE orders"), None),
    "two files of one name": ({"sql/transforms/a/named.sql": "SELECT 1 AS one"}, None),
    "OVER in another file": (old("sql/transforms/named.sql", "SELECT", "SELECT MAX(b.ts) OVER (ORDER BY b.ts) AS m,"), None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_after_a_change_lint_says_what_it_says_without_a_cache(name: str, shop: Path, store: Store, studied: Studied) -> None:
    change, again = CHANGES[name]
    before = found(shop, store)
    assert studied() == ALL
    assert before == fresh(shop)
    assert len({d.code for d in before}) >= 5   # there is something that could go wrong
    studied()
    write(shop, change)
    after = found(shop, store)
    made = studied()
    assert after == fresh(shop)
    assert again is None or made == again
    studied()
    assert found(shop, store) == after
    assert [n for n in studied() if n != "big" or name != "a template that fails"] == []
    write(shop, {path: FILES.get(path) for path in change})
    assert found(shop, store) == before


def test_other_rules_are_another_question(shop: Path, store: Store, studied: Studied) -> None:
    found(shop, store)
    studied()
    for only in (("FS831",), ("FS802", "FS890"), ()):
        kept = found(shop, store, only=only)
        assert studied() == []      # one study answers for all rules
        assert kept == fresh(shop, only)
        studied()


def test_what_another_tool_found_is_nothing(shop: Path, store: Store, studied: Studied) -> None:
    found(shop, store)
    studied()
    assert studying.KeptStudies(store, "tool", build(load(shop, env={})).functions)._kept
    from_other = found(shop, Store(shop / "kept", b"x" * 32))
    assert studied() == ALL
    assert from_other == fresh(shop)


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x81\xc4\x01a\x90", b"\x81\xc4\x10" + b"a" * 16 + b"\x93\x01\x02\x03"])
def test_a_content_of_another_shape_is_none(content: bytes, shop: Path, store: Store, studied: Studied) -> None:
    store.write("studies.msgpack", content)
    assert found(shop, store) == fresh(shop)
    studied()
    found(shop, store)
    assert studied() == []


PIECES = [
    ("sql/transforms/big.sql", "amount > {{ var('least') }}", ["id > 1", "amount > 5 AND ip IS NOT NULL", "MAX(id) > 1", "TRUE"]),
    ("sql/transforms/big.sql", "country(ip) AS country", ["country(id) AS country", "ip AS country", "NOW() AS country"]),
    ("sql/transforms/named.sql", "LEFT JOIN", ["JOIN", "FULL JOIN", "CROSS JOIN"]),
    ("sql/transforms/all_named.sql", "SELECT *", ["SELECT DISTINCT *", "SELECT id, cents", "SELECT id, SUM(cents)", "SELECT"]),
    ("sql/sources/base.sql", "ts TIMESTAMP(3), WATERMARK FOR ts AS ts", ["ts TIMESTAMP(3)", "ts STRING", "ts AS PROCTIME()"]),
    ("sql/sources/people.sql", "PRIMARY KEY (id) NOT ENFORCED", ["more INT", "PRIMARY KEY (name) NOT ENFORCED"]),
    ("sql/sources/orders.sql", "LIKE base (OVERWRITING OPTIONS)", ["LIKE base", "LIKE people (OVERWRITING OPTIONS)", ""]),
    ("sql/sinks/totals.sql", "GROUP BY id", ["GROUP BY id, ts", "", "GROUP BY id ON CONFLICT DO NOTHING"]),
    ("sql/sinks/per_window.sql", "n INT", ["n BIGINT", "n STRING"]),
    ("project.yml", "parallelism.default: '2'", ["table.exec.state.ttl: 1 d", "execution.runtime-mode: batch"]),
    ("project.yml", "least: 1", ["least: 3", "most: 1"]),
    ("macros/m.sql", "* 100", ["* 1000", "|| 'x'", "{{ nope }}"]),
    ("udfs/places.py", "ip: str", ["ip: str | None", "ip: int", "ip"]),
]


@pytest.mark.parametrize("seed", range(6))
def test_random_edits(seed: int, shop: Path, store: Store) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        texts = dict(FILES)
        for path, part, others in chance.sample(PIECES, chance.randrange(1, 5)):
            texts[path] = texts[path].replace(part, chance.choice(others))
        write(shop, texts)
        assert found(shop, store) == fresh(shop), texts


def test_cases_of_rules_look_the_same_built_and_kept(tmp_path: Path) -> None:
    base = yaml.safe_load((CASES / "base.yml").read_text(encoding="utf-8"))
    projects = [{**page_of(rule).fires} for rule in all_rules().values()]
    for path in sorted(CASES.glob("FS*.yml")):
        projects += [{**base, **case.get("files", {})} for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
    checked = 0
    for number, files in enumerate(projects):
        root = tmp_path / str(number)
        write(root, {"project.yml": "name: shop\njobs: {all: {select: 'path:sql/sinks'}}\n", **files})
        store = Store(root / "kept", b"k" * 32)
        kept = [found(root, store), found(root, store)]
        assert kept[0] == kept[1] == lint_built(build(load(root, env={})))
        checked += bool(kept[0])
    assert checked > 50
