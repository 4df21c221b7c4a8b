"""Hides regions of photos, so that nothing can be read out of them, and softens what is around vehicles."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from privacy_api.regions import Pixels, Region

_GROWN = {"plate": 0.15, "face": 0.2}
_CELLS = {"plate": 6, "face": 4}     # of the longer side that are left: fewer than a plate has characters
# a vehicle around its plate, in widths of the plate (52 cm): as far to each side, up and down
_SIDE, _UP, _DOWN = 2.2, 3.0, 0.9


def masked(photo: Pixels, regions: Sequence[Region]) -> Pixels:
    """A copy in which a few colours stand where regions were, which are grown a little: edges of plates tell of them, too."""
    hidden = photo.copy()
    height, width = photo.shape[:2]
    for region in regions:
        box = region.grown(_GROWN[region.kind], width, height)
        part = hidden[box.top : box.top + box.height, box.left : box.left + box.width]
        if part.size:
            cells = _CELLS[region.kind] / max(box.width, box.height)
            size = (max(1, round(box.width * cells)), max(1, round(box.height * cells)))
            few = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
            part[:] = cv2.resize(few, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
    return hidden


def softened(photo: Pixels, regions: Sequence[Region]) -> Pixels:
    """A copy that is sharp around plates, where their vehicles are, and blurred elsewhere; without any plate it is sharp in the
    middle only."""
    height, width = photo.shape[:2]
    small = max(1, round(max(height, width) / 400))     # a blur has no detail: it is made of a small photo, and sooner
    sharp = np.zeros((max(1, height // small), max(1, width // small)), np.uint8)
    for region in (r for r in regions if r.kind == "plate"):
        middle = region.left + region.width / 2
        _ellipse(sharp, (middle, region.top + region.height - region.width * (_UP - _DOWN) / 2),
                 (region.width * _SIDE, region.width * (_UP + _DOWN) / 2), small)
    if not sharp.any():
        _ellipse(sharp, (width / 2, height / 2), (width * 0.38, height * 0.38), small)
    edge = max(3, min(sharp.shape) // 8) | 1
    weight = cv2.resize(cv2.GaussianBlur(sharp, (edge, edge), 0), (width, height), interpolation=cv2.INTER_LINEAR)
    blurred = cv2.resize(photo, (sharp.shape[1], sharp.shape[0]), interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(cv2.GaussianBlur(blurred, (0, 0), 6), (width, height), interpolation=cv2.INTER_LINEAR)
    share = weight[:, :, None].astype(np.uint16)
    return ((photo * share + blurred * (255 - share) + 127) // 255).astype(np.uint8)


def _ellipse(mask: Pixels, middle: tuple[float, float], radii: tuple[float, float], small: int) -> None:
    cv2.ellipse(mask, (round(middle[0] / small), round(middle[1] / small)),
                (max(1, round(radii[0] / small)), max(1, round(radii[1] / small))), 0, 0, 360, 255, -1)
