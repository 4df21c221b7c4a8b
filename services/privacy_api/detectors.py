"""Which detector hides: the one that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from privacy_api.cascades import Cascades
from privacy_api.regions import Detector, Pixels, Region


class Together:
    """Several detectors: what one of them finds is hidden."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = list(detectors)
        self.name = "+".join(d.name for d in detectors)

    def regions(self, photo: Pixels) -> Sequence[Region]:
        """All regions of all of them."""
        return [region for detector in self._detectors for region in detector.regions(photo)]


def new_detector(text: str) -> Detector:
    """``cascades``, ``onnx:MODEL.onnx`` (with ``MODEL.json`` beside it), or several with ``+`` in between.

    :raises ValueError: where it names none, or a file is missing.
    """
    found = [_one(name.strip()) for name in text.split("+")]
    return found[0] if len(found) == 1 else Together(found)


def _one(text: str) -> Detector:
    kind, _, path = text.partition(":")
    if text == "cascades":
        return Cascades()
    if kind == "onnx" and path:
        from privacy_api.onnx_detector import OnnxDetector

        return OnnxDetector(Path(path))
    raise ValueError(f"there is no detector {text!r}: choose cascades, onnx:MODEL.onnx, or several with + in between")
