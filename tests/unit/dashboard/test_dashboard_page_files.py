from __future__ import annotations

import base64
import json
import re

import pytest

from flinksql_runner.dashboard.assets import asset_files, locked_assets
from flinksql_runner.dashboard.pages import STATIC, Pages, read_pages
from flinksql_runner.dashboard.snapshot import snapshot_page


@pytest.fixture(scope="module")
def pages() -> Pages:
    return read_pages(asset_files())


def test_assets_are_locked_with_their_licences() -> None:
    assert {a.name for a in locked_assets()} == {
        "uPlot.esm.js", "uPlot.min.css", "countries-110m.json", "topojson-client.min.js", "inter-latin-wght-normal.woff2"}
    assert all(a.licence and a.registry == "npm" for a in locked_assets())


def test_the_page_names_only_files_that_are_there(pages: Pages) -> None:
    html = pages.html("page.html").decode()
    named = re.findall(r'"/static/[0-9a-f]+/([^"]+)"', html)

    assert "{static}" not in html
    assert set(named) <= set(pages.files)
    assert not re.findall(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", html), "the policy forbids what stands inside of the page"


def test_every_module_is_loaded_at_once_but_those_of_another_page(pages: Pages) -> None:
    """A module that is not named in the page is found late, after the ones that import it."""
    named = set(re.findall(r'modulepreload" href="/static/[0-9a-f]+/([^"]+)"', pages.html("page.html").decode()))
    assert {name for name in pages.files if name.endswith(".js")} - named == {n for n in pages.files if n.startswith("explor")}


def test_imports_between_modules_lead_to_files(pages: Pages) -> None:
    for path in STATIC.rglob("*.js"):
        for name in re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', path.read_text(encoding="utf-8")):
            target = (path.parent / name).resolve().relative_to(STATIC.resolve()).as_posix()
            assert target in pages.files, f"{path.name} imports {name}"


def test_the_page_never_reads_html_out_of_data() -> None:
    for path in STATIC.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path


def test_a_snapshot_is_one_file_and_its_data_end_no_script(pages: Pages) -> None:
    data = {"board": {"title": "</script><script>alert(1)</script>"}, "events": [], "at": "2026-01-01T00:00:00Z"}

    text = snapshot_page(pages, data, "</title><b>")

    assert "/static/" not in text
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in text
    assert "alert(1)</script>" not in text
    found = re.search(r'id="snapshot">(.*?)</script>', text)
    assert found is not None
    assert json.loads(found[1]) == data
    imports = json.loads(re.search(r'type="importmap">(.*?)</script>', text)[1])["imports"]  # type: ignore[index]
    main = base64.b64decode(imports["flinksql/main.js"].split(",", 1)[1]).decode()
    assert 'from "flinksql/board.js"' in main
    assert set(re.findall(r'"(flinksql/[^"]+)"', main)) <= set(imports)
