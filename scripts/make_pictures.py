"""Takes the pictures of README and docs: the project's own pages over its running job, with cars of one seed.

    make pictures      docs/pictures/*.webp

Everything runs in a copy of the project, with services of its own. It takes about five minutes.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from flinksql_runner.services.control import down

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PARTS = ("project.yml", "profiles.yml", "flinksql.lock", "sql", "macros", "udfs", "models", "dashboards")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
DRIVEN_SECONDS = 240
QUALITY = 86
EXAMPLE = re.compile(r"<!-- picture: (?P<name>[\w-]+) -->\s*```yaml\n(?P<yaml>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the path below the server, size in pixels, how many dots a pixel has."""

    name: str
    path: str
    width: int
    height: int
    dots: float = 1.0


TAKEN = (
    Picture("fleet-dark", "/d/vehicles#dark", 1280, 900),
    Picture("fleet-light", "/d/vehicles#light", 1280, 900),
    Picture("fleet-wall", "/d/vehicles#dark&wall", 1920, 1080),
    Picture("fleet-phone", "/d/vehicles#dark", 360, 780, 2.0),
    Picture("explore", "/explore?node=telemetry_scored#light", 1280, 720),
)


def main() -> int:
    """Returns 0, or 2 where there is no browser."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        print("make pictures: no Chromium here: install chromium", file=sys.stderr)
        return 2
    PICTURES.mkdir(exist_ok=True)
    with ExitStack() as stack:
        project = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flinksql-pictures-")))
        examples = copy(project)
        address = stack.enter_context(running(project))
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in (*TAKEN, *examples):
            path = take(browser, address, picture)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()
    return 0


def copy(project: Path) -> list[Picture]:
    """The project in another folder, with the pages that docs/dashboards.md shows as examples."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, project / part)
    text = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
    examples = []
    for found in EXAMPLE.finditer(text):
        board = found["name"].replace("-", "_")
        (project / "dashboards" / f"{board}.yml").write_text(found["yaml"], encoding="utf-8")
        examples.append(Picture(found["name"], f"/d/{board}#light", 1280, 820))
    return examples


@contextmanager
def running(project: Path) -> Iterator[str]:
    """The address of the pages, once the cars have driven for a while."""
    command = [sys.executable, "-m", "flinksql_runner"]
    started: list[subprocess.Popen[str]] = []
    try:
        subprocess.run([*command, "deploy", "vehicles"], cwd=project, check=True, stdout=subprocess.DEVNULL)
        cars = ["--cars", "200", "--seed", "4", "--time-scale", "10", "--fault-rate", "0.06"]
        started.append(subprocess.Popen([*command, "simulate", "vehicles", *cars], cwd=project, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, text=True))
        time.sleep(DRIVEN_SECONDS)
        server = subprocess.Popen([*command, "dashboard", "--port", "0"], cwd=project, stdout=subprocess.PIPE, text=True)
        started.append(server)
        assert server.stdout is not None
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        try:
            for one in reversed(started):
                one.terminate()  # Ctrl-C's signal is ignored by what a shell started in the background
                one.wait(30)
        finally:
            down(project)


def take(browser: Browser, address: str, picture: Picture) -> Path:
    """Opens a page, waits until it is filled, chooses a car that has something to show, and writes the picture."""
    context = browser.new_context(viewport={"width": picture.width, "height": picture.height}, locale="en-GB",
                                  device_scale_factor=picture.dots)
    page = context.new_page()
    page.goto(address + picture.path)
    if picture.path.startswith("/explore"):
        page.locator("tbody tr").nth(30).wait_for(timeout=90_000)
        page.get_by_role("button", name="fault", exact=True).click()
        page.locator(".split .scroll").evaluate("(box) => { box.scrollLeft = 0; }")
        page.wait_for_timeout(3_000)
    else:
        filled(page)
        cars = page.locator(".table-tile td .link")
        if cars.count():
            cars.first.click()
            cars.first.blur()
        page.mouse.move(0, 0)
        page.mouse.wheel(0, -10_000)
        page.wait_for_timeout(9_000)
    shot = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path = PICTURES / f"{picture.name}.webp"
    path.write_bytes(base64.b64decode(shot["data"]))
    context.close()
    return path


def filled(page: Page) -> None:
    """Waits until each tile shows something."""
    page.locator(".tile").first.wait_for()
    page.locator(".tile.loading").first.wait_for(state="detached")


if __name__ == "__main__":
    raise SystemExit(main())
