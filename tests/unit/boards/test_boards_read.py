"""Dashboards as values, and what is wrong with them at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from board_project import boards_of, told

from flinksql_runner.boards.values import Bound, Place


def test_three_lines_make_a_tile(tmp_path: Path) -> None:
    boards = boards_of(tmp_path, """
tiles:
  - title: Orders
    type: number
    query: SELECT SUM(orders) AS n FROM {{ ref('per_country') }}
""")
    assert told(boards) == []
    board = boards.boards["shop"]
    assert (board.title, board.refresh_ms) == ("Shop", 5000)
    (tile,) = board.tiles
    assert (tile.id, tile.width, tile.height) == ("orders", None, None)
    assert tile.query is not None
    assert tile.query.text == 'SELECT SUM(orders) AS n FROM "shop"."per_country"'
    assert tile.query.sinks == ("per_country",)
    assert tile.query.place == Place("postgresql", "${FLINKSQL_SERVICE_POSTGRES_URL}", "${FLINKSQL_SERVICE_POSTGRES_USER}",
                                     "${FLINKSQL_SECRET_SERVICE_POSTGRES_PASSWORD}")


def test_parameters_are_bound_places(tmp_path: Path) -> None:
    boards = boards_of(tmp_path, """
parameters:
  country: {type: choice, values: [DE, FR]}
  range: {type: time_range, default: 1 h}
tiles:
  - title: Orders
    query: |
      SELECT * FROM {{ ref('per_country') }}  -- of {{ param('country') }}
      WHERE country = {{ param('country') }} AND seen >= {{ param('range') }} AND {{ recent() }} AND seen::date = '2026-01-01'
      AND date_bin({{ param('range', 'step') }}, seen, 'epoch') IS NOT NULL;
""")
    assert told(boards) == []
    query = boards.boards["shop"].tiles[0].query
    assert query is not None
    assert [p for p in query.parts if isinstance(p, Bound)] == [Bound("country"), Bound("range"), Bound("range", "step")]
    assert query.parameters == ("country", "range")
    assert "country = :country AND seen >= :range AND seen > now()" in query.text
    assert "-- of :country" in query.text
    assert not query.text.endswith(";")


def test_mysql_has_its_own_quotes(tmp_path: Path) -> None:
    boards = boards_of(tmp_path, "tiles: [{title: T, query: \"SELECT id FROM {{ ref('elsewhere') }}\"}]")
    query = boards.boards["shop"].tiles[0].query
    assert query is not None
    assert query.text == "SELECT id FROM `elsewhere`"
    assert query.place is not None
    assert (query.place.database, query.place.password) == ("mysql", "${FLINKSQL_SECRET_MYSQL}")


@pytest.mark.parametrize(("tile", "code", "at"), [
    ("{title: T, tyep: number, query: SELECT 1}", "FS003", "tyep"),
    ("{title: T, type: nubmer, query: SELECT 1}", "FS004", "nubmer"),
    ("{title: T, type: number, entity: x, query: SELECT 1 AS n}", "FS910", "entity"),
    ("{title: T, type: number}", "FS910", "{title: T, type: number}"),
    ("{title: T, refresh: 5, query: SELECT 1 AS n}", "FS910", "5"),
    ("{title: T, query: \"SELECT * FROM {{ ref('per_contry') }}\"}", "FS911", "per_contry"),
    ("{title: T, query: \"SELECT * FROM {{ ref('big') }}\"}", "FS911", "big"),
    ("{title: T, query: \"SELECT * FROM {{ ref('kept') }}\"}", "FS912", "kept"),
    ("{title: T, query: \"SELECT 1 FROM {{ ref('per_country') }}, {{ ref('elsewhere') }}\"}", "FS913",
     "SELECT 1 FROM {{ ref('per_country') }}, {{ ref('elsewhere') }}"),
    ("{title: T, query: \"SELECT {{ param('contry') }}\"}", "FS914", "contry"),
    ("{title: T, query: \"SELECT 'x {{ param('country') }}'\"}", "FS916", "{{ param('country') }}"),
    ("{title: T, query: \"SELECT 'x\"}", "FS915", "SELECT 'x"),
    ("{title: T, query: \"SELECT {{ vra('low') }}\"}", "FS102", "vra"),
])
def test_a_mistake_is_told_at_its_place(tmp_path: Path, tile: str, code: str, at: str) -> None:
    boards = boards_of(tmp_path, f"parameters: {{country: {{type: text}}}}\ntiles:\n  - {tile}\n")
    assert [(c, t.strip("'")) for c, t in told(boards) if c != "FS919"] == [(code, at)]


def test_the_other_tiles_and_dashboards_stay(tmp_path: Path) -> None:
    boards = boards_of(
        tmp_path, "tiles:\n- {title: A, query: \"{{ ref('no') }}\"}\n- {title: B, query: \"SELECT 1 FROM {{ ref('kept') }}\"}",
        **{"dashboards/broken.yml": "tiles: [", "dashboards/second.yml": "tiles: [{title: T, text: hello}]"})
    assert sorted(boards.boards) == ["second", "shop"]
    assert [t.query is not None for t in boards.boards["shop"].tiles] == [False, False]
    assert [c for c, _ in told(boards)] == ["FS002", "FS911", "FS912"]


def test_places_in_a_block_text(tmp_path: Path) -> None:
    boards = boards_of(tmp_path, """
tiles:
  - title: T
    query: >-
      SELECT country

      FROM {{ ref('per_country') }}
      WHERE {{ param('nope') }} = 1
""")
    assert told(boards) == [("FS914", "'nope'")]
