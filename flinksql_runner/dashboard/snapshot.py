"""The page as one HTML file that opens from a disk: styles, modules, map and data stand inside of it.

A browser loads no module over ``file:``. So an import map gives each module of ours an address that holds its text, and
their imports of each other, relative paths on the server, name the map's entries instead.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
from collections.abc import Mapping

from flinksql_runner.dashboard.pages import Pages, media_type

_IMPORT = re.compile(r'(\bfrom\s+|\bimport\s+|\bimport\()"(\.{1,2}/[^"]+)"')
_LINKS = re.compile(r'\s*<(?:link rel="(?:stylesheet|modulepreload|preload|icon)"|script)[^>]*>(?:</script>)?')
_URL = re.compile(r'url\("([^"]+)"\)')
_STYLES = ("lib/uPlot.min.css", "base.css", "page.css", "tiles.css")
_DATA = ("lib/countries-110m.json",)


def snapshot_page(pages: Pages, data: Mapping[str, object], title: str) -> str:
    """The HTML text.

    :param data: ``boards``, ``board``, ``events`` ([name, content] in the order of their arrival) and ``at`` (ISO 8601).
    """
    shell = _LINKS.sub("", pages.text("page.html"))
    styles = "\n".join(_style(pages, name) for name in _STYLES)
    modules = {f"flinksql/{name}": _module(pages, name) for name in pages.files if name.endswith(".js")}
    head = (
        f"<style>{styles}</style>\n"
        f'<script type="importmap">{_json({"imports": modules})}</script>\n'
        + "".join(f'<script type="application/json" id="{name}">{_text(pages.text(name))}</script>\n' for name in _DATA)
        + f'<script type="application/json" id="snapshot">{_json(data)}</script>\n'
        '<script type="module">import "flinksql/main.js"</script>\n'
    )
    shell = re.sub(r"<title>.*?</title>", lambda _: f"<title>{_escaped(title)}</title>", shell)
    return shell.replace("</head>", head + "</head>")


def _style(pages: Pages, name: str) -> str:
    def inlined(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))
        return f'url("{_address(path, pages.files[path].read_bytes())}")'

    return _URL.sub(inlined, pages.text(name))


def _module(pages: Pages, name: str) -> str:
    folder = posixpath.dirname(name)
    text = _IMPORT.sub(
        lambda match: f'{match[1]}"flinksql/{posixpath.normpath(posixpath.join(folder, match[2]))}"', pages.text(name))
    return _address(name, text.encode())


def _address(name: str, content: bytes) -> str:
    return f"data:{media_type(name).replace(' ', '')};base64,{base64.b64encode(content).decode()}"


def _json(value: object) -> str:
    return _text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _text(text: str) -> str:
    """JSON that can't end the element that it stands in; the same value for whoever reads it."""
    return text.replace("<", "\\u003c")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
