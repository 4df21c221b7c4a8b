"""The detector that OpenCV brings: cascades of Haar features for plates and faces (Viola and Jones, 2001)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from privacy_api.regions import Kind, Pixels, Region


@dataclass(frozen=True, slots=True)
class _File:
    """A cascade; ``side`` is that of the longer side of the photo that it looks at, in pixels, ``step`` from one size that is
    looked for to the next, ``least`` the least width as a share of the photo's. ``neighbours`` are few: one too many is no harm.
    """

    name: str
    kind: Kind
    side: int
    step: float
    least: float
    neighbours: int


_FILES = (
    _File("haarcascade_russian_plate_number.xml", "plate", 1280, 1.1, 0.02, 2),
    _File("haarcascade_license_plate_rus_16stages.xml", "plate", 1280, 1.1, 0.02, 2),
    _File("haarcascade_frontalface_default.xml", "face", 960, 1.15, 0.02, 4),
    _File("haarcascade_profileface.xml", "face", 960, 1.15, 0.03, 4),
)


class Cascades:
    """A cascade keeps what it works on, so each thread has its own."""

    def __init__(self, name: str = "cascades", kinds: Sequence[Kind] = ("plate", "face")) -> None:
        """
        :param kinds: what is looked for.
        :raises ValueError: where this OpenCV has no cascades.
        """
        self.name = name
        self._files = [file for file in _FILES if file.kind in kinds]
        self._own = threading.local()
        self._loaded()      # now, not at the first photo: a wheel without them is told at the start

    def regions(self, photo: Pixels) -> Sequence[Region]:
        """Plates and faces that look straight or sideways."""
        found: list[Region] = []
        seen: dict[int, tuple[float, Pixels]] = {}
        for cascade, file in zip(self._loaded(), self._files, strict=True):
            if file.side not in seen:
                seen[file.side] = _grey(photo, file.side)
            scale, grey = seen[file.side]
            size = max(16, round(grey.shape[1] * file.least))
            boxes, _, weights = cascade.detectMultiScale3(
                grey, scaleFactor=file.step, minNeighbors=file.neighbours,
                minSize=(size, max(8, size // 4 if file.kind == "plate" else size)), outputRejectLevels=True)
            for (left, top, box_width, box_height), weight in zip(boxes, np.ravel(weights), strict=True):
                found.append(Region(file.kind, round(left / scale), round(top / scale), round(box_width / scale),
                                    round(box_height / scale), round(float(1 / (1 + np.exp(-weight))), 3)))
        return sorted(found, key=lambda r: (r.kind, r.top, r.left, r.width, r.height))     # OpenCV's order is that of its threads

    def _loaded(self) -> Sequence[cv2.CascadeClassifier]:
        cascades = getattr(self._own, "cascades", None)
        if cascades is None:
            cascades = self._own.cascades = [_cascade(file.name) for file in self._files]
        return cascades


def _grey(photo: Pixels, side: int) -> tuple[float, Pixels]:
    """The photo in grey, its longer side brought down to so many pixels, and the scale."""
    scale = min(1.0, side / max(photo.shape[:2]))
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo
    return scale, np.asarray(cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)), np.uint8)


def _cascade(file: str) -> cv2.CascadeClassifier:
    path = Path(cv2.__file__).parent / "data" / file
    if not path.is_file():
        raise ValueError(f"this OpenCV has no {file}: install opencv-python-headless>=4.10,<5")
    return cv2.CascadeClassifier(str(path))
