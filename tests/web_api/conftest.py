"""The web API of the job api_logs, which lies in services/ as a package of its own."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

SERVICES = Path(__file__).resolve().parents[2] / "services"
sys.path.insert(0, str(SERVICES))

from flask.testing import FlaskClient  # noqa: E402
from privacy_api.app import create_app  # noqa: E402
from privacy_api.settings import Settings  # noqa: E402

Make = Callable[..., bytes]


@pytest.fixture(scope="session")
def photo() -> Make:
    """A photo of chance colours in any form that Pillow writes."""

    def make(kind: str = "JPEG", size: tuple[int, int] = (320, 240), mode: str = "RGB", **settings: Any) -> bytes:
        numbers = np.random.default_rng(5)
        small = Image.fromarray(numbers.integers(0, 255, (12, 16, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)
        out = BytesIO()
        small.convert(mode).save(out, kind, **settings)
        return out.getvalue()

    return make


@pytest.fixture
def client() -> FlaskClient:
    """The API without keys."""
    return create_app(Settings()).test_client()


def logged(read: Callable[[], Iterable[str]], wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Lines of an access log that are wanted, of which one has to come within ten seconds: servers write after their answer."""
    until = time.monotonic() + 10
    while not (found := [entry for text in read() if wanted(entry := json.loads(text))]):
        assert time.monotonic() < until, list(read())
        time.sleep(0.02)
    return found
