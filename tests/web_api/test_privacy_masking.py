"""What is hidden can't be read, and rendered scenes are what they say."""

from __future__ import annotations

import numpy as np
import pytest
from privacy_api.examples import example, scene
from privacy_api.masking import masked, softened
from privacy_api.regions import Pixels, Region


def plate(text_seed: int) -> Pixels:
    """Dark letters, as stripes by chance, on white."""
    pixels = np.full((120, 300, 3), 90, np.uint8)
    pixels[40:80, 50:250] = 240
    numbers = np.random.default_rng(text_seed)
    for place in range(8):
        for bar in range(3):
            if numbers.random() < 0.5:
                pixels[46:74, 58 + place * 24 + bar * 6 : 62 + place * 24 + bar * 6] = 20
    return pixels


REGION = Region("plate", 50, 40, 200, 40, 0.9)


def test_no_letter_is_left() -> None:
    """Neighbouring letters can't be told apart any more: within the plate only slow changes are left."""
    hidden = masked(plate(1), [REGION]).astype(float)
    sharp = np.abs(np.diff(plate(1)[45:75, 60:240].astype(float), axis=1)).max()
    assert sharp > 200
    assert np.abs(np.diff(hidden[45:75, 60:240], axis=1)).max() < 8


def test_it_reaches_beyond_the_edges() -> None:
    hidden = masked(plate(1), [REGION])
    assert (hidden[36, 60:240] != plate(1)[36, 60:240]).any(), "the region is grown"
    assert (hidden[:20] == plate(1)[:20]).all()


def test_the_photo_itself_is_not_changed() -> None:
    pixels = plate(1)
    masked(pixels, [REGION])
    softened(pixels, [REGION])
    assert (pixels == plate(1)).all()


@pytest.mark.parametrize("region", [
    Region("plate", 0, 0, 1, 1, 1.0), Region("face", 299, 119, 1, 1, 1.0), Region("plate", 290, 100, 500, 500, 1.0),
    Region("face", 0, 0, 300, 120, 1.0),
])
def test_regions_at_edges(region: Region) -> None:
    assert masked(plate(1), [region]).shape == (120, 300, 3)


def test_vehicles_stay_sharp_when_the_rest_is_softened() -> None:
    numbers = np.random.default_rng(3)
    pixels = numbers.integers(0, 255, (600, 800, 3), np.uint8)
    soft = softened(pixels, [Region("plate", 370, 420, 60, 14, 1.0)]).astype(float)
    def detail(part: np.ndarray) -> float:
        return float(np.abs(np.diff(part, axis=1)).mean())

    assert detail(soft[330:420, 360:440]) > 60
    assert detail(soft[:100, :100]) < 12


def test_scenes_are_the_same_for_everybody() -> None:
    assert (scene(12).pixels == scene(12).pixels).all()
    assert example(12) != example(13)


def test_plates_behind_other_vehicles_are_partial() -> None:
    """A scene with a plate that a nearer vehicle covers tells it apart: no detector can be asked for it."""
    hidden = [made for made in map(scene, range(1, 120)) if made.partial]
    assert hidden
    for made in hidden:
        assert not set(made.plates) & set(made.partial)


def test_plates_are_where_scenes_say() -> None:
    """On a plate there is ink: within its box light and dark lie close together."""
    seen = 0
    for seed in range(1, 30):
        made = scene(seed)
        for found in made.plates:
            inside = made.pixels[found.top : found.top + found.height, found.left : found.left + found.width].mean(axis=2)
            assert inside.size
            assert found.left >= 0
            assert found.left + found.width <= made.pixels.shape[1]
            seen += inside.std() > 12
    assert seen >= 20
    assert any(not scene(seed).plates for seed in range(1, 30))
