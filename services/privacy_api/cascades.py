"""The detector that OpenCV brings: cascades of Haar features for plates and faces (Viola and Jones, 2001)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from privacy_api.regions import Kind, Pixels, Region

_SIDE = 960             # pixels of the longer side that are looked at: a face needs 24, a plate 20
_STEP = 1.15            # from one size that is looked for to the next
# file, kind, the least width as a share of the photo's, how many neighbours a find needs: few, since one too many does no harm
_FILES: tuple[tuple[str, Kind, float, int], ...] = (
    ("haarcascade_russian_plate_number.xml", "plate", 0.02, 2),
    ("haarcascade_license_plate_rus_16stages.xml", "plate", 0.02, 2),
    ("haarcascade_frontalface_default.xml", "face", 0.02, 4),
    ("haarcascade_profileface.xml", "face", 0.03, 4),
)


class Cascades:
    """A cascade keeps what it works on, so each thread has its own."""

    def __init__(self, name: str = "cascades", kinds: Sequence[Kind] = ("plate", "face")) -> None:
        """
        :param kinds: what is looked for.
        :raises ValueError: where this OpenCV has no cascades.
        """
        self.name = name
        self._files = [file for file in _FILES if file[1] in kinds]
        self._own = threading.local()
        self._loaded()      # now, not at the first photo: a wheel without them is told at the start

    def regions(self, photo: Pixels) -> Sequence[Region]:
        """Plates and faces that look straight or sideways."""
        height, width = photo.shape[:2]
        scale = min(1.0, _SIDE / max(height, width))
        small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
        found: list[Region] = []
        for cascade, (_, kind, least, neighbours) in zip(self._loaded(), self._files, strict=True):
            size = max(16, round(grey.shape[1] * least))
            boxes, _, weights = cascade.detectMultiScale3(
                grey, scaleFactor=_STEP, minNeighbors=neighbours, minSize=(size, max(8, size // 4 if kind == "plate" else size)),
                outputRejectLevels=True)
            for (left, top, box_width, box_height), weight in zip(boxes, np.ravel(weights), strict=True):
                found.append(Region(kind, round(left / scale), round(top / scale), round(box_width / scale),
                                    round(box_height / scale), round(float(1 / (1 + np.exp(-weight))), 3)))
        return sorted(found, key=lambda r: (r.kind, r.top, r.left, r.width, r.height))     # OpenCV's order is that of its threads

    def _loaded(self) -> Sequence[cv2.CascadeClassifier]:
        cascades = getattr(self._own, "cascades", None)
        if cascades is None:
            cascades = self._own.cascades = [_cascade(file) for file, *_ in self._files]
        return cascades


def _cascade(file: str) -> cv2.CascadeClassifier:
    path = Path(cv2.__file__).parent / "data" / file
    if not path.is_file():
        raise ValueError(f"this OpenCV has no {file}: install opencv-python-headless>=4.10,<5")
    return cv2.CascadeClassifier(str(path))
