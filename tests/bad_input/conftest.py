"""A sound project for the cases to break."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_shop import FILES, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A sound project."""
    made = Shop(tmp_path / "shop")
    for path, content in FILES.items():
        made.write(path, content)
    return made
