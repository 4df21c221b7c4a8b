"""What a detector is: pixels in, regions out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A photo: (height, width, 3), RGB, 0 to 255."""
Kind = Literal["plate", "face"]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels, its corner at the left and top, and how sure the detector is (0 to 1)."""

    kind: Kind
    left: int
    top: int
    width: int
    height: int
    score: float

    def grown(self, share: float, photo_width: int, photo_height: int) -> Region:
        """Larger by a share of its size on each side, within the photo."""
        more_x, more_y = round(self.width * share) + 1, round(self.height * share) + 1
        left, top = max(0, self.left - more_x), max(0, self.top - more_y)
        right = min(photo_width, self.left + self.width + more_x)
        bottom = min(photo_height, self.top + self.height + more_y)
        return Region(self.kind, left, top, right - left, bottom - top, self.score)


class Detector(Protocol):
    """Finds what must be hidden. It may be called by several threads at once."""

    name: str

    def regions(self, photo: Pixels) -> Sequence[Region]:
        """All regions that may be private: one too many is better than one too few."""
