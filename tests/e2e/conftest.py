"""Whole jobs as users run them. What takes minutes, and is tried in a shorter way elsewhere, runs by ``make test-heavy``."""

from __future__ import annotations

import os

import pytest

heavy = pytest.mark.skipif(not os.environ.get("HEAVY_TESTS"), reason="make test-heavy runs it")
