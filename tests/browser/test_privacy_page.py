"""The web API's page, served by the API itself: a photo before and after, by keyboard, on phones, and readable for all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_page_access import serious

SERVICES = Path(__file__).resolve().parents[2] / "services"
# photos as the page shows them: 4 values a pixel
DIFFERENT = """() => {
  const read = (id) => {
    const image = document.getElementById(id), canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const before = read("before-photo"), after = read("after-photo");
  let different = 0;
  for (let at = 0; at < before.length; at += 4) different += Math.abs(before[at] - after[at]) > 40;
  return [before.length === after.length, different];
}"""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running API without keys."""
    folder = tmp_path_factory.mktemp("privacy")
    with subprocess.Popen([sys.executable, "-m", "privacy_api", "serve", "--gateway", "none", "--servers", "1"], cwd=folder, text=True,
                          stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(SERVICES)}) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An example with a plate that is found."""
    path = tmp_path_factory.mktemp("photos") / "car.jpg"
    path.write_bytes(subprocess.run([sys.executable, "-c", "import sys; from privacy_api.examples import example; sys.stdout.buffer.write(example(7))"],
                                    env={**os.environ, "PYTHONPATH": str(SERVICES)}, check=True, capture_output=True).stdout)
    return path


def hidden(page: Page) -> None:
    expect(page.get_by_role("status")).to_contain_text("hidden", timeout=30_000)
    expect(page.locator("#after-photo")).to_be_visible()
    page.wait_for_function("() => ['before-photo', 'after-photo'].every((id) => document.getElementById(id).naturalWidth > 0)")


def test_before_and_after(api: str, visit: Open, photo: Path) -> None:
    page = visit(api)
    page.get_by_label("Photo").set_input_files(photo)
    page.get_by_role("button", name="Hide").click()
    hidden(page)
    is_same_size, different = page.evaluate(DIFFERENT)
    assert is_same_size
    assert 50 < different < 400_000, "a part of the photo is hidden, and only a part"
    assert serious(page) == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="save it").click()
    assert saved.value.suggested_filename == "hidden.jpeg"
    page.screenshot(path=f"{photo}.png", full_page=True)


def test_the_keyboard_is_enough(api: str, visit: Open) -> None:
    page = visit(api)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Photo")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="or take an example")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("An example is chosen.", timeout=30_000)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Blur the background")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#after-photo")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("width", [360, 800, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_widths(api: str, visit: Open, photo: Path, width: int, scheme: str) -> None:
    page = visit(api)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_label("Photo").set_input_files(photo)
    page.get_by_role("button", name="Hide").click()
    hidden(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), "nothing sticks out at the side"
    boxes = [page.locator(name).bounding_box() for name in ("#before", "#after")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["y"] == boxes[1]["y"]) == (width >= 800), "beside each other where there is room"
    assert serious(page) == []


def test_what_is_no_photo_is_told_as_text(api: str, visit: Open, tmp_path: Path) -> None:
    page = visit(api, forgiven=("415",))
    fake = tmp_path / "<img src=x onerror=alert(1)>.jpg"
    fake.write_bytes(b"<html><script>alert(1)</script>")
    page.get_by_label("Photo").set_input_files(fake)
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("status")).to_have_text("This is no JPEG, PNG or WebP.")
    expect(page.get_by_role("button", name="Hide")).to_be_enabled()
